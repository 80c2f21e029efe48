"""A body's year for the benchmark of culling, written straight to where the archive has it.

50 channels are harvested every night and culled every Monday. Older days are in the journal only,
as they are in life: their words are gone, their observations' objects are not read. What lives
lies there whole: packages, manifests, observations; its numbers and wordings are the product's own.
"""

import dataclasses as dc
import datetime as dt
import hashlib
import json
import os
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, TextIO

import pydantic

from archive_store import Archive, Commit, Directory, Draft
from archive_store.checkpoint import Checkpoint
from archive_store.journal import decode, encode, entry_key, stamp
from archive_store.keys import file_key, manifest_key
from archive_store.opening import CHECKPOINT, checkpoint_key
from archive_store.records import Package
from archive_store.state import State
from tasks.days import day_draft
from tasks.harvest.table import observations_draft
from tasks.model import Observation, Post, Thread, Version, Visibility, Words

NOW: Final = dt.datetime(2026, 3, 16, 5, tzinfo=dt.UTC)  # a Monday, 06:00 in Stockholm
LIVING: Final = 14  # days: what the culling of the Monday before left, and a week since
COMMENTS: Final = 3  # to each post, counted as posts too; the last of them is the body's answer
_LATE: Final = 50  # one thread in so many is spoken in once more, three days later
_ENTRIES: Final = 400  # since the checkpoint
_TEXT: Final = (
    "vi hälsar alla välkomna till biblioteket i morgon när bussen går från torget och kön är lång "
    "men snön ligger kvar på gångvägen vid skolan så ta det försiktigt tack för frågan kommunen "
    "svarar på här under veckan öppettiderna ändras över helgen läs mer på sidan om avgifter"
)
_WORDS: Final = _TEXT.split()
_POST: Final = pydantic.TypeAdapter(Post)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """How much there is.

    Attributes:
        channels: as many are harvested each night.
        threads: of a channel and day; each has 1 + ``COMMENTS`` posts, some one more.
        living: days that lie in ``posts/``, up to yesterday.
        days: days of harvests in the journal.
    """

    channels: int = 50
    threads: int = 14
    living: int = LIVING
    days: int = 365

    @property
    def names(self) -> list[str]:
        """The channels' ids."""
        return [f"kanal-{number:02}" for number in range(self.channels)]

    def write(self, root: Path, rows: TextIO | None = None) -> int:
        """Make the archive in ``root``; how many posts live in it.

        Args:
            root: where; nothing lies there yet.
            rows: takes the living posts as PostgreSQL's COPY reads them: channel, thread, id,
                time of the thread's last activity, the post as JSON.
        """
        began = NOW - dt.timedelta(days=self.days + 1)
        archive = Archive.create(Directory(root), now=began, rehearsal=True)
        writer, posts = _Writer(root, archive.secret()), 0
        dice = random.Random(2026)  # noqa: S311 - the same words in every run, not a secret
        sentences = [_sentences(dice) for _ in range(5000)]
        for age in range(self.days, 0, -1):
            harvested = NOW - dt.timedelta(days=age - 1, hours=3)
            day = (NOW - dt.timedelta(days=age)).date()
            for number, channel in enumerate(self.names):
                left = age * self.channels - number
                if left == _ENTRIES or (left > _ENTRIES and len(writer.state.since) > 20_000):
                    writer.checkpoint(last=left == _ENTRIES)
                if age > self.living:
                    read = age <= self.living + 2
                    writer.harvest_long_ago(channel, day, harvested, read=read)
                    continue
                threads = [
                    _thread(f"{age}-{number}-{each}", channel, day, dice, sentences)
                    for each in range(self.threads)
                ]
                posts += sum(len(thread.posts) for thread in threads)
                writer.harvest(channel, day, threads, harvested)
                if rows is not None:
                    rows.writelines(_copied(threads))
        os.sync()
        return posts


class _Writer:
    """Writes entries and packages as commits would leave them, without waiting for the disk."""

    def __init__(self, root: Path, secret: bytes) -> None:
        self.state = State()
        self._secret = secret
        self._root = root
        self._gone: list[str] = []
        self.state.take(decode((root / entry_key(1)).read_bytes(), seq=1))

    def harvest_long_ago(self, channel: str, day: dt.date, now: dt.datetime, *, read: bool) -> None:
        """A harvest whose words have been culled since; ``read``: its numbers are read yet."""
        words = self._told(Draft(base=f"posts/{channel}/{day}/1", files={}, folder=True), now)
        base = f"observations/{channel}/{now.year}/{now:%Y%m%dT%H%M%SZ}"
        labels = {"kind": "observations", "channel": channel}
        numbers = self._told(Draft(base=base, files={}, labels=labels), now)
        if read:
            numbers = self._stored(observations_draft(channel, now, []), now)
        self._entry(_harvest(channel, now), (words, numbers))
        self._gone.append(words.key)
        if len(self._gone) == 350:  # a week of fifty channels
            self._entry(_culling(self._gone, now), ())
            self._gone = []

    def harvest(self, channel: str, day: dt.date, threads: list[Thread], now: dt.datetime) -> None:
        """A harvest of what lives."""
        if self._gone:
            self._entry(_culling(self._gone, now), ())
            self._gone = []
        drafts = (
            day_draft(channel, day, 1, threads, {}, secret=self._secret),
            observations_draft(channel, now, [_counted(thread, now) for thread in threads]),
        )
        self._entry(_harvest(channel, now), tuple(self._stored(draft, now) for draft in drafts))

    def checkpoint(self, *, last: bool) -> None:
        """What came so far goes into a file; only the last one is kept, and vouched for."""
        seq = self.state.head.seq
        path = self._root / (checkpoint_key(seq) if last else "folded.sqlite")
        path.parent.mkdir(exist_ok=True)
        self.state = State(base=Checkpoint.write(self.state, path))
        if not last:
            path.unlink()
            return
        data = path.read_bytes()
        facts = {"seq": seq, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        self._entry(Commit(event=CHECKPOINT, now=NOW, actor="kanalarkiv", facts=facts), ())

    def _entry(self, change: Commit, added: tuple[Package, ...]) -> None:
        head = self.state.head
        data = encode(
            change,
            head=head,
            nonce=f"{head.seq:032x}",
            time=change.now,
            destroyed=head.seq,
            added=added,
        )
        (self._root / entry_key(head.seq + 1)).write_bytes(data)
        self.state.take(decode(data, seq=head.seq + 1))
        self.state.destroying.clear()

    def _stored(self, draft: Draft, now: dt.datetime) -> Package:
        key = manifest_key(draft.base, folder=draft.folder)
        (self._root / key).parent.mkdir(parents=True, exist_ok=True)
        files = []
        for name, data in draft.files.items():
            (self._root / file_key(key, name)).write_bytes(data)
            digest = hashlib.sha256(data).hexdigest()
            files.append({"name": name, "sha256": digest, "size": len(data)})
        document = {
            "format": 1,
            "package": key,
            "written": stamp(now),
            "now": stamp(now),
            "after": {"seq": self.state.head.seq, "sha256": self.state.head.sha256},
            "labels": dict(draft.labels),
            "files": files,
            "about": dict(draft.about),
        }
        manifest = json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
        (self._root / key).write_bytes(manifest)
        size = sum(len(data) for data in draft.files.values())
        return dc.replace(
            self._told(draft, now), sha256=hashlib.sha256(manifest).hexdigest(), size=size
        )

    def _told(self, draft: Draft, now: dt.datetime) -> Package:
        return Package(
            key=manifest_key(draft.base, folder=draft.folder),
            sha256="0" * 64,
            size=50_000,
            files=1,
            labels=dict(draft.labels),
            seq=self.state.head.seq + 1,
            time=now,
        )


def _harvest(channel: str, now: dt.datetime) -> Commit:
    facts = {"channel": channel, "complete": True, "told_posts": 14}
    once = f"harvest:{channel}:{stamp(now)}"
    return Commit(event="harvest", now=now, actor="harvest", once=once, facts=facts)


def _culling(keys: Iterable[str], now: dt.datetime) -> Commit:
    return Commit(
        event="cull-intent", now=now, actor="cull", retire=tuple(keys), retirement="culled"
    )


def _thread(
    id_: str, channel: str, day: dt.date, dice: random.Random, sentences: list[str]
) -> Thread:
    began = dt.datetime.combine(day, dt.time(8), dt.UTC) + dt.timedelta(minutes=dice.randrange(300))
    posts = [_post(id_, None, began, dice, sentences)]
    for number in range(1, COMMENTS + 1):
        own, when = number == COMMENTS, began + dt.timedelta(minutes=20 * number)
        posts.append(_post(f"c{id_}-{number}", id_, when, dice, sentences, own=own))
    if not dice.randrange(_LATE):
        when = min(began + dt.timedelta(days=3), NOW - dt.timedelta(hours=4))
        posts.append(_post(f"c{id_}-sen", id_, when, dice, sentences))
    return Thread(
        id=id_,
        channel=channel,
        day=day,
        salt=dice.randbytes(16).hex(),
        permalink=f"https://example.org/{channel}/?p={id_}",
        posts=tuple(posts),
    )


def _post(  # noqa: PLR0913 - what differs between them
    id_: str,
    parent: str | None,
    when: dt.datetime,
    dice: random.Random,
    sentences: list[str],
    *,
    own: bool = True,
) -> Post:
    text = dice.choice(sentences)
    seen = when + dt.timedelta(minutes=9)
    words = Words(
        author=f"u{dice.randrange(5000)}",
        author_name=f"{dice.choice(_WORDS).title()} {dice.choice(_WORDS).title()}sson",
        title="" if parent else "Nytt från kommunen",
        text=text,
        html=f"<p>{text}</p>",
        permalink=f"https://example.org/?p={id_}",
    )
    return Post(
        id=id_,
        parent=parent,
        kind="comment" if parent else "post",
        own=own,
        published=when,
        first_seen=seen,
        visibility=Visibility.PUBLIC,
        visibility_since=seen,
        address="" if parent else f"/?p={id_}",
        versions=(Version(digest=dice.randbytes(32).hex(), seen=seen, modified=None, words=words),),
    )


def _counted(thread: Thread, now: dt.datetime) -> Observation:
    return Observation(
        channel=thread.channel,
        thread=thread.id,
        address=thread.posts[0].address,
        own=True,
        kind="post",
        published=thread.posts[0].published,
        observed=now,
        age_days=0,
        comments=COMMENTS - 1,
        own_replies=1,
        hidden=0,
        reactions=3,
        shares=None,
        views=None,
        waits_minutes=(40,),
        waits_office_minutes=(40,),
        waits_24h=(True,),
        open_comments=0,
        oldest_open_minutes=None,
        harvest="natt",
    )


def _copied(threads: Iterable[Thread]) -> Iterator[str]:
    for thread in threads:
        active = max(post.first_seen for post in thread.posts)
        for post in thread.posts:
            document = _POST.dump_json(post).decode().replace("\\", "\\\\")
            yield f"{thread.channel}\t{thread.id}\t{post.id}\t{active.isoformat()}\t{document}\n"


def _sentences(dice: random.Random) -> str:
    return " ".join(
        " ".join(dice.choices(_WORDS, k=dice.randrange(4, 14))).capitalize() + dice.choice(".!?")
        for _ in range(dice.randrange(1, 5))
    )
