"""A culling list as it lies in the archive: frozen rows, an approval, an intent.

``lists/<id>/list`` holds the rows that were proposed, as bytes with a digest; ``…/approval`` what a
named approver took out of it; ``…/intent`` the draft certificate of a culling that has begun. All
are transient: when the culling is done, the certificate holds what must last.
"""

import dataclasses as dc
import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from archive_store import Archive, Draft, Package
from archive_store.errors import DamageError, MissingError, RefusalError
from tasks.model import Text
from tasks.office_time import STOCKHOLM

LIST_LIVES = dt.timedelta(days=6)
"""How long a list may wait for approval and carrying out; the next one is proposed on a Monday."""

BY_RULE = "class"
"""The reason of a thread that its class keeps, without a person's doing."""

APART = "restrict"
"""The reason of a thread that its class sets apart in ``restricted/``."""

KEEP_REASONS = {
    BY_RULE: Text("bevaras enligt handlingstypen", "kept by its class"),
    APART: Text("avskild med begränsad åtkomst", "set apart with restricted access"),
    "special-interest": Text("av särskilt intresse", "of special interest"),
    "unique": Text("innehåller unik information", "holds unique information"),
    "case": Text("hör till ett ärende", "belongs to a case"),
    "complaint": Text("synpunkt eller klagomål", "complaint"),
    "crisis": Text("kriskommunikation", "crisis communication"),
    "leader": Text("ledande företrädare", "leading official or politician"),
    "evidence": Text("bevisning", "evidence"),
}

FLAGS = {
    "late": Text("över längsta frist", "past its latest day"),
    "edited": Text("ändrad", "edited"),
    "gone": Text("borttaget i kanalen", "gone from the channel"),
    "hidden": Text("dolda kommentarer", "hidden comments"),
    "outcome": Text("avslutad utan svar här", "closed without an answer here"),
    "classed": Text("klassad av en person", "classified by a person"),
}


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One thread on a list; ids, codes and counts only.

    Attributes:
        number: 1, 2, 3 … by which the approver names it.
        channel, day, thread: where it lies.
        sha256: digest of its stored, salted line when it was listed.
        rule: id and version of the rule that listed it.
        keep: ``BY_RULE`` where its class keeps it, ``APART`` where it sets it apart, else ``""``.
        due: from when it may go.
        posts: posts and comments in it; comments: others' comments among them.
        size: bytes of line and pictures.
        flags: codes of ``FLAGS``: why an approver should look at it.
        why: what made it that rule (a code of ``classes.WHY``).
    """

    number: int
    channel: str
    day: dt.date
    thread: str
    sha256: str
    rule: str
    keep: str
    due: dt.datetime
    posts: int
    comments: int
    size: int
    flags: tuple[str, ...]
    why: str = ""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class CullingList:
    """A frozen list.

    Attributes:
        id: ``<YYYY-MM-DD>-<board>-<n>``; board: whose it is.
        by: proposer's id; proposed, expires: rule's times.
        decision: digest of the decision file that it was made under.
        sha256: digest of the rows' stored bytes.
        rows: what was proposed.
        package: where it lies.
    """

    id: str
    board: str
    by: str
    proposed: dt.datetime
    expires: dt.datetime
    decision: str
    sha256: str
    rows: tuple[Row, ...]
    package: Package


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """An approver's word: everything on the list with that digest, save the rows to keep."""

    list: str
    by: str
    at: dt.datetime
    sha256: str
    keep: Mapping[int, str]
    package: Package


_ROWS = msgspec.json.Decoder(Row)


def base_of(list_id: str, part: str) -> str:
    """Where a list's ``part`` lies: ``list``, ``approval`` or ``intent``."""
    return f"lists/{list_id}/{part}"


def part_of(archive: Archive, list_id: str, part: str) -> Package | None:
    """The living package of a list's part, or ``None``."""
    return next(iter(archive.packages(f"lists/{list_id}/", kind=part, list=list_id)), None)


def sweep_lists(archive: Archive, board: str) -> None:
    """Destroy what killed runs left among the board's lists; the caller holds its lease."""
    mine = re.compile(rf"lists/\d{{4}}-\d\d-\d\d-{re.escape(board)}-\d+/")
    found = (mine.match(stored.key) for stored in archive.bucket.list("lists/"))
    for folder in sorted({match[0] for match in found if match}):
        archive.sweep(folder)


def list_draft(
    list_id: str,
    rows: bytes,
    *,
    board: str,
    about: Mapping[str, Any],
) -> Draft:
    """The package of a list; ``about`` says who, when and under which decision."""
    return Draft(
        base=base_of(list_id, "list"),
        files={"jsonl": rows},
        about={**about, "sha256": digest(rows)},
        labels={"kind": "list", "list": list_id, "board": board},
    )


def approval_draft(list_: CullingList, by: str, at: dt.datetime, keep: Mapping[int, str]) -> Draft:
    """The package of an approval."""
    kept = [{"row": row, "reason": reason} for row, reason in sorted(keep.items())]
    return Draft(
        base=base_of(list_.id, "approval"),
        files={"jsonl": "".join(json.dumps(row) + "\n" for row in kept).encode()},
        about={"by": by, "at": at.isoformat(), "sha256": list_.sha256},
        labels={"kind": "approval", "list": list_.id},
    )


def rows_bytes(rows: tuple[Row, ...]) -> bytes:
    """The rows as JSON lines, as they are frozen."""
    encode = msgspec.json.Encoder().encode
    return b"".join([encode(row) + b"\n" for row in rows])


def digest(data: bytes) -> str:
    """Hex SHA-256."""
    return hashlib.sha256(data).hexdigest()


def board_of_list(archive: Archive, list_id: str) -> str:
    """Whose list it is or was, also after it has been carried out.

    Raises:
        MissingError: there never was such a list.
    """
    proposed = archive.once(f"cull-list:{list_id}")
    if proposed is None:
        raise _unknown(list_id)
    return str(proposed.facts["board"])


def read_list(archive: Archive, list_id: str) -> CullingList:
    """A living list, its bytes checked against its digest.

    Raises:
        MissingError: there never was such a list.
        RefusalError: it has been carried out, superseded or has expired.
        DamageError: its rows are not the bytes that were frozen.
    """
    package = part_of(archive, list_id, "list")
    if package is None:
        if archive.once(f"cull-list:{list_id}") is not None:
            raise RefusalError(
                "list-closed",
                sv=f"{list_id}: listan är verkställd, ersatt eller för gammal; föreslå en ny.",
                en=f"{list_id}: the list is carried out, superseded or expired; propose anew.",
            )
        raise _unknown(list_id)
    stored = archive.read(package, "jsonl")
    about = archive.manifest(package)["about"]
    if digest(stored) != about["sha256"]:
        raise DamageError(
            "list-altered",
            sv=f"{list_id}: listans rader är inte de som frystes; kör 'kanalarkiv verify'.",
            en=f"{list_id}: the rows are not those that were frozen; run 'kanalarkiv verify'.",
        )
    return CullingList(
        id=list_id,
        board=package.labels["board"],
        by=about["by"],
        proposed=dt.datetime.fromisoformat(about["proposed"]),
        expires=dt.datetime.fromisoformat(about["expires"]),
        decision=about["decision"],
        sha256=about["sha256"],
        rows=tuple(_ROWS.decode_lines(stored)),
        package=package,
    )


def read_approval(archive: Archive, list_id: str) -> Approval | None:
    """The list's approval, or ``None`` while it waits for one."""
    package = part_of(archive, list_id, "approval")
    if package is None:
        return None
    about = archive.manifest(package)["about"]
    kept = [json.loads(line) for line in archive.read(package, "jsonl").splitlines()]
    return Approval(
        list=list_id,
        by=about["by"],
        at=dt.datetime.fromisoformat(about["at"]),
        sha256=about["sha256"],
        keep={row["row"]: row["reason"] for row in kept},
        package=package,
    )


def waiting(archive: Archive, board: str | None = None) -> list[str]:
    """Ids of living lists, of one board or of all, oldest first."""
    labels = {"kind": "list"} if board is None else {"kind": "list", "board": board}
    found = sorted(archive.packages("lists/", **labels), key=lambda package: package.seq)
    return [package.labels["list"] for package in found]


def refuse_expired(list_: CullingList, now: dt.datetime) -> None:
    """A list is good for six days: what it says of threads grows old."""
    if now >= list_.expires:
        until = f"{list_.expires.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"
        raise RefusalError(
            "list-expired",
            sv=f"{list_.id}: listan gällde till {until}; föreslå en ny.",
            en=f"{list_.id}: the list was good until {until}; propose anew.",
        )


def _unknown(list_id: str) -> MissingError:
    return MissingError(
        "list-unknown",
        sv=f"{list_id}: ingen sådan gallringslista; se 'kanalarkiv cull lists'.",
        en=f"{list_id}: no such culling list; see 'kanalarkiv cull lists'.",
    )
