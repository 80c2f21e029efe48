"""What may be pressed, where a page may reach, and what a time says: without a browser."""

import asyncio
import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_store.errors import CaptureError
from tasks.capture.addresses import Reach, same_site
from tasks.capture.consent import DECLINES, EXPANDERS, Rule
from tasks.capture.judging import Look, judge, judge_answer
from tasks.capture.looking import moment


def matching(rules: tuple[Rule, ...], text: str) -> list[str]:
    return [rule.label for rule in rules if re.fullmatch(rule.pattern, text.casefold())]


REFUSALS = (
    "Endast nödvändiga",
    "Acceptera endast nödvändiga cookies",
    "Godkänn bara nödvändiga kakor",
    "Nödvändiga kakor",
    "Avvisa alla",
    "Avböj",
    "Neka",
    "Neka alla cookies",
    "Fortsätt utan att godkänna",
    "Only necessary",
    "Accept only essential cookies",
    "Necessary cookies only",
    "Reject all",
    "Decline optional cookies",
    "Continue without accepting",
)
YES = (
    "Acceptera alla",
    "Godkänn alla kakor",
    "Acceptera",
    "Jag godkänner",
    "OK",
    "Okej!",
    "Ja, godkänn alla",
    "Jag förstår",
    "Acceptera och stäng",
    "Tillåt alla cookies",
    "Accept all",
    "Accept recommended cookies",
    "Allow all",
    "I agree",
    "Yes",
    "Got it",
)


@pytest.mark.parametrize("text", REFUSALS)
def test_refusals_are_known(text: str) -> None:
    assert len(matching(DECLINES, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        *YES,
        "Spara val",
        "Accept necessary and optional cookies",
        "Nödvändiga och statistik",
        "Inställningar",
    ],
)
def test_nothing_that_accepts_is_ever_pressed(text: str) -> None:
    assert matching((*DECLINES, *EXPANDERS), text) == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Visa mer", "Visa mer"),
        ("… Visa mer", "Visa mer"),
        ("Läs mer »", "Visa mer"),
        ("Läs hela inlägget", "Läs hela inlägget"),
        ("See more", "See more"),
        ("Read more …", "See more"),
        ("Visa fler kommentarer", "Visa fler kommentarer"),
        ("Fler kommentarer", "Visa fler kommentarer"),
        ("Visa alla 12 kommentarer", "Visa fler kommentarer"),
        ("Visa 3 svar", "Visa fler kommentarer"),
        ("Visa tidigare kommentarer (4)", "Visa fler kommentarer"),
        ("Show more comments", "Show more comments"),
        ("View all 12 comments", "Show more comments"),
        ("View 1 reply", "Show more comments"),
        ("More comments", "Show more comments"),
        ("Ladda fler inlägg", "Visa fler inlägg"),
        ("Visa fler", "Visa fler inlägg"),
        ("Äldre inlägg", "Visa fler inlägg"),
        ("Load more", "Load more posts"),
        ("Older posts", "Load more posts"),
    ],
)
def test_expanders_are_known_by_a_label_without_names(text: str, label: str) -> None:
    assert matching(EXPANDERS, text) == [label]


@pytest.mark.parametrize(
    "text",
    [
        "Visa mindre",
        "Skicka kommentar",
        "Kommentera",
        "Svara",
        "Dela",
        "Ta bort",
        "Logga in",
        "Visa mer om Anna Andersson",
        "Radera inlägg",
        "Send reply",
        "Like",
        "Subscribe",
        "Anmäl",
    ],
)
def test_nothing_that_acts_is_ever_pressed(text: str) -> None:
    assert matching((*DECLINES, *EXPANDERS), text) == []


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://93.184.216.34/x.png", True),
        ("data:image/png;base64,AAAA", True),
        ("blob:https://sjovik.example/1", True),
        ("http://127.0.0.1:8000/bild.png", True),
        ("http://127.0.0.1:8001/bild.png", False),
        ("http://localhost:8000/", False),
        ("http://10.0.0.8/", False),
        ("http://192.168.1.1/", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("http://[::1]/", False),
        ("http://[fd00::1]/", False),
        ("http://skrivare.local/", False),
        ("http://intern.sjovik.internal/", False),
        ("https://bilder.sjovik.example:8443/x", True),
        ("file:///etc/passwd", False),
        ("ftp://93.184.216.34/", False),
        ("chrome://settings", False),
    ],
)
def test_a_page_reaches_the_web_and_its_own_hosts_only(address: str, *, allowed: bool) -> None:
    reach = Reach("http://127.0.0.1:8000/kanal", ["bilder.sjovik.example"])
    assert asyncio.run(reach.allows(address)) is allowed


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("https://api.sjovik.example/posts?from=5", True),
        ("https://www.sjovik.example/", True),
        ("https://counting.example/beacon", False),
        ("https://sjovik.example.counting.test/beacon", False),
    ],
)
def test_a_feeds_next_batch_comes_from_its_own_site(other: str, *, same: bool) -> None:
    assert same_site("https://social.sjovik.example/@sjovik", other) is same


def test_a_name_that_leads_inside_is_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answers(host: str) -> list[object]:
        loop = asyncio.get_running_loop()

        async def resolved(*_: object, **__: object) -> list[object]:
            return [(2, 1, 6, "", ("203.0.113.9", 0)), (2, 1, 6, "", ("10.1.2.3", 0))]

        monkeypatch.setattr(loop, "getaddrinfo", resolved)
        return [await Reach("https://sjovik.example/").allows(f"https://{host}/x")]

    assert asyncio.run(answers("trick.example")) == [False]


def test_the_port_that_goes_without_saying_is_the_pages_own() -> None:
    reach = Reach("http://10.0.0.8/")
    assert asyncio.run(reach.allows("http://10.0.0.8:80/bild.png"))
    assert not asyncio.run(reach.allows("https://10.0.0.8/bild.png"))


@given(st.datetimes(timezones=st.just(dt.UTC)))
def test_a_time_with_its_zone_is_itself(time: dt.datetime) -> None:
    assert moment(time.isoformat()) == time


@pytest.mark.parametrize(
    ("told", "utc"),
    [
        ("2025-07-01T12:00", dt.datetime(2025, 7, 1, 10, tzinfo=dt.UTC)),
        ("2025-12-01", dt.datetime(2025, 11, 30, 23, tzinfo=dt.UTC)),
        ("2025-12-01T12:00:00Z", dt.datetime(2025, 12, 1, 12, tzinfo=dt.UTC)),
        ("i går", None),
        ("", None),
        (None, None),
    ],
)
def test_a_time_without_a_zone_is_swedish(told: str | None, utc: dt.datetime | None) -> None:
    assert moment(told) == utc


def look(**changes: Any) -> Look:
    given: dict[str, Any] = {
        "title": "Nyheter",
        "heading": "",
        "text": "Snöröjningen har börjat i hela kommunen. " * 5,
        "posts": (),
        "times": (),
        "links": (),
        "images": 0,
        "missing": 0,
        "passwords": 0,
        "invites": False,
        "frames": 0,
        "height": 2000,
    }
    return Look(**(given | changes))


def code_of(judgement: Callable[[], None]) -> str:
    try:
        judgement()
    except CaptureError as error:
        return error.code
    return "fine"


def judged(seen: Look, address: str = "https://sjovik.example/", *, wanted: bool = False) -> str:
    return code_of(
        lambda: judge(seen, final_address=address, host="sjovik.example", posts_wanted=wanted)
    )


@pytest.mark.parametrize(
    ("seen", "address", "code"),
    [
        (look(), "https://sjovik.example/", "fine"),
        (look(posts=("Sidan hittades inte? Så gör du",)), "https://sjovik.example/", "fine"),
        (
            look(text="Logga in på e-tjänsten. " * 200, passwords=1, posts=("a", "b", "c")),
            "",
            "fine",
        ),
        (look(text="", images=3), "", "fine"),
        (look(text="", images=3, missing=3), "", "page-blank"),
        (look(text="  … "), "", "page-blank"),
        (look(text="Logga in. Lösenord", passwords=1), "", "login-needed"),
        (look(posts=("ett",), text="Logga in för mer", passwords=1), "", "login-needed"),
        (look(text="Log in to see"), "https://x.example/accounts/login/?next=a", "login-needed"),
        (look(heading="Sidan finns inte"), "", "page-error"),
        (look(title="404"), "", "page-error"),
        (look(text="Checking your browser before accessing"), "", "page-error"),
        (look(text="Kakor! Kakor! Samtycke!"), "", "consent-wall"),
        (look(text="Innan du fortsätter"), "https://consent.example.com/m", "consent-wall"),
    ],
)
def test_a_page_is_judged_by_what_it_shows(seen: Look, address: str, code: str) -> None:
    assert judged(seen, address) == code


def test_a_page_without_posts_is_refused_only_where_posts_are_wanted() -> None:
    assert judged(look(), wanted=True) == "no-posts"


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (200, "text/html; charset=utf-8", "fine"),
        (200, "", "fine"),
        (200, "application/xhtml+xml", "fine"),
        (401, "text/html", "login-needed"),
        (403, "text/html", "page-error"),
        (500, "", "page-error"),
        (200, "application/pdf", "page-error"),
    ],
)
def test_an_answer_is_judged_before_anything_is_waited_for(
    status: int, kind: str, code: str
) -> None:
    assert code_of(lambda: judge_answer(status, kind, "sjovik.example")) == code
