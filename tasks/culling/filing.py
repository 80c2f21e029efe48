"""What is to be registered in the diary before it may go: a work list, and its closing by a dnr.

Posts that start or add to a case, and complaints, are registered instead of culled (notes: law and
practice). A thread stands on the list from the moment that its class says so, or that an approver
kept it for such a reason; with it lies a document of the thread in context, ready for the diary.
Entering the dnr takes it off the list; a living thread then goes on as its class says.

A document lies in ``kept/`` with kind ``to-file``. Its manifest alone tells of which thread it is:
the journal knows no ids of what others wrote.
"""

import dataclasses as dc
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from archive_store import Archive, Commit, Draft, Entry, Package
from archive_store.errors import InputError, MissingError, RefusalError
from tasks.culling.classes import action_of
from tasks.culling.classifying import rewritten
from tasks.culling.ground import Ground
from tasks.culling.moving import FILE, again, clear
from tasks.culling.reading import find_thread, stored_threads
from tasks.days import thread_from_json
from tasks.gists import gist_of
from tasks.model import Thread

KIND = "to-file"
KEPT_TO_FILE = frozenset({"case", "complaint"})
"""Reasons for which an approver keeps a thread, that also ask for the diary."""

_DNR = re.compile(r"(?:[A-ZÅÄÖ]{1,12}[ /-]?)?\d{2,4}[/:.-]\d{1,8}(?:[/:.-]\d{1,6})?")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class ToFile:
    """One thread that waits for its dnr.

    Attributes:
        thread: with its words: for the person at the terminal, and for the document.
        package: where it lies: its day, or its own package in ``kept/``.
        sha256: digest of it as stored, which a document is made of.
        reason: class id, or the reason for which it was kept.
        document: the package of its document, ``None`` until one was made of it as it is now.
        stale: documents of an earlier state of it.
    """

    thread: Thread
    package: Package
    sha256: str
    reason: str
    document: Package | None = None
    stale: tuple[Package, ...] = ()


def to_file(archive: Archive, grounds: Mapping[str, Ground]) -> list[ToFile]:
    """The work list of the channels whose grounds are given, by channel and day."""
    found = []
    for channel, ground in grounds.items():
        documents = archive.packages(f"kept/{channel}/", kind=KIND)
        told = [(package, archive.manifest(package)["about"]) for package in documents]
        for each in _waiting(archive, channel, ground):
            mine = [(p, about) for p, about in told if about["thread"] == each.thread.id]
            fresh = [p for p, about in mine if about["sha256"] == each.sha256]
            stale = tuple(p for p, about in mine if about["sha256"] != each.sha256)
            found.append(dc.replace(each, document=next(iter(fresh), None), stale=stale))
    return found


def put_document(archive: Archive, waiting: ToFile, pdf: bytes, now: dt.datetime) -> Entry:
    """Lay the document of a thread into the archive, in the place of earlier ones."""
    channel = waiting.thread.channel
    with archive.lease(f"channel-{channel}"):
        clear(archive, channel)
        draft = Draft(
            base=f"kept/{channel}/{waiting.thread.day.year}/{waiting.thread.day}-att-registrera",
            files={"pdf": pdf},
            about={
                "thread": waiting.thread.id,
                "sha256": waiting.sha256,
                "reason": waiting.reason,
            },
            labels={"kind": KIND, "channel": channel, "reason": waiting.reason},
        )
        return archive.commit(
            Commit(
                event="to-file",
                now=now,
                actor="filing",
                drafts=(draft,),
                retire=tuple(package.key for package in waiting.stale),
                retirement="superseded",
                facts={"channel": channel, "reason": waiting.reason},
            )
        )


def filed(  # noqa: PLR0913 - what, where in the diary, by whom and when
    archive: Archive,
    ground: Ground,
    channel: str,
    reference: str,
    *,
    dnr: str,
    by: str,
    now: dt.datetime,
) -> Entry | None:
    """Enter the dnr of a thread that was to be registered; its document in the archive goes.

    Args:
        archive: where it lies.
        ground: of its channel.
        channel: channel's id.
        reference: the thread, as ``find_thread`` takes it.
        dnr: its number in the diary, such as ``"KS 2025/41"``.
        by: id of the person.
        now: the rule's time.

    Returns:
        The journal's entry, or ``None`` where the same dnr was entered before.

    Raises:
        InputError: ``dnr-form``: that is no number of a diary.
        RefusalError: ``not-to-file``: the thread's class does not ask for the diary.
        MissingError: ``thread-unknown``.
        HeldError: a harvest or culling is busy with the channel.
    """
    if not _DNR.fullmatch(dnr):
        raise InputError(
            "dnr-form",
            sv="--dnr: skriv diarienumret som KS 2025/41; ord hör inte hemma här.",
            en="--dnr: write the number as KS 2025/41; words have no place here.",
        )
    with archive.lease(f"channel-{channel}"):
        clear(archive, channel)
        meant = _meant(archive, channel, reference)
        if meant.thread.filed == dnr:
            return None
        known = ground.classed(gist_of(meant.thread), lambda _: meant.thread).record_class
        asked = meant.package.zone == "kept" or (known is not None and known.action == "file")
        if not asked:
            raise RefusalError(
                "not-to-file",
                sv=f"{channel}: trådens handlingstyp ska inte registreras; klassa den först.",
                en=f"{channel}: the thread's class does not ask for the diary; classify it first.",
            )
        thread = dc.replace(meant.thread, filed=dnr)
        documents = _documents(archive, channel, thread.id)
        return archive.commit(
            Commit(
                event="filed",
                now=now,
                actor=by,
                drafts=_written(archive, meant.package, thread, dnr),
                retire=(meant.package.key, *(package.key for package in documents)),
                retirement="superseded",
                facts={"channel": channel, "dnr": quote(dnr, safe="/:")},
            )
        )


def _waiting(archive: Archive, channel: str, ground: Ground) -> Iterator[ToFile]:
    for stored in stored_threads(archive, channel):
        known = ground.classed(stored.gist, stored.day.thread).record_class
        if known is not None and action_of(stored.gist, known) == "file":
            yield ToFile(
                thread=stored.thread,
                package=stored.package,
                sha256=stored.sha256,
                reason=known.id,
            )
    for package, thread in _kept(archive, channel):
        if not thread.filed:
            yield ToFile(
                thread=thread,
                package=package,
                sha256=archive.manifest(package)["about"]["sha256"],
                reason=package.labels["reason"],
            )


def _kept(archive: Archive, channel: str) -> Iterator[tuple[Package, Thread]]:
    for package in archive.packages(f"kept/{channel}/", kind="kept"):
        if package.labels["reason"] in KEPT_TO_FILE:
            yield package, thread_from_json(archive.read(package, FILE))


@dc.dataclass(frozen=True, slots=True)
class _Meant:
    package: Package
    thread: Thread


def _meant(archive: Archive, channel: str, reference: str) -> _Meant:
    for package, thread in _kept(archive, channel):
        if reference in {thread.id, *(post.id for post in thread.posts)}:
            return _Meant(package, thread)
    found = find_thread(archive, channel, reference)
    if found is None:
        raise MissingError(
            "thread-unknown",
            sv=f"{channel}: ingen tråd med det id:t väntar på diarienummer; se 'kanalarkiv filed'.",
            en=f"{channel}: no thread of that id waits for the diary; see 'kanalarkiv filed'.",
        )
    return _Meant(*found)


def _documents(archive: Archive, channel: str, thread: str) -> list[Package]:
    found = archive.packages(f"kept/{channel}/", kind=KIND)
    return [each for each in found if archive.manifest(each)["about"]["thread"] == thread]


def _written(archive: Archive, package: Package, thread: Thread, dnr: str) -> tuple[Draft, ...]:
    """The thread with its dnr: its day anew, or its own package in ``kept/``."""
    if package.zone != "kept":
        return rewritten(archive, package, thread)
    return (again(archive, package, thread, {"dnr": dnr}),)
