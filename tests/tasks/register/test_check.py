import dataclasses as dc
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tasks.model import (
    Absence,
    CaptureBasis,
    Channel,
    Finding,
    Level,
    LifeCycle,
    Occasion,
    Register,
)
from tasks.register import CLAUSES, WebsiteLinks, check, load_register
from tests.tasks.register.well import (
    DAY,
    NOW,
    PLAN,
    TODAY,
    all_well,
    judged,
    person,
    taken,
    with_channel,
)

EXAMPLE = Path(__file__).parents[3] / "examples" / "sjovik" / "register.toml"


def test_nothing_is_found_where_all_is_well(register: Register) -> None:
    assert judged(register) == []


PLAN_DEFECTS = [
    ({"plan": None}, "error", "K01"),
    ({"plan": dc.replace(PLAN, care="")}, "error", "K01"),
    ({"plan": dc.replace(PLAN, goals=())}, "error", "K01"),
    ({"plan": dc.replace(PLAN, file="")}, "warning", "K01"),
    ({"plan": dc.replace(PLAN, approved=None)}, "error", "K02"),
    ({"plan": dc.replace(PLAN, approved=TODAY + DAY)}, "error", "K02"),
    ({"plan": dc.replace(PLAN, approved_by="")}, "warning", "K02"),
    ({"plan": dc.replace(PLAN, copied=None)}, "warning", "K02"),
    ({"administrators": (person("a"),)}, "error", "K03"),
    ({"administrators": (person("a"), person("b", appointed=TODAY + DAY))}, "error", "K03"),
    ({"administrators": (person("a"), person("b", ended=TODAY - DAY))}, "error", "K03"),
    ({"mailbox": ""}, "error", "K05"),
    ({"mailbox": "maja.ekdal@sjovik.example"}, "error", "K05"),
    (
        {"administrators": (person("a"), person("b", "B Ek", reads_mailbox=False))},
        "warning",
        "K05",
    ),
    ({"credentials": ""}, "error", "K06"),
    ({"credentials_verified": None}, "warning", "K06"),
    ({"credentials_verified": dt.date(2024, 12, 14)}, "warning", "K06"),
    ({"life": LifeCycle.ACTIVE, "opened": TODAY + DAY}, "warning", "K07"),
    ({"life": LifeCycle.ACTIVE, "closed": TODAY - DAY}, "warning", "K07"),
    ({"consulted": None}, "warning", "K08"),
    ({"party_link": True}, "error", "K09"),
    ({"platform": "facebook"}, "warning", "K22"),
]


@pytest.mark.parametrize(("changes", "level", "code"), PLAN_DEFECTS)
def test_each_lack_in_the_register_is_one_finding(
    register: Register, changes: dict[str, Any], level: str, code: str
) -> None:
    found = judged(with_channel(register, **changes))
    assert [f for f in found if f[0] != "hint"] == [(level, code, "blogg")]


@pytest.mark.parametrize(
    "changes",
    [
        {"administrators": (person("a"), person("b", "B Ek", ended=TODAY))},
        {"administrators": (person("a"), person("b", "B Ek", appointed=TODAY))},
        {"credentials_verified": dt.date(2024, 12, 15)},
        {"closed": TODAY},
    ],
)
def test_the_last_day_still_counts(register: Register, changes: dict[str, Any]) -> None:
    found = judged(with_channel(register, **changes))
    assert [f for f in found if f[0] != "hint"] == []


@pytest.mark.parametrize(
    ("changes", "level", "code", "where"),
    [
        ({"plans_archived": frozenset()}, "warning", "K01", "blogg"),
        ({"collection_page": False}, "warning", "K07", ""),
        ({"senders": {"blogg": frozenset({"contact"})}}, "warning", "K10", "blogg"),
        ({"senders": {"blogg": frozenset({"sender"})}}, "warning", "K10", "blogg"),
        ({"harvested": {}}, "warning", "K12", "blogg"),
        ({"harvested": {"blogg": NOW - dt.timedelta(hours=27)}}, "warning", "K12", "blogg"),
        ({"harvested": {"blogg": NOW - 8 * DAY}}, "error", "K12", "blogg"),
        ({"oldest_open_minutes": {"blogg": 7 * 24 * 60 + 1}}, "error", "K13", "blogg"),
        ({"oldest_open_minutes": {"blogg": 4 * 24 * 60}}, "warning", "K14", "blogg"),
        ({"removals_waiting": {"blogg": 1}}, "error", "K17", "blogg"),
        ({"searchable": False}, "error", "K20", ""),
        ({"boards_with_decision": frozenset()}, "warning", "K21", "blogg"),
        ({"backlog": {"blogg": 3}}, "error", "K21", "blogg"),
        ({"snapshots": ()}, "error", "K22", "blogg"),
        ({"crises": {"blogg": TODAY}}, "hint", "K24", "blogg"),
        ({"website_links": {"blogg": WebsiteLinks(posts=4, linked=3)}}, "hint", "K26", "blogg"),
        ({"archive_since": dt.date(2024, 7, 1), "reports": frozenset()}, "error", "K23", ""),
    ],
)
def test_each_lack_in_the_evidence_is_one_finding(
    register: Register, changes: dict[str, Any], level: str, code: str, where: str
) -> None:
    if code == "K23":  # an older archive also answers for the year-end before
        year_end = taken(Occasion.YEAR_END, dt.date(2024, 12, 31))
        changes |= {"snapshots": (*(all_well().snapshots or ()), year_end)}
    assert judged(register, **changes) == [(level, code, where)]


def test_what_screening_holds_is_told_under_secrecy_and_under_integrity(register: Register) -> None:
    assert judged(register, flagged={"blogg": 2}) == [
        ("warning", "K16", "blogg"),
        ("warning", "K18", "blogg"),
    ]


def test_what_is_unknown_is_said_for_every_clause_that_needs_it_and_for_no_other(
    register: Register,
) -> None:
    found = check(register, now=NOW)
    assert {f.level for f in found} == {Level.HINT}
    assert {f.code for f in found} == {c.no for c in CLAUSES.values() if c.needs}
    assert all("Okänt" in f.text.sv and "Unknown" in f.text.en for f in found)


def test_a_channel_that_the_evidence_leaves_out_is_unknown_by_itself(register: Register) -> None:
    assert judged(register, flagged={"another": 0}) == [
        ("hint", "K16", "blogg"),
        ("hint", "K18", "blogg"),
    ]


def test_every_finding_cites_its_clause_in_both_languages(register: Register) -> None:
    found = check(with_channel(register, plan=None, mailbox=""), now=NOW, attest=True)
    for finding in found:
        assert finding.clause == CLAUSES[finding.code].text
        assert finding.clause.sv
        assert finding.clause.en
        assert finding.text.sv != finding.text.en


def test_what_only_a_person_can_attest_is_listed_only_when_asked(register: Register) -> None:
    asked = check(register, now=NOW, evidence=all_well(), attest=True)
    assert [(f.level, f.code) for f in asked] == [
        (Level.HINT, "K11"),
        (Level.HINT, "K15"),
        (Level.HINT, "K19"),
    ]


def test_the_gravest_come_first(register: Register) -> None:
    found = check(with_channel(register, plan=None, credentials_verified=None), now=NOW)
    order = [(Level.ERROR, Level.WARNING, Level.HINT).index(f.level) for f in found]
    assert order == sorted(order)


def absent(who: str, first: dt.date, last: dt.date) -> Absence:
    return Absence(administrator=who, first=first, last=last)


def k04(register: Register, *absences: Absence) -> list[Finding]:
    found = check(with_channel(register, absences=absences), now=NOW, evidence=all_well())
    assert {f.code for f in found} <= {"K04"}
    return list(found)


def test_one_left_alone_over_christmas_is_a_hint_with_its_days(register: Register) -> None:
    (hint,) = k04(register, absent("adm-1", dt.date(2025, 12, 22), dt.date(2026, 1, 6)))
    assert hint.level is Level.HINT
    assert "2025-12-22–2026-01-06" in hint.text.sv


def test_both_away_on_one_day_is_an_error_with_that_day(register: Register) -> None:
    error, hint = k04(
        register,
        absent("adm-1", dt.date(2025, 12, 22), dt.date(2025, 12, 28)),
        absent("adm-2", dt.date(2025, 12, 28), dt.date(2026, 1, 4)),
    )
    assert (error.level, hint.level) == (Level.ERROR, Level.HINT)
    assert "2025-12-28;" in error.text.sv
    assert "2025-12-22–2025-12-27, 2025-12-29–2026-01-04" in hint.text.sv


@pytest.mark.parametrize(("days", "seen"), [(59, True), (60, False)])
def test_sixty_days_ahead_are_looked_at(register: Register, days: int, seen: bool) -> None:  # noqa: FBT001 - a parametrised expectation
    far = TODAY + days * DAY
    assert bool(k04(register, absent("adm-1", far, far))) is seen


def test_days_after_the_channel_closes_need_nobody(register: Register) -> None:
    closing = with_channel(register, closed=TODAY + DAY)
    assert (
        k04(closing, *(absent(a, TODAY + 2 * DAY, TODAY + 9 * DAY) for a in ("adm-1", "adm-2")))
        == []
    )


# Lives


def test_a_planned_channel_is_told_only_hints_of_what_it_must_have_before_it_opens(
    register: Register,
) -> None:
    planned = with_channel(
        register, life=LifeCycle.PLANNED, opened=None, plan=None, mailbox="", administrators=()
    )
    found = judged(planned, snapshots=(), harvested={}, oldest_open_minutes={})
    assert found == [("hint", code, "blogg") for code in ("K01", "K03", "K05")]


def test_a_closed_channel_answers_only_for_what_is_kept(register: Register) -> None:
    closed = with_channel(
        register, life=LifeCycle.CLOSED, closed=dt.date(2025, 9, 1), plan=None, mailbox=""
    )
    assert judged(closed) == [("error", "K22", "blogg")]  # no snapshot of its end
    whole = (*(all_well().snapshots or ()), taken(Occasion.CLOSING, dt.date(2025, 9, 1)))
    assert judged(closed, snapshots=whole) == []


def test_a_closed_channel_owes_no_snapshot_of_a_duty_after_its_end(register: Register) -> None:
    end = dt.date(2025, 6, 29)
    closed = with_channel(register, life=LifeCycle.CLOSED, closed=end)
    assert judged(closed, snapshots=(taken(Occasion.CLOSING, end),)) == []


def test_a_unit_that_has_ended_cannot_have_an_open_channel(register: Register) -> None:
    ended = dc.replace(register, units=(dc.replace(register.units[0], valid_to=TODAY - DAY),))
    assert judged(ended) == [("error", "K07", "blogg")]
    last_day = dc.replace(register, units=(dc.replace(register.units[0], valid_to=TODAY),))
    assert judged(last_day) == []


def test_only_the_first_channel_of_a_medium_needs_to_have_been_consulted_on(
    register: Register,
) -> None:
    first = dc.replace(register.channels[0], consulted=None)
    second = dc.replace(first, id="andra", opened=dt.date(2024, 1, 1))
    both = dc.replace(register, channels=(second, first))
    found = [f for f in judged(both) if f[1] == "K08"]
    assert found == [("warning", "K08", "blogg")]


# A week-end is no working time (K14)


def test_a_comment_of_friday_afternoon_is_not_late_on_monday_morning(register: Register) -> None:
    monday = dt.datetime(2025, 12, 15, 8, 0, tzinfo=dt.UTC)
    since_friday = int(
        (monday - dt.datetime(2025, 12, 12, 14, 0, tzinfo=dt.UTC)) / dt.timedelta(minutes=1)
    )
    fresh = {"blogg": monday - dt.timedelta(hours=1)}
    waiting = {"blogg": since_friday}
    assert judged(register, now=monday, harvested=fresh, oldest_open_minutes=waiting) == []
    due = monday + dt.timedelta(hours=6)  # Friday at 15 and 24 hours of working days
    waiting = {"blogg": since_friday + 6 * 60}
    assert judged(register, now=due, harvested=fresh, oldest_open_minutes=waiting) == []
    late = due + dt.timedelta(minutes=1)
    waiting = {"blogg": since_friday + 6 * 60 + 1}
    assert judged(register, now=late, harvested=fresh, oldest_open_minutes=waiting) == [
        ("warning", "K14", "blogg")
    ]


# The example, as the demo shows it


@pytest.mark.parametrize("now", [NOW, NOW + 31 * DAY])
def test_the_example_has_exactly_one_thing_worth_seeing_throughout_its_story(
    now: dt.datetime,
) -> None:
    found = check(load_register(EXAMPLE), now=now)
    assert [(f.level, f.code, f.where) for f in found if f.level is not Level.HINT] == [
        (Level.WARNING, "K06", "trygg-sjovik")
    ]
    assert not [f for f in found if f.level is Level.HINT and "Okänt" not in f.text.sv]


def test_a_channel_captured_by_hand_is_watched_by_a_person(register: Register) -> None:
    manual = with_channel(register, basis=CaptureBasis.MANUAL)
    assert judged(manual, harvested={}) == [("hint", "K12", "blogg")]


def test_an_unopened_channel_owes_no_snapshot() -> None:
    register = load_register(EXAMPLE)
    channel: Channel = dc.replace(register.channels[0], opened=None)
    found = judged(dc.replace(register, channels=(channel,)), snapshots=())
    assert "K22" not in {code for _, code, _ in found}
