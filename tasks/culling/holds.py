"""Holds (undantag från gallring): what must stay although its time has come.

An open request for a public record stops culling until it is decided; so do appeals, audits, police
matters and supervision (notes: law and practice). A hold lies in ``requests/holds/`` until someone
releases it, and stops one thread or a whole channel. Its reason is a code, never words.
"""

import dataclasses as dc
import datetime as dt
import re
from collections.abc import Collection
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter

from archive_store import Archive, Commit, Draft, Entry
from archive_store.errors import InputError, MissingError
from tasks.days import living_days, load_day
from tasks.model import Text
from tasks.office_time import local_date

FILE = "hold.json"
_ROLE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
REASONS = {
    "request": Text("begäran om utlämnande", "request for a public record"),
    "appeal": Text("överklagande", "appeal"),
    "audit": Text("revision eller granskning", "audit"),
    "police": Text("polisärende", "police matter"),
    "supervision": Text("tillsyn", "supervision"),
}


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold.

    Attributes:
        id: short id, unique for ever.
        channel: channel's id.
        thread: platform id of the held thread, or ``None`` for the whole channel.
        reason: a code of ``REASONS``.
        by: id of the person who laid it; at: when (UTC).
        review: the date on which someone must ask whether it is still needed.
        role: who answers for it until then, as a role and never a name; ``""`` where not said.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
    channel: str
    thread: str | None
    reason: str
    by: str
    at: dt.datetime
    review: dt.date
    role: str = ""

    def covers(self, channel: str, thread: str) -> bool:
        """Whether the thread may not go because of this hold."""
        return self.channel == channel and self.thread in (None, thread)


_CODEC = TypeAdapter(tuple[Hold, ...], config=ConfigDict(hide_input_in_errors=True))


def lease_name(channel: str) -> str:
    """The lease under which holds of a channel change, and carrying out reads them last."""
    return f"holds-{channel}"


def add(  # noqa: PLR0913 - a hold has these fields
    archive: Archive,
    *,
    channel: str,
    thread: str | None = None,
    reason: str,
    by: str,
    now: dt.datetime,
    review: dt.date,
    role: str = "",
    id: str | None = None,  # noqa: A002 - the field's own name
) -> Hold:
    """Stop the culling of a thread, or of a whole channel, from this moment.

    Raises:
        InputError: the reason is no code of ``REASONS``, the id is taken or unsafe, the role reads
            like a name, or the review date has passed already.
        MissingError: the channel has no such living thread, so the hold would protect nothing.
        HeldError: a culling is being carried out on the channel at this moment.
    """
    _require_reason(reason, review, now)
    if role and not _ROLE.fullmatch(role):
        raise InputError(
            "hold-role",
            sv="--role: ange rollen med a–z, 0–9 och bindestreck, aldrig ett namn.",
            en="--role: give the role with a–z, 0–9 and hyphens, never a name.",
        )
    with archive.lease(lease_name(channel)):
        archive.refresh()
        if thread is not None and not _living(archive, channel, {thread}):
            raise MissingError(
                "thread-unknown",
                sv=f"{channel}: ingen levande tråd {thread} i arkivet; kontrollera id.",
                en=f"{channel}: no living thread {thread} in the archive; check the id.",
            )
        hold = Hold(
            id=_free_id(archive, id, f"{local_date(now)}-{channel}"),
            channel=channel,
            thread=thread,
            reason=reason,
            by=by,
            at=now,
            review=review,
            role=role,
        )
        _lay(archive, (hold,))
        return hold


def add_threads(  # noqa: PLR0913 - a hold has these fields
    archive: Archive,
    *,
    channel: str,
    threads: Collection[str],
    reason: str,
    by: str,
    now: dt.datetime,
    review: dt.date,
    id: str,  # noqa: A002 - the field's own name
) -> tuple[Hold, ...]:
    """Stop the culling of many threads of a channel, under one id that releases them all.

    Returns:
        One hold a thread that still lives; none, and nothing laid, where no thread does.

    Raises:
        InputError, HeldError: as ``add``.
    """
    _require_reason(reason, review, now)
    with archive.lease(lease_name(channel)):
        archive.refresh()
        hold_id = _free_id(archive, id, "")
        laid = tuple(
            Hold(
                id=hold_id,
                channel=channel,
                thread=thread,
                reason=reason,
                by=by,
                at=now,
                review=review,
            )
            for thread in sorted(_living(archive, channel, threads))
        )
        if laid:
            _lay(archive, laid)
        return laid


def release(archive: Archive, hold_id: str, *, by: str, now: dt.datetime) -> Entry:
    """Lift a hold; what it covered is judged as everything else from now on.

    Raises:
        MissingError: there is no living hold of that id.
    """
    archive.refresh()
    packages = archive.packages("requests/holds/", kind="hold", hold=hold_id)
    if not packages:
        raise MissingError(
            "hold-unknown",
            sv=f"{hold_id}: inget sådant undantag gäller; se 'kanalarkiv hold list'.",
            en=f"{hold_id}: no such hold is in force; see 'kanalarkiv hold list'.",
        )
    return archive.commit(
        Commit(
            event="hold-released",
            now=now,
            actor=by,
            retire=tuple(package.key for package in packages),
            retirement="expired",
            facts={"hold": hold_id, "channel": packages[0].labels["channel"]},
        )
    )


def active(archive: Archive, channel: str | None = None) -> tuple[Hold, ...]:
    """The holds in force, of one channel or of all; those past their review date included."""
    labels = {"kind": "hold"} if channel is None else {"kind": "hold", "channel": channel}
    found = archive.packages("requests/holds/", **labels)
    return tuple(
        hold for package in found for hold in _CODEC.validate_json(archive.read(package, FILE))
    )


def _require_reason(reason: str, review: dt.date, now: dt.datetime) -> None:
    if reason not in REASONS:
        codes = ", ".join(REASONS)
        raise InputError(
            "hold-reason",
            sv=f"{reason}: okänd orsak; välj en av {codes}.",
            en=f"{reason}: unknown reason; choose one of {codes}.",
        )
    if review <= local_date(now):
        raise InputError(
            "hold-review",
            sv=f"Undantaget ska omprövas {review}, som redan har varit; ange ett senare datum.",
            en=f"The review date {review} has passed; give a later date.",
        )


def _lay(archive: Archive, holds: tuple[Hold, ...]) -> None:
    """Commit holds of one id, channel and reason as one record."""
    hold = holds[0]
    archive.sweep(f"requests/holds/{hold.id}.")
    draft = Draft(
        base=f"requests/holds/{hold.id}",
        files={FILE: _CODEC.dump_json(holds, indent=1)},
        labels={"kind": "hold", "hold": hold.id, "channel": hold.channel},
    )
    archive.commit(
        Commit(
            event="hold-added",
            now=hold.at,
            actor=hold.by,
            drafts=(draft,),
            once=f"hold:{hold.id}",
            facts={"hold": hold.id, "channel": hold.channel, "reason": hold.reason},
        )
    )


def _free_id(archive: Archive, wanted: str | None, stem: str) -> str:
    if wanted is None:
        number = 1
        while archive.once(f"hold:{stem}-{number}") is not None:
            number += 1
        return f"{stem}-{number}"
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789-")
    if not wanted or set(wanted) - allowed or archive.once(f"hold:{wanted}") is not None:
        raise InputError(
            "hold-id",
            sv=f"{wanted}: id är redan använt eller har annat än a–z, 0–9 och bindestreck.",
            en=f"{wanted}: the id is used already or has other signs than a–z, 0–9 and hyphen.",
        )
    return wanted


def _living(archive: Archive, channel: str, threads: Collection[str]) -> set[str]:
    """Those of the threads that live in the archive."""
    wanted, found = set(threads), set[str]()
    for package in living_days(archive, channel):
        found |= wanted & {stored.id for stored in load_day(archive, package)}
        if found == wanted:
            break
    return found
