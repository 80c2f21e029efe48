"""Consent is declined wherever it can be, and given nowhere."""

import asyncio
import re

import pytest

from archive_store.errors import CaptureError
from tasks.capture import Limits, OpenBrowser, capture_page
from tasks.capture.autoconsent import usable
from tasks.capture.consent import ACCEPTS, DECLINES, EXPANDERS
from tasks.model import Capture
from tests.tasks.capture.banners import ACCEPTED
from tests.tasks.capture.site import Site
from tests.tasks.capture.test_rules import REFUSALS, YES

LIMITS = Limits(seconds=20, load=20, answer=10, picturing=60)
OUTCOMES = {
    "onetrust": "declined: autoconsent: Onetrust",
    "cookiebot": "declined: autoconsent: Cybotcookiebot",
    "steps": "declined: autoconsent: Onetrust",
    "late": "declined: autoconsent: Onetrust",
    "own": "declined: Fortsätt utan att godkänna",
    "frame": "gone",
    "stubborn": "hidden: div#envis",
    "false": "hidden: div#onetrust-banner-sdk",
    "liar": "declined: autoconsent",
    "dead": "pressed: Avvisa alla",
    "planted": "pressed: Neka alla",
    "column": "none",
}


@pytest.fixture(scope="module")
def seen(
    running: tuple[asyncio.Runner, OpenBrowser], site: Site
) -> dict[str, Capture | BaseException]:
    """Some at a time: the banners' own pauses overlap. That which takes longest is first."""
    runner, browser = running
    kinds = ("wall", *OUTCOMES)

    async def all_of_them() -> list[Capture | BaseException]:
        few = asyncio.Semaphore(4)

        async def one(kind: str) -> Capture:
            async with few:
                return await capture_page(browser, f"{site.address}/banner/{kind}", limits=LIMITS)

        return await asyncio.gather(*map(one, kinds), return_exceptions=True)

    return dict(zip(kinds, runner.run(all_of_them()), strict=True))


@pytest.mark.browser
@pytest.mark.parametrize(("kind", "outcome"), OUTCOMES.items())
def test_a_banner_is_declined_or_hidden_and_never_accepted(
    seen: dict[str, Capture | BaseException], kind: str, outcome: str
) -> None:
    capture = seen[kind]
    assert isinstance(capture, Capture)
    assert capture.consent == outcome
    assert capture.title != ACCEPTED
    assert "marknadsföring" not in capture.text
    assert len(capture.post_texts) == 4


@pytest.mark.browser
def test_what_tells_how_to_reach_the_body_is_never_taken_for_a_question(
    seen: dict[str, Capture | BaseException],
) -> None:
    capture = seen["column"]
    assert isinstance(capture, Capture)
    assert "Telefon 0000" in capture.text
    assert "Ring 0001" in capture.text


@pytest.mark.browser
def test_a_page_that_shows_nothing_without_consent_is_a_consent_wall(
    seen: dict[str, Capture | BaseException],
) -> None:
    error = seen["wall"]
    assert isinstance(error, CaptureError)
    assert error.code == "consent-wall"
    assert "godkänner aldrig" in error.sv


@pytest.mark.parametrize("text", YES)
def test_what_says_yes_is_pressed_by_no_rule_of_anybodys(text: str) -> None:
    assert re.fullmatch(ACCEPTS, text.casefold())


@pytest.mark.parametrize("text", REFUSALS)
def test_what_refuses_is_not_taken_for_a_yes(text: str) -> None:
    assert not re.fullmatch(ACCEPTS, text.casefold())


def test_no_rule_of_ours_is_a_yes() -> None:
    assert not [
        r.label for r in (*DECLINES, *EXPANDERS) if re.fullmatch(ACCEPTS, r.label.casefold())
    ]


def test_rules_that_hide_or_press_the_same_for_yes_and_no_are_left_out() -> None:
    same = {"name": "same", "optIn": [{"click": "#ok"}], "optOut": [{"waitForThenClick": "#ok"}]}
    hides = {"name": "hides", "optIn": [], "optOut": [{"hide": "#banner"}]}
    cosmetic = {"name": "cosmetic", "cosmetic": True, "optOut": [{"click": "#x"}]}
    nested = {
        "name": "nested",
        "optIn": [{"click": "#ok"}],
        "optOut": [{"if": {"exists": "#no"}, "then": [{"click": "#no"}], "else": [{"hide": "#b"}]}],
    }
    assert usable([same, hides, cosmetic, nested]) == [nested]
