"""Larger changes of a profile: what counts, what does not, and that no word of it is remembered."""

import dataclasses as dc
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.harvest.profile import CHANGES, larger_changes, portrait
from tasks.model import Profile

KEY = b"k" * 32
BEFORE = Profile(
    name="Sjöviks kommun",
    description="Här berättar vi vad som händer i Sjövik och svarar på frågor. Ring 0470-123 45.",
    picture="https://cdn.example/p/vapen.png?token=1",
    cover="https://cdn.example/p/sjon.jpg",
    links=(
        "https://sjovik.example/",
        "https://sjovik.example/kontakt?utm_source=blogg",
        "mailto:kommun@sjovik.example",
    ),
)
LONG = " ".join(f"ord{n}" for n in range(300))


def seen(**after: Any) -> tuple[str, ...]:
    return larger_changes(portrait(BEFORE, KEY), portrait(dc.replace(BEFORE, **after), KEY))


@pytest.mark.parametrize(
    ("after", "code"),
    [
        ({"name": "Sjöviks kommun och bygd"}, "name"),
        ({"picture": "https://cdn.example/p/nytt-vapen.png"}, "picture"),
        ({"picture": ""}, "picture"),
        ({"cover": "https://cdn.example/p/vintern.jpg"}, "cover"),
        ({"description": "Nu handlar kanalen om något annat. Ring 0470-123 45."}, "description"),
        ({"description": BEFORE.description.replace("123 45", "123 46")}, "contact"),
        ({"links": (*BEFORE.links[:2], "mailto:info@sjovik.example")}, "contact"),
        ({"links": (*BEFORE.links, "https://a.example/", "https://b.example/")}, "links"),
        ({"links": BEFORE.links[2:]}, "links"),
    ],
)
def test_a_person_would_call_this_a_larger_change(after: dict[str, Any], code: str) -> None:
    assert seen(**after) == (code,)


@pytest.mark.parametrize(
    "after",
    [
        {},
        {"name": " SJÖVIKS  KOMMUN! "},
        {"picture": "https://cdn-2.example/p/vapen.png?token=2"},
        {"description": BEFORE.description.replace("berättar", "skriver").upper()},
        {"description": BEFORE.description.replace("0470-123 45", "+46 470 123 45")},
        {"links": ("http://www.sjovik.example", *BEFORE.links[1:])},
        {"links": (BEFORE.links[0], "https://sjovik.example/kontakt?fbclid=x", BEFORE.links[2])},
        {"links": (*BEFORE.links, "https://a.example/")},
        {"links": BEFORE.links[::-1]},
    ],
)
def test_and_this_a_small_one(after: dict[str, Any]) -> None:
    assert seen(**after) == ()


@pytest.mark.parametrize(("share", "large"), [(0.1, False), (0.25, False), (0.5, True), (1, True)])
def test_a_long_description_is_judged_by_a_fair_sample(share: float, *, large: bool) -> None:
    words = LONG.split()
    other = [f"annat{n}" if n < share * len(words) else word for n, word in enumerate(words)]
    found = larger_changes(
        portrait(Profile(description=LONG), KEY),
        portrait(Profile(description=" ".join(other)), KEY),
    )
    assert found == (("description",) if large else ())


def test_what_is_unknown_is_no_change() -> None:
    assert portrait(Profile(), KEY) == {}
    assert larger_changes({}, portrait(BEFORE, KEY)) == ()
    assert larger_changes(portrait(BEFORE, KEY), {}) == ()


def test_no_word_of_the_profile_can_be_read_or_tried_without_the_secret() -> None:
    told = json.dumps(portrait(BEFORE, KEY))
    assert "sj" not in told.casefold()
    other = portrait(BEFORE, b"x" * 32)
    assert not set(other["description"]) & set(portrait(BEFORE, KEY)["description"])
    assert len(json.dumps(portrait(Profile(description=LONG * 50), KEY))) < 1500


profiles = st.builds(
    Profile,
    name=st.text(max_size=40),
    description=st.text(max_size=400),
    picture=st.text(max_size=40),
    cover=st.text(max_size=40),
    links=st.lists(st.text(max_size=40), max_size=4).map(tuple),
)


@given(profiles)
def test_whatever_a_platform_tells_is_like_itself(profile: Profile) -> None:
    found = portrait(profile, KEY)
    assert larger_changes(found, portrait(profile, KEY)) == ()
    assert set(larger_changes(found, portrait(BEFORE, KEY))) <= set(CHANGES)
