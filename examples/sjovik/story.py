"""What the three channels of Sjöviks kommun say from 2025-01-01 to 2026-01-15: one fixed story.

The year is put together by ``history`` from the stock of texts; the window 2025-12-15 to 2026-01-15
is written by hand in ``texts/*-window.toml``. Both are read once; what existed at a given moment is
a question to ``Moment``. Same files, same story: no clock and no chance is involved.
"""

import dataclasses as dc
import datetime as dt
import functools
import math
import re
import tomllib
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from history import year

HERE = Path(__file__).resolve().parent
STOCKHOLM = zoneinfo.ZoneInfo("Europe/Stockholm")
BEGIN = dt.datetime(2025, 1, 1, tzinfo=STOCKHOLM)
WINDOW = dt.datetime(2025, 12, 15, tzinfo=STOCKHOLM)
END = dt.datetime(2026, 1, 15, 18, 0, tzinfo=STOCKHOLM)
CHANNELS = ("kommunbloggen", "biblioteksbloggen", "trygg-sjovik")

SPECIAL: Mapping[str, str] = {
    "overdue-question": "kommunbloggen: asked 2025-12-17 14:20, never answered: overdue reply",
    "permit-thread": "kommunbloggen: 2025-12-18; a comment asks for documents: to be held",
    "permit-request": "kommunbloggen: that comment, 2025-12-18 16:05",
    "local-history": "biblioteksbloggen: 2025-12-16; the only source of its kind: to be kept",
    "resident-memory": "biblioteksbloggen: an old resident's memory, comment on local-history",
    "edited-post": "kommunbloggen: published 2025-12-16, edited 2025-12-18 13:05",
    "leaving-post": "kommunbloggen: published 2025-12-17, deleted 2025-12-22 before any snapshot",
    "deleted-comment": "trygg-sjovik: commented 2025-12-17, deleted by its author 2025-12-19",
    "held-comment": "kommunbloggen: held for moderation from 2025-12-18 and never let through",
    "spam-comment": "biblioteksbloggen: spam since 2025-12-18",
    "trashed-comment": "trygg-sjovik: public from 2025-12-16, moved to trash 2025-12-17",
    "approved-later": "biblioteksbloggen: held 2025-12-17, approved 2025-12-18",
    "late-comment-post": "kommunbloggen: published 2025-12-17, due and culled before January",
    "late-comment": "kommunbloggen: comment of 2026-01-08 on late-comment-post",
    "edited-day-six": "trygg-sjovik: published 2025-12-16, edited 2025-12-22, its sixth day",
}


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How a post reads from ``since`` on; ``body`` is light markup (see ``markup``)."""

    since: dt.datetime
    title: str
    body: str


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment; ``states`` says from when it is ``approve``, ``hold``, ``spam``, … or gone."""

    id: int
    post: int
    parent: int
    author: int
    name: str
    at: dt.datetime
    text: str
    states: tuple[tuple[dt.datetime, str], ...]

    def status(self, now: dt.datetime) -> str:
        """Its status at ``now``; ``"gone"`` before it came and after it was deleted."""
        return next((s for since, s in reversed(self.states) if since <= now), "gone")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post or page with everything that ever happens to it."""

    id: int
    media: int
    kind: str
    slug: str
    category: str
    author: int
    at: dt.datetime
    removed: dt.datetime | None
    picture: str
    alt: str
    likes: int
    wordings: tuple[Wording, ...]
    comments: tuple[Comment, ...]

    def wording(self, now: dt.datetime) -> Wording:
        """How it reads at ``now``."""
        return next((w for w in reversed(self.wordings) if w.since <= now), self.wordings[0])

    def liked(self, now: dt.datetime) -> int:
        """Count of likes at ``now``: most come in the first days, none are taken back."""
        days = (now - self.at).total_seconds() / 86400
        return round(self.likes * (1 - math.exp(-max(days, 0) / 2.2)))

    def folder(self) -> str:
        """Year and month, as WordPress sorts its uploads: ``2025/12``."""
        return f"{self.at.astimezone(STOCKHOLM):%Y/%m}"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel: who it says that it is (``about``, from channels.toml) and all its posts."""

    id: str
    about: Mapping[str, Any]
    posts: tuple[Post, ...]

    def author(self, number: int) -> Mapping[str, Any]:
        """The own author with that user id."""
        return next(a for a in self.about["authors"] if a["id"] == number)


@dc.dataclass(frozen=True, slots=True)
class Moment:
    """A channel as it stood at ``now``."""

    channel: Channel
    now: dt.datetime

    def posts(self, kind: str = "post") -> list[Post]:
        """What stood on the channel, newest first."""
        living = (
            p
            for p in self.channel.posts
            if p.kind == kind and p.at <= self.now and (p.removed is None or self.now < p.removed)
        )
        return sorted(living, key=lambda p: (p.at, p.id), reverse=True)

    def post(self, number: int) -> Post | None:
        """A post or page that stood there, by id."""
        return next((p for k in ("post", "page") for p in self.posts(k) if p.id == number), None)

    def comments(self, post: Post, *statuses: str) -> list[Comment]:
        """A post's comments of those statuses (``approve`` where none is named), oldest first."""
        wanted = statuses or ("approve",)
        return [c for c in post.comments if c.status(self.now) in wanted]


def slug_of(title: str) -> str:
    """A title as an address: ``Öppet på Kvarnbacken`` gives ``oppet-pa-kvarnbacken``."""
    plain = title.lower().translate(str.maketrans("åäöéü", "aaoeu"))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")


def texts(name: str) -> dict[str, Any]:
    """One file of the stock of texts, parsed."""
    return tomllib.loads((HERE / "texts" / f"{name}.toml").read_text(encoding="utf-8"))


def numbered(channel: str, drafts: Iterable[Mapping[str, Any]]) -> tuple[Post, ...]:
    """Drafts in order of time, with the ids that WordPress would have given them.

    Posts and their pictures share one series of numbers, comments have one of their own. A draft
    has the keys of the window files; see ``texts/README.md``.
    """
    ordered = sorted(drafts, key=lambda d: (d["at"], d["title"]))
    post_id, posts = 14 + 3 * CHANNELS.index(channel), []
    coming = sorted(
        (c["at"], i, n) for i, d in enumerate(ordered) for n, c in enumerate(d.get("comments", ()))
    )
    comment_ids = {(i, n): 2 + at for at, (_, i, n) in enumerate(coming)}
    for i, draft in enumerate(ordered):
        media = post_id + 1 if draft.get("picture") else 0
        posts.append(_post(draft, post_id, media, [comment_ids[i, n] for n in _span(draft)]))
        post_id += 2 if media else 1
    return tuple(posts)


def _span(draft: Mapping[str, Any]) -> range:
    return range(len(draft.get("comments", ())))


def _post(draft: Mapping[str, Any], post_id: int, media: int, numbers: Sequence[int]) -> Post:
    at = draft["at"]
    first = Wording(since=at, title=draft["title"], body=draft["body"])
    wordings = [first]
    for edit in draft.get("edits", ()):
        earlier = wordings[-1]
        wordings.append(
            Wording(
                since=edit["at"],
                title=edit.get("title", earlier.title),
                body=edit.get("body", earlier.body),
            )
        )
    return Post(
        id=post_id,
        media=media,
        kind=draft.get("kind", "post"),
        slug=slug_of(draft["title"]),
        category=draft.get("category", "Information"),
        author=draft.get("author", 1),
        at=at,
        removed=draft.get("removed"),
        picture=draft.get("picture", ""),
        alt=draft.get("alt", ""),
        likes=draft.get("likes", 0),
        wordings=tuple(wordings),
        comments=tuple(
            _comment(c, post_id, number, numbers)
            for c, number in zip(draft.get("comments", ()), numbers, strict=True)
        ),
    )


def _comment(draft: Mapping[str, Any], post: int, number: int, siblings: Sequence[int]) -> Comment:
    states = [(s["at"], s["status"]) for s in draft.get("states", ())]
    return Comment(
        id=number,
        post=post,
        parent=siblings[draft["answers"]] if "answers" in draft else 0,
        author=draft.get("author", 0),
        name=draft.get("by", ""),
        at=draft["at"],
        text=draft["text"],
        states=((draft["at"], draft.get("status", "approve")), *states),
    )


@functools.cache
def story() -> dict[str, Channel]:
    """All channels by id."""
    about = texts("channels")
    channels = {}
    for name in CHANNELS:
        past = year(name, texts(f"{name}-stock"), begin=BEGIN, end=WINDOW)
        drafts = [*past, *texts(f"{name}-window").get("post", ())]
        channels[name] = Channel(id=name, about=about[name], posts=numbered(name, drafts))
    return channels


@functools.cache
def special_ids() -> dict[str, dict[str, Any]]:
    """Channel, post and (for comments) comment id of everything in ``SPECIAL``."""
    found: dict[str, dict[str, Any]] = {}
    for name in CHANNELS:
        by_time = {(p.at, p.wordings[0].title): p for p in story()[name].posts}
        for draft in texts(f"{name}-window").get("post", ()):
            post = by_time[draft["at"], draft["title"]]
            if "special" in draft:
                found[draft["special"]] = {"channel": name, "post": post.id}
            for comment, known in zip(draft.get("comments", ()), post.comments, strict=True):
                if "special" in comment:
                    place = {"channel": name, "post": post.id, "comment": known.id}
                    found[comment["special"]] = place
    if found.keys() != SPECIAL.keys():
        raise LookupError(f"SPECIAL and the window files differ: {found.keys() ^ SPECIAL.keys()}")
    return {key: found[key] for key in SPECIAL}
