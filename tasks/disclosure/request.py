"""The request itself: recorded, held to, closed, and forgotten after its own short time.

What is searched for may say much about somebody, and a phrase is often a name. So the phrases lie
in ``requests/`` alone, never in the journal, and go when the request is closed; what remains for
some weeks is an id, dates, codes and counts. Nobody's name is asked for (tryckfrihetsförordningen
2 kap. 18 §), and none has a place here.
"""

import dataclasses as dc
import datetime as dt
from typing import Final

from pydantic import ConfigDict, TypeAdapter

from archive_store import Archive, Commit, Draft, Entry, Package
from archive_store.errors import InputError, MissingError, RefusalError
from tasks.model import Text
from tasks.office_time import local_date

FILE: Final = "request.json"
KIND: Final = "disclosure"
ZONE: Final = "requests/disclosures/"
KEPT_DAYS: Final = 90
PURPOSES: Final = {
    "record": Text("begäran om allmän handling", "request for a public record"),
    "art15": Text("begäran om registerutdrag (artikel 15)", "request for access (article 15)"),
}
OUTCOMES: Final = {
    "disclosed": Text("utlämnat", "disclosed"),
    "partly": Text("delvis utlämnat", "partly disclosed"),
    "refused": Text("inte utlämnat", "refused"),
    "nothing": Text("ingen handling fanns", "there was nothing"),
}
GIVEN_OUT: Final = frozenset({"disclosed", "partly"})


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request.

    Attributes:
        id: such as ``"2025-12-31-1"``.
        purpose: a code of ``PURPOSES``.
        received: when it was recorded (UTC); by: id of the officer, or ``"disclose"``.
        phrases: what is searched for; none once it is closed.
        channels: ids; none means all. first, last: Stockholm dates, ``None`` where open.
        pack: hex digest of the pack's own list of files, ``""`` until one was made.
        counts: what the pack holds, by code.
        outcome: a code of ``OUTCOMES``, ``""`` while open.
        closed: when; forget: the date from which nothing of it is kept.
    """

    id: str
    purpose: str
    received: dt.datetime
    by: str
    phrases: tuple[str, ...]
    channels: tuple[str, ...]
    first: dt.date | None
    last: dt.date | None
    pack: str = ""
    counts: dict[str, int] = dc.field(default_factory=dict)
    outcome: str = ""
    closed: dt.datetime | None = None
    forget: dt.date | None = None


_CODEC: Final = TypeAdapter(tuple[Request], config=ConfigDict(hide_input_in_errors=True))


def hold_of(request_id: str) -> str:
    """How the holds that a request sets are named; each goes on with a number."""
    return f"begaran-{request_id}"


def record(  # noqa: PLR0913 - a request has these sides
    archive: Archive,
    *,
    purpose: str,
    phrases: tuple[str, ...],
    channels: tuple[str, ...],
    first: dt.date | None,
    last: dt.date | None,
    by: str,
    now: dt.datetime,
) -> Request:
    """Take a request down, under an id that was never used.

    Raises:
        InputError: the purpose is no code of ``PURPOSES``, or the dates are the wrong way round.
        HeldError: another request is being taken down at this moment.
    """
    _require(purpose, PURPOSES, "disclosure-purpose", "--purpose")
    if first and last and first > last:
        raise InputError(
            "disclosure-dates",
            sv=f"--from {first} ligger efter --to {last}; byt plats på dem.",
            en=f"--from {first} is after --to {last}; exchange them.",
        )
    with archive.lease("disclosures"):
        archive.refresh()
        request = Request(
            id=_free_id(archive, local_date(now)),
            purpose=purpose,
            received=now,
            by=by,
            phrases=phrases,
            channels=channels,
            first=first,
            last=last,
        )
        _write(archive, request, event="disclosure-opened", actor=by, now=now)
        return request


def read(archive: Archive, request_id: str) -> Request:
    """A request by its id.

    Raises:
        MissingError: there is none, or it is forgotten.
    """
    return _CODEC.validate_json(archive.read(_package(archive, request_id), FILE))[0]


def every(archive: Archive) -> tuple[Request, ...]:
    """All requests that are not forgotten, oldest first."""
    found = sorted(archive.packages(ZONE, kind=KIND), key=lambda package: package.seq)
    read_ = (_CODEC.validate_json(archive.read(package, FILE))[0] for package in found)
    return tuple(sorted(read_, key=lambda request: (request.received, request.id)))


def note_pack(
    archive: Archive, request: Request, *, pack: str, counts: dict[str, int], now: dt.datetime
) -> Request:
    """Note that a pack was made: its digest and counts, and nothing of what it says."""
    noted = dc.replace(request, pack=pack, counts=counts)
    with archive.lease("disclosures"):
        archive.refresh()
        _write(archive, noted, event="disclosure-packed", actor=request.by, now=now)
    return noted


def close(  # noqa: PLR0913 - what, how, by whom and when
    archive: Archive,
    request_id: str,
    *,
    outcome: str,
    by: str,
    now: dt.datetime,
    kept_days: int = KEPT_DAYS,
) -> Request:
    """End a request: its phrases go now, the rest after ``kept_days`` days.

    A copy that left the archive is noted by the outcome, without anybody's name.

    Raises:
        InputError: the outcome is no code of ``OUTCOMES``.
        MissingError: there is no such request.
        RefusalError: it is closed already, or is said to be disclosed without a pack.
    """
    _require(outcome, OUTCOMES, "disclosure-outcome", "--outcome")
    with archive.lease("disclosures"):
        archive.refresh()
        request = read(archive, request_id)
        if request.outcome:
            raise RefusalError(
                "disclosure-closed",
                sv=f"{request_id}: begäran är redan avslutad ({OUTCOMES[request.outcome].sv}).",
                en=f"{request_id}: the request is closed already ({OUTCOMES[request.outcome].en}).",
            )
        if outcome in GIVEN_OUT and not request.pack:
            raise RefusalError(
                "disclosure-no-pack",
                sv=f"{request_id}: inget underlag har tagits fram, så inget kan ha lämnats ut. Kör "
                f"kanalarkiv disclose --request {request_id} -o MAPP, eller ange annat utfall.",
                en=f"{request_id}: no pack was made, so nothing can have been disclosed. Run "
                f"kanalarkiv disclose --request {request_id} -o DIR, or give another outcome.",
            )
        closed = dc.replace(
            request,
            phrases=(),
            outcome=outcome,
            closed=now,
            forget=local_date(now) + dt.timedelta(days=kept_days),
        )
        _write(archive, closed, event="disclosure-closed", actor=by, now=now)
        return closed


def forget(archive: Archive, *, now: dt.datetime) -> int:
    """Destroy what is left of requests whose time has passed; how many."""
    today = local_date(now)
    past = [
        package
        for package in archive.packages(ZONE, kind=KIND, state="closed")
        if dt.date.fromisoformat(package.labels["forget"]) <= today
    ]
    if past:
        archive.commit(
            Commit(
                event="disclosure-forgotten",
                now=now,
                actor="disclose",
                retire=tuple(package.key for package in past),
                retirement="expired",
                facts={"requests": len(past)},
            )
        )
    return len(past)


def _write(
    archive: Archive, request: Request, *, event: str, actor: str, now: dt.datetime
) -> Entry:
    """Commit the request as it now is in the place of what it was."""
    before = archive.packages(ZONE, kind=KIND, request=request.id)
    archive.sweep(f"{ZONE}{request.id}")
    labels = {"kind": KIND, "request": request.id, "state": "closed" if request.outcome else "open"}
    if request.forget:
        labels["forget"] = request.forget.isoformat()
    return archive.commit(
        Commit(
            event=event,
            now=now,
            actor=actor,
            drafts=(
                Draft(
                    base=f"{ZONE}{request.id}",
                    files={FILE: _CODEC.dump_json((request,), indent=1)},
                    labels=labels,
                ),
            ),
            retire=tuple(package.key for package in before),
            once=f"disclosure:{request.id}" if not before else None,
            facts={
                "request": request.id,
                "purpose": request.purpose,
                "outcome": request.outcome,
                "pack": request.pack,
                **request.counts,
            },
        )
    )


def _package(archive: Archive, request_id: str) -> Package:
    found = archive.packages(ZONE, kind=KIND, request=request_id)
    if not found:
        raise MissingError(
            "disclosure-unknown",
            sv="Det finns ingen sådan begäran, eller så är den glömd; se 'kanalarkiv disclose "
            "list'.",
            en="There is no such request, or it is forgotten; see 'kanalarkiv disclose list'.",
        )
    return found[0]


def _free_id(archive: Archive, day: dt.date) -> str:
    number = 1
    while archive.once(f"disclosure:{day}-{number}") is not None:
        number += 1
    return f"{day}-{number}"


def _require(code: str, known: dict[str, Text], name: str, option: str) -> None:
    if code not in known:
        raise InputError(
            name,
            sv=f"{option}: välj bland "
            + ", ".join(f"{key} ({text.sv})" for key, text in known.items())
            + ".",
            en=f"{option}: choose among "
            + ", ".join(f"{key} ({text.en})" for key, text in known.items())
            + ".",
        )
