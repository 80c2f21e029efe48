"""A year of posts and talk put together from a stock of texts: always the same year.

A stock (``texts/*-stock.toml``) has topics with their season; a topic has variants (each with its
own title and lead, used once), paragraphs to choose among and pairs of a comment and its answer
(each used once). ``random.Random`` is seeded with the channel's name: chance only shuffles.
"""

import datetime as dt
import random
import re
from collections.abc import Iterator, Mapping
from typing import Any

WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti"),
    *("september", "oktober", "november", "december"),
)
OPENS, CLOSES = 8, 17
SUNDAY = 6
RED_DAYS = {
    dt.date(2025, month, day)
    for month, day in (
        *((1, 1), (1, 6), (4, 18), (4, 21), (5, 1), (5, 29), (6, 6)),
        *((6, 20), (12, 24), (12, 25), (12, 26), (12, 31)),
    )
}
Draft = dict[str, Any]


def year(
    channel: str, stock: Mapping[str, Any], *, begin: dt.datetime, end: dt.datetime
) -> list[Draft]:
    """Drafts of all posts from ``begin`` to ``end`` (aware, local), as in the window files."""
    rng = random.Random(channel)  # noqa: S311  # the same year each time is the whole point
    topics = [_Topic(t, rng) for t in stock.get("topic", ())]
    drafts = [t.draft(v["on"], v, rng) for t in topics for v in t.dated]
    taken = {d["at"].date() for d in drafts}
    for at in _moments(stock["pace"], begin, end, rng):
        if at.date() in taken:
            continue
        fitting = [t for t in topics if t.variant(at) and at - t.used > dt.timedelta(days=11)]
        if fitting:
            topic = min(fitting, key=lambda t: (t.scarcity(at), t.used))
            drafts.append(topic.draft(at, topic.variant(at), rng))
    names = list(stock["names"])
    for draft in sorted(drafts, key=lambda d: d["at"]):
        _talk(draft, names, rng, end)
    return drafts


class _Topic:
    """A topic with what of it is still unused."""

    def __init__(self, told: Mapping[str, Any], rng: random.Random) -> None:
        self.told = told
        self.months = set(told.get("months", range(1, 13)))
        self.dated = [v for v in told["variants"] if "on" in v]
        self.free = [v for v in told["variants"] if "on" not in v]
        self.pairs = list(told.get("talk", ()))
        rng.shuffle(self.pairs)
        self.used = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
        self.count = 0

    def variant(self, at: dt.datetime) -> Mapping[str, Any]:
        """The next variant that suits the season, or an empty one."""
        return next((v for v in self.free if at.month in v.get("months", self.months)), {})

    def scarcity(self, at: dt.datetime) -> float:
        """Months left to place each variant in: few means that it should go now."""
        left = {m for v in self.free for m in v.get("months", self.months) if m >= at.month}
        return len(left) / len(self.free)

    def draft(self, at: dt.datetime, variant: Mapping[str, Any], rng: random.Random) -> Draft:
        """A post made of that variant; its pairs wait under ``"talk"``."""
        if variant in self.free:
            self.free.remove(variant)
        words = {**_ahead(at, rng), **variant}
        wordy = 2 if rng.random() < 0.4 else 1  # noqa: PLR2004  # some say more
        chosen = [
            told[(self.count + n) % len(told)]
            for told in variant.get("body", self.told.get("body", ()))
            for n in range(min(wordy, len(told)))
        ]
        body = _begun("\n\n".join([variant["lead"], *chosen]).format_map(words))
        share = rng.choices((0, 1, 2, 3), (16, 44, 29, 11))[0]
        free = [] if "talk" in variant else self.pairs
        pairs = [*variant.get("talk", ()), *(free.pop() for _ in range(min(share, len(free))))]
        self.count += 1
        self.used = at
        return {
            "at": at,
            "title": variant["title"].format_map(words),
            "body": body,
            "category": self.told["category"],
            "author": self.told.get("author", 1),
            "picture": variant.get("picture", self.told.get("picture", "")),
            "alt": variant.get("alt", self.told.get("alt", "")),
            "likes": round(rng.lognormvariate(2.7, 0.6) * self.told.get("liked", 1)),
            "talk": [[part.format_map(words) for part in pair] for pair in pairs],
            "swift": self.told.get("swift", False),
        }


def _ahead(at: dt.datetime, rng: random.Random) -> dict[str, str]:
    """Days to come, in words: ``{dag}`` and ``{senare}`` are working days, ``{vecka}`` a week."""
    day, later = _workday(at + dt.timedelta(days=6)), _workday(at + dt.timedelta(days=11))
    return {
        "dag": day_in_words(day.date()),
        "senare": day_in_words(later.date()),
        "vecka": str((at + dt.timedelta(days=14)).isocalendar().week),
        "klocka": rng.choice(("9", "10", "13", "14", "15")),
    }


def _begun(text: str) -> str:
    """Text in which a weekday that begins a sentence has its capital."""
    return re.sub(rf"(^|[.!?:]\s+)({'|'.join(WEEKDAYS)})", lambda m: m[1] + m[2].capitalize(), text)


def day_in_words(day: dt.date) -> str:
    """``torsdag 14 maj``."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def _moments(
    pace: float, begin: dt.datetime, end: dt.datetime, rng: random.Random
) -> Iterator[dt.datetime]:
    """Times of publication, ``pace`` a week on working days, fewer in July."""
    owed, monday = 0.0, begin - dt.timedelta(days=begin.weekday())
    while monday < end:
        owed += pace * (0.55 if monday.month == 7 else 1)  # noqa: PLR2004  # July
        days = [monday + dt.timedelta(days=n) for n in range(5)]
        working = [d for d in days if begin <= d < end and _works(d.date())]
        for day in sorted(rng.sample(working, min(int(owed), len(working)))):
            yield day.replace(hour=rng.randint(8, 15), minute=rng.randrange(0, 60, 5))
        owed -= int(owed)
        monday += dt.timedelta(days=7)


def _talk(draft: Draft, names: list[str], rng: random.Random, end: dt.datetime) -> None:
    """Turns a draft's pairs into comments: each is answered, the latest word is the body's own."""
    comments: list[Draft] = []
    asked, swift = draft["at"], draft.pop("swift")
    speakers = rng.sample(names, len(draft["talk"]))
    for speaker, (question, answer) in zip(speakers, draft.pop("talk"), strict=True):
        asked += dt.timedelta(minutes=10 + rng.expovariate(1 / (40 if swift else 600)))
        asked = _awake(asked, rng)
        answered = _answered(asked, rng, swift=swift)
        if answered < end:
            comments += [
                {"at": asked, "by": speaker, "text": question},
                {"at": answered, "author": draft["author"], "text": answer, "question": asked},
            ]
    comments.sort(key=lambda c: c["at"])
    numbers = {c["at"]: n for n, c in enumerate(comments)}
    for comment in comments:
        if "question" in comment:
            comment["answers"] = numbers[comment.pop("question")]
    draft["comments"] = comments


def _awake(at: dt.datetime, rng: random.Random) -> dt.datetime:
    """People write between seven in the morning and eleven at night."""
    if not 7 <= at.hour < 23:  # noqa: PLR2004  # at night
        at = (at + dt.timedelta(hours=2)).replace(hour=rng.randint(7, 9))
    return at.replace(second=rng.randrange(60), microsecond=0)


def _answered(asked: dt.datetime, rng: random.Random, *, swift: bool) -> dt.datetime:
    """Most answers come within a working day, some within a week, a few late; fast in a crisis."""
    if swift:
        return asked + dt.timedelta(minutes=rng.randint(6, 50))
    start = _workday(asked)
    if start.date() != asked.date() or start.hour >= CLOSES - 1 or start.hour < OPENS:
        start = _workday(start if start.hour < OPENS else start + dt.timedelta(days=1)).replace(
            hour=OPENS, minute=rng.randint(5, 55)
        )
    way = rng.random()
    if way < 0.8:  # noqa: PLR2004  # within a working day
        start += dt.timedelta(minutes=rng.randint(8, 240))
        return start if start.hour < CLOSES else start.replace(hour=CLOSES - 1)
    days = rng.randint(2, 4) if way < 0.95 else rng.randint(8, 11)  # noqa: PLR2004  # the rest
    later = _workday(start + dt.timedelta(days=days))
    return later.replace(hour=rng.randint(OPENS, CLOSES - 1), minute=rng.randrange(60))


def _workday(at: dt.datetime) -> dt.datetime:
    """The same time of day on the first working day from ``at`` on."""
    while not _works(at.date()):
        at += dt.timedelta(days=1)
    return at


def _works(day: dt.date) -> bool:
    return day.weekday() < SUNDAY - 1 and day not in RED_DAYS
