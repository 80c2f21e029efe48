"""A register and evidence with which nothing is wrong, and how a test spoils them."""

import dataclasses as dc
import datetime as dt
from typing import Any

from tasks.model import ActivityPlan, Administrator, Goal, Occasion, Register
from tasks.register import Evidence, SnapshotTaken, WebsiteLinks, check

NOW = dt.datetime(2025, 12, 15, 2, 0, tzinfo=dt.UTC)
TODAY = dt.date(2025, 12, 15)
DAY = dt.timedelta(days=1)


def all_well(channel: str = "blogg") -> Evidence:
    return Evidence(
        archive_since=dt.date(2025, 1, 1),
        harvested={channel: NOW - dt.timedelta(hours=3)},
        snapshots=(taken(Occasion.HALF_YEAR, dt.date(2025, 6, 30)),),
        oldest_open_minutes={channel: 0},
        boards_with_decision=frozenset({"ks"}),
        backlog={channel: 0},
        reports=frozenset(),
        collection_page=True,
        plans_archived=frozenset({channel}),
        senders={channel: frozenset({"sender", "contact"})},
        flagged={channel: 0},
        removals_waiting={channel: 0},
        searchable=True,
        crises={},
        website_links={channel: WebsiteLinks(posts=4, linked=4)},
    )


def taken(occasion: Occasion, date: dt.date, *, confirmed: bool = True) -> SnapshotTaken:
    return SnapshotTaken(channel="blogg", occasion=occasion, date=date, confirmed=confirmed)


def person(id_: str, name: str = "Maja Ekdal", **more: Any) -> Administrator:
    more = {"appointed": dt.date(2019, 1, 1)} | more
    return Administrator(id=id_, name=name, role="Kommunikatör", **more)


PLAN = ActivityPlan(
    medium="Blogg",
    audience="Alla",
    purpose="Svara",
    care="Två delar",
    goals=(Goal(id="g", text="g", metric="posts", target=1),),
    approved=dt.date(2025, 1, 1),
    approved_by="Informationschefen",
    copied=dt.date(2025, 1, 2),
    file="plan.md",
)


def with_channel(register: Register, **changes: Any) -> Register:
    return dc.replace(register, channels=(dc.replace(register.channels[0], **changes),))


def judged(
    register: Register, *, now: dt.datetime = NOW, **evidence: Any
) -> list[tuple[str, str, str]]:
    found = check(register, now=now, evidence=dc.replace(all_well(), **evidence))
    return [(f.level.value, f.code, f.where) for f in found]
