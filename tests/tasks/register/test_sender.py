"""Whether a captured page shows who is behind it and how to reach them, outside its posts (K10)."""

import dataclasses as dc
import datetime as dt

import pytest

from tasks.model import Block, Box, Capture, Target, Word
from tasks.register import sender_shown_in

NAMES = ("Sjöviks kommun", "Kommunstyrelsen")
BOX = Box(0, 0, 10, 10)
MOMENT = dt.datetime(2025, 12, 31, 22, tzinfo=dt.UTC)
EMPTY = Capture(
    address="https://sjovik.example/",
    final_address="https://sjovik.example/",
    title="",
    text="",
    post_texts=(),
    links=(),
    started=MOMENT,
    finished=MOMENT,
    browser="Chromium",
    viewport=(960, 1280),
    height=100,
    stopped="end",
)


def block(text: str, post: int | None = None) -> Block:
    words = tuple(Word(text=word, box=BOX) for word in text.split())
    return Block(kind="p", words=words, box=BOX, post=post)


def shown(*blocks: Block, **changes: object) -> set[str]:
    capture = dc.replace(EMPTY, blocks=blocks, **changes)  # type: ignore[arg-type]
    return set(sender_shown_in(capture, NAMES))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("SJÖVIKS KOMMUN berättar", {"sender"}),
        ("Sjo\u0308viks kommun", {"sender"}),
        ("Kommunstyrelsen i Sjövik", {"sender"}),
        ("Sjövik", set()),
        ("Ring 0470-12 34 56", {"contact"}),
        ("Ring +46 470 12 34 56", {"contact"}),
        ("Skriv till kommun@sjovik.example", {"contact"}),
        ("Publicerad 2025-12-31, 1 234 visningar, org.nr 212000-0000", set()),
        ("Sjöviks kommun, 0470-12 34 56", {"sender", "contact"}),
    ],
)
def test_names_and_numbers_are_seen_in_the_text(text: str, codes: set[str]) -> None:
    assert shown(block(text)) == codes


@pytest.mark.parametrize(
    ("address", "label", "codes"),
    [
        ("mailto:kommun@sjovik.example", "Skriv", {"contact"}),
        ("tel:+46470123456", "Ring", {"contact"}),
        ("https://sjovik.example/kontakt", "Kontakta oss", {"contact"}),
        ("https://sjovik.example/om", "Om bloggen", set()),
    ],
)
def test_a_link_that_leads_to_the_body_is_a_way_to_reach_it(
    address: str, label: str, codes: set[str]
) -> None:
    assert shown(block("Om"), targets=(Target(address=address, label=label),)) == codes


def test_what_stands_in_a_post_or_a_comment_is_no_sender_and_no_contact() -> None:
    inside = block("Sjöviks kommun kan jag nås på 0470-12 34 56 majken@sjovik.example", post=0)
    assert shown(inside) == set()


def test_without_blocks_the_whole_text_is_what_was_shown() -> None:
    assert shown(text="Sjöviks kommun, kommun@sjovik.example") == {"sender", "contact"}
    assert shown(title="Sjöviks kommun", text="x") == {"sender"}
