"""A list as a page: what an approver must see is there, in order, and nothing that anybody wrote
can be more than text.
"""

import html
import re

import pytest

from archive_store.errors import MissingError
from tasks.culling.list_page import QUESTIONS, list_html
from tasks.culling.lists import KEEP_REASONS, read_list
from tests.tasks.culling.world import BATH, World, days

HOSTILE = '</p><script src="//ond.example/x.js"></script><img src=x onerror=alert(1)>'


def page_of(world: World) -> tuple[str, str]:
    ref = world.propose()
    assert ref.list_id is not None
    return ref.list_id, list_html(world.archive, world.decision, ref.list_id)


def rows_of(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<article id="rad-(\d+)"', page)]


def test_every_thread_is_there_with_all_its_words_names_and_times(bath: World) -> None:
    list_id, page = page_of(bath)
    for said in (*BATH, "Lånekort delas ut", "Majken Sjöberg", "2025-12-01 10:00", list_id):
        assert html.escape(said) in page
    assert sorted(rows_of(page)) == [row.number for row in read_list(bath.archive, list_id).rows]
    assert read_list(bath.archive, list_id).sha256 in page


def test_flagged_threads_come_first_with_the_wording_before_the_edit(bath: World) -> None:
    bath.later(0.1)
    bath.blog.edit("5", bath.now, "Snöröjning pågår i Ekdungen")
    bath.harvest()
    bath.later(8)
    bath.harvest()
    list_id, page = page_of(bath)
    flagged = [row.number for row in read_list(bath.archive, list_id).rows if row.flags]
    assert flagged
    assert rows_of(page)[: len(flagged)] == flagged
    assert page.index("Att granska särskilt") < page.index("Övriga trådar")
    assert page.index("Snöröjning pågår i Ekdungen") < page.index("Tidigare lydelse")


def test_the_four_questions_stand_there_and_each_says_what_to_do(bath: World) -> None:
    list_id, page = page_of(bath)
    assert list(QUESTIONS) == ["case", "complaint", "secrecy", "unique"]
    for code, question in QUESTIONS.items():
        assert question.sv in page
        assert code == "secrecy" or f"RAD:{code}" in page
    assert set(QUESTIONS) - {"secrecy"} <= set(KEEP_REASONS)
    assert f"classify {list_id}:RAD" in page
    assert page.count('<p class="ask">') == len(rows_of(page))


def test_what_people_wrote_is_text_and_asks_for_nothing(bath: World) -> None:
    bath.later(0.1)
    bath.post(HOSTILE, title="<b>Titel</b>")
    bath.harvest()
    bath.later(8)
    bath.harvest()
    _, page = page_of(bath)
    assert html.escape("<b>Titel</b>") in page
    assert "&lt;script src=" in page
    assert not re.search(r"<(script|img|link|iframe|object|form)\b|javascript:|url\(", page)
    assert "default-src 'none'" in page


def test_an_address_that_is_no_web_page_cannot_be_followed(bath: World) -> None:
    post = bath.blog.items["1"]
    assert post.words is not None
    _, page = page_of(bath)
    links = re.findall(r'href="([^"]+)"', page)
    assert links
    assert all(link.startswith("http://127.0.0.1/") for link in links)


def test_an_approved_list_says_by_whom_and_asks_for_no_more(bath: World) -> None:
    list_id, before = page_of(bath)
    bath.approve(list_id)
    after = list_html(bath.archive, bath.decision, list_id)
    assert "cull approve" in before
    assert "cull approve" not in after
    assert "godkänd av arkivarie-1" in after


def test_the_archive_keeps_no_copy_of_the_page(bath: World) -> None:
    list_id = page_of(bath)[0]
    assert bath.says("Gallringslista") == []
    bath.later(0.01)
    bath.approve(list_id)
    bath.carry_out(list_id)
    assert not bath.says(BATH[1])


def test_a_list_that_never_was_is_told(bath: World) -> None:
    bath.now += days(1)
    with pytest.raises(MissingError):
        list_html(bath.archive, bath.decision, "2025-01-01-kommunstyrelsen-1")
