"""Sees what is new, edited, hidden or gone, as differences between the channel and the archive.

Pure. Deletion is never a state in a platform's interface, only an absence where one looked
(notes: platforms, consequence 1). Words are let in for living threads and for what is new; what was
culled stays out in the wording that was culled (DESIGN section 1).
"""

import collections
import dataclasses as dc
import datetime as dt
import itertools
import secrets
from collections.abc import Iterable, Iterator, Mapping

from tasks.harvest.words import clean, version_digest
from tasks.model import Fetched, Item, Post, Thread, Version, Visibility, Words
from tasks.office_time import local_date
from tasks.tombstones import Tombstones

Grouped = Mapping[str, Mapping[str, Item]]
"""Items by id, by thread id."""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One look at a channel and what it is judged by.

    Attributes:
        channel: channel's id.
        now: the rule's time.
        since: a thread whose last activity lies before this is not new.
        first: whether the channel was never harvested before.
        answer: what the platform showed.
        stones: what was culled.
        counted: when each of the body's own threads began, of those counted before, by id.
    """

    channel: str
    now: dt.datetime
    since: dt.datetime
    first: bool
    answer: Fetched
    stones: Tombstones
    counted: Mapping[str, dt.datetime]


@dc.dataclass(slots=True, kw_only=True)
class Differences:
    """What a harvest changes.

    Attributes:
        threads: all living threads afterwards, by id.
        changed: ids of those whose words or visibility differ from the archive's.
        taken_in: every wording let in, with its post.
        tally: ``new``, ``new_comments``, ``edited``, ``gone``, ``hidden``, ``shown``.
    """

    threads: dict[str, Thread]
    changed: set[str] = dc.field(default_factory=set)
    taken_in: list[tuple[Post, Words]] = dc.field(default_factory=list)
    tally: collections.Counter[str] = dc.field(default_factory=collections.Counter)


def grouped(items: Iterable[Item]) -> Grouped:
    """Items by thread and id; where one was read twice, the later reading counts."""
    threads: dict[str, dict[str, Item]] = collections.defaultdict(dict)
    for item in items:
        threads[item.thread][item.id] = item
    return threads


def half_read(known: Mapping[str, Thread], sight: Sight) -> frozenset[str]:
    """Ids of new threads that must be read again in full before they are taken in whole."""
    return frozenset(
        thread_id
        for thread_id, items in grouped(sight.answer.items).items()
        if thread_id not in known
        and not _list_of(items, sight)
        and _is_new(thread_id, items, sight)
        and _may_lack_something(items, items.get(thread_id), sight)
    )


def differences(
    known: Mapping[str, Thread], sight: Sight, numbers: Iterator[int] | None = None
) -> Differences:
    """Compare what is known with what was seen.

    Args:
        known: the archive's living threads by id.
        sight: what was seen.
        numbers: gives the next running number for a thread that others began.
    """
    numbers = itertools.count(1) if numbers is None else numbers
    found = Differences(threads=dict(known))
    seen = grouped(sight.answer.items)
    for thread_id, items in seen.items():
        thread = known.get(thread_id)
        if thread is None and _is_new(thread_id, items, sight):
            thread = _beginning(thread_id, items, sight, numbers)
        if thread is not None:
            _compare(thread, items, sight, found)
    for thread_id in known.keys() - seen.keys():
        _compare(known[thread_id], {}, sight, found)
    return found


def _compare(thread: Thread, items: Mapping[str, Item], sight: Sight, found: Differences) -> None:
    before = {post.id: post for post in thread.posts}
    after: list[Post] = []
    for post in thread.posts:
        if post.id in items:
            after.append(_seen_again(post, items[post.id], sight, found))
        elif _is_gone(post, thread, sight):
            after.append(_turned(post, Visibility.GONE, sight, found))
        else:
            after.append(post)
    for item in items.values():
        if item.id not in before:
            after += _taken_in(item, sight, found)
    after.sort(key=lambda post: (post.id != thread.id, post.published, post.id))
    posts = tuple(after)
    if posts and posts != thread.posts:
        found.threads[thread.id] = dc.replace(thread, posts=posts)
        found.changed.add(thread.id)


def _seen_again(post: Post, item: Item, sight: Sight, found: Differences) -> Post:
    if item.own is not post.own:  # the register's own authors were corrected
        post = dc.replace(post, own=item.own)
    if item.visibility is not post.visibility:
        post = _turned(post, item.visibility, sight, found)
    version = _version(item, sight)
    if version is not None and version.digest != post.versions[-1].digest:
        post = dc.replace(post, versions=(*post.versions, version))
        found.tally["edited"] += 1
        found.taken_in.append((post, version.words))
    return post


def _taken_in(item: Item, sight: Sight, found: Differences) -> list[Post]:
    version = _version(item, sight)
    if version is None:
        return []
    post = Post(
        id=item.id,
        parent=item.parent,
        kind=item.kind,
        own=item.own,
        published=item.published,
        first_seen=sight.now,
        visibility=item.visibility,
        visibility_since=sight.now,
        address=item.address,
        versions=(version,),
    )
    found.taken_in.append((post, version.words))
    if sight.stones.list_of(item.id) is not None:
        found.tally["edited"] += 1
    elif item.id == item.thread:
        found.tally["new"] += 1
    else:
        found.tally["new_comments"] += 1
    return [post]


def _version(item: Item, sight: Sight) -> Version | None:
    """The wording as seen, or ``None`` where there is none or it was culled."""
    if item.words is None:
        return None
    words = clean(item.words)
    digest = version_digest(words)
    if sight.stones.culled(item.id, digest):
        return None
    return Version(digest=digest, seen=sight.now, modified=item.modified, words=words)


def _turned(post: Post, visibility: Visibility, sight: Sight, found: Differences) -> Post:
    match visibility:
        case Visibility.GONE | Visibility.TRASH:
            found.tally["gone"] += 1
        case Visibility.HELD | Visibility.SPAM:
            found.tally["hidden"] += 1
        case Visibility.PUBLIC:
            found.tally["shown"] += 1
    return dc.replace(post, visibility=visibility, visibility_since=sight.now)


def _is_gone(post: Post, thread: Thread, sight: Sight) -> bool:
    """Whether its absence means something: it was looked for where it would have been seen."""
    answer = sight.answer
    looked_for = post.id in answer.looked_for or thread.id in answer.looked_for
    could_be_seen = answer.complete and post.visibility in answer.states
    return looked_for and could_be_seen and post.visibility is not Visibility.GONE


def _is_new(thread_id: str, items: Mapping[str, Item], sight: Sight) -> bool:
    """Whether an unknown thread has something that the archive should take in."""
    if _list_of(items, sight):
        return True  # each item is then judged by its tombstone
    if max(_activity(item) for item in items.values()) >= sight.since:
        return True
    root = items.get(thread_id)
    # Backdated: it claims to be old, but no harvest has ever counted it.
    return not sight.first and root is not None and root.own and root.id not in sight.counted


def _may_lack_something(items: Mapping[str, Item], root: Item | None, sight: Sight) -> bool:
    if root is None or any(item.words is None for item in items.values()):
        return True
    return not sight.first and root.published < sight.since  # its older comments were not asked for


def _beginning(
    thread_id: str, items: Mapping[str, Item], sight: Sight, numbers: Iterator[int]
) -> Thread:
    root = items.get(thread_id)
    by_age = sorted(items.values(), key=lambda item: (item.id != thread_id, item.published))
    began = root.published if root else sight.counted.get(thread_id, by_age[0].published)
    shown = next((item.words for item in by_age if item.words), None)
    return Thread(
        id=thread_id,
        channel=sight.channel,
        day=local_date(began),
        salt=secrets.token_hex(16),
        permalink=clean(shown).permalink.partition("#")[0] if shown else "",
        posts=(),
        culled_by=_list_of(items, sight) or "",
        counted_as=f"other-{next(numbers)}" if root is not None and not root.own else "",
    )


def _list_of(items: Mapping[str, Item], sight: Sight) -> str | None:
    """The list that culled the thread or any of its items."""
    threads = {item.thread for item in items.values()}
    lists = (sight.stones.list_of(item_id) for item_id in (*threads, *items))
    return next((found for found in lists if found is not None), None)


def _activity(item: Item) -> dt.datetime:
    return max(item.published, item.modified or item.published)
