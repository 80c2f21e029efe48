"""A person says which class a thread is of; it goes before every rule of the decision.

The word is stored in the thread itself, so that it stays through every new generation of its day:
class, who, when, and why as a code. A class whose action is ``restrict`` sets the thread apart at
once: what is secret must not lie open until its period has passed.
"""

import dataclasses as dc
import datetime as dt
import hashlib

from archive_store import Archive, Commit, Draft, Entry, Package
from archive_store.errors import InputError, MissingError
from tasks import tombstones
from tasks.culling.classes import action_of
from tasks.culling.decision import Decision, RecordClass
from tasks.culling.moving import APART_ZONE, Move, clear, moved_draft
from tasks.culling.plan import review_of
from tasks.culling.reading import find_thread
from tasks.days import day_draft, day_media, day_of, generation_of, load_day, thread_json
from tasks.gists import gist_of
from tasks.marks import marks_of
from tasks.model import Text, Thread
from tasks.tombstones import Gone

BY_RULES = "regler"
"""In place of a class: takes a person's word back, so that the decision's rules judge again."""

REASONS = {
    "routine": Text("av ringa betydelse", "of minor value"),
    "unique": Text("unik information", "unique information"),
    "special-interest": Text("av särskilt intresse", "of special interest"),
    "case": Text("hör till ett ärende", "belongs to a case"),
    "complaint": Text("synpunkt eller klagomål", "complaint"),
    "crisis": Text("kriskommunikation", "crisis communication"),
    "leader": Text("ledande företrädare", "leading official or politician"),
    "secrecy": Text("sekretess", "secrecy"),
    "bbs": Text("BBS-lagen 5 §", "section 5 of the act on bulletin boards"),
    "personal-data": Text("personuppgifter", "personal data"),
    "house-rules": Text("egna regler", "house rules"),
    "spam": Text("skräppost", "spam"),
    "mistake": Text("rättar en tidigare klassning", "corrects an earlier classification"),
}


def classify(  # noqa: PLR0913 - what a classification says
    archive: Archive,
    decision: Decision,
    channel: str,
    reference: str,
    *,
    record_class: str,
    reason: str,
    by: str,
    now: dt.datetime,
) -> Entry | None:
    """Give a living thread its class.

    Args:
        archive: where it lies.
        decision: its board's.
        channel: channel's id.
        reference: the thread, as ``find_thread`` takes it.
        record_class: id of a class of the decision, or ``BY_RULES``.
        reason: a code of ``REASONS``.
        by: id of the person.
        now: the rule's time.

    Returns:
        The journal's entry, or ``None`` where the same was said before.

    Raises:
        InputError: ``class-unknown`` or ``class-reason``.
        MissingError: no living thread of the channel has the reference.
        HeldError: a harvest or culling is busy with the channel.
    """
    known = _require_class(decision, record_class)
    if reason not in REASONS:
        codes = ", ".join(REASONS)
        raise InputError(
            "class-reason",
            sv=f"Okänt skäl för klassningen; välj en av {codes} (bbs hette förr bbs5).",
            en=f"Unknown reason for the class; choose one of {codes} (bbs was bbs5 before).",
        )
    with archive.lease(f"channel-{channel}"):
        clear(archive, channel)
        found = find_thread(archive, channel, reference)
        if found is None:
            if _is_apart(archive, channel, reference, reason):
                return None
            raise thread_unknown(channel)
        package, thread = found
        given = "" if known is None else known.id
        if (thread.record_class, thread.classed_by, thread.classed_why) == (given, by, reason):
            return None
        classed = dc.replace(
            thread,
            record_class=given,
            classed_by=by,
            classed_at=now,
            classed_why=reason,
        )
        apart = known is not None and action_of(gist_of(classed), known) == "restrict"
        drafts = (
            set_apart(archive, package, classed, reason=reason, by=by, now=now)
            if apart
            else rewritten(archive, package, classed)
        )
        return archive.commit(
            Commit(
                event="classified",
                now=now,
                actor=by,
                drafts=drafts,
                retire=(package.key,),
                retirement="superseded",
                facts={"channel": channel, "class": record_class, "reason": reason, "apart": apart},
            )
        )


def rewritten(archive: Archive, package: Package, thread: Thread) -> tuple[Draft, ...]:
    """The next generation of a day in which one thread reads as given."""
    threads = load_day(archive, package)
    return _next(archive, package, [thread if t.id == thread.id else t for t in threads])


def set_apart(  # noqa: PLR0913 - what is moved, why, by whom and when
    archive: Archive, package: Package, thread: Thread, *, reason: str, by: str, now: dt.datetime
) -> tuple[Draft, ...]:
    """A thread to ``restricted/``, its day without it, and marks so that it is not taken in again.

    A new comment on it is taken in alone, as on a culled one.
    """
    name = f"{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-avskild"
    move = Move(
        zone="restricted",
        name=name,
        reason=reason,
        by=by,
        review=review_of(now),
        sha256=hashlib.sha256(thread_json(thread)).hexdigest(),
    )
    gone = Gone(marks=marks_of(thread, archive.secret()))
    staying = [each for each in load_day(archive, package) if each.id != thread.id]
    return (
        moved_draft(archive, package, thread, move),
        tombstones.draft(thread.channel, name, [gone], now),
        *_next(archive, package, staying),
    )


def thread_unknown(channel: str) -> MissingError:
    """No living thread of the channel is the one that was meant."""
    return MissingError(
        "thread-unknown",
        sv=f"{channel}: ingen levande tråd har det id:t; kontrollera det med cull show.",
        en=f"{channel}: no living thread has that id; check it with cull show.",
    )


def _is_apart(archive: Archive, channel: str, reference: str, reason: str) -> bool:
    """Whether the thread was set apart for this reason before."""
    found = archive.packages(f"{APART_ZONE}/{channel}/", kind="restricted", reason=reason)
    return any(archive.manifest(each)["about"]["thread"] == reference for each in found)


def _require_class(decision: Decision, record_class: str) -> RecordClass | None:
    if record_class == BY_RULES:
        return None
    known = decision.class_of(record_class) if record_class else None
    if known is None:
        ids = ", ".join([*(each.id for each in decision.classes), BY_RULES])
        raise InputError(
            "class-unknown",
            sv=f"{decision.file}: ingen sådan handlingstyp i beslutet; välj en av {ids}.",
            en=f"{decision.file}: no such class in the decision; choose one of {ids}.",
        )
    return known


def _next(archive: Archive, package: Package, threads: list[Thread]) -> tuple[Draft, ...]:
    if not threads:
        return ()
    return (
        day_draft(
            package.labels["channel"],
            day_of(package),
            generation_of(package) + 1,
            threads,
            day_media(archive, package),
            secret=archive.secret(),
        ),
    )
