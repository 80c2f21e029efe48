"""The destruction certificate (gallringsprotokoll): what was culled, on whose word, what proves it.

Fields: notes "law and practice", *Fields of a gallringsprotokoll*. It holds no text, no author and
no id of a post: a culled thread is known by the salted digest of the line that was destroyed. The
record lies at ``certificates/<year>/<number>.certificate.json``; ``protocol`` renders it.
"""

import dataclasses as dc
import datetime as dt
from typing import Final

import msgspec

from archive_store import Archive, Draft, Package
from archive_store.errors import DamageError, MissingError

FORMAT = "certificate/1"
FILE = "certificate.json"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPart:
    """The decision that allowed it; ``sha256`` of its file, which lies in ``register/``."""

    body: str
    date: dt.date
    section: str
    dnr: str
    in_force: dt.date
    ends: dt.date | None
    application_decision: str
    sha256: str


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class PersonPart:
    """Who did it, by id and as the decision names them."""

    id: str
    name: str
    role: str


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPart:
    """What went from one channel.

    Attributes:
        id, name, platform, address, unit: from the register; ``""`` where it was not at hand.
        threads, items, versions, size: what was destroyed; bytes with pictures.
        earliest: date on which the oldest thread began; latest: of the last activity.
        there, removed, unknown: threads by where they stand on the channel itself.
        observations: records of numbers that remain.
    """

    id: str
    name: str
    platform: str
    address: str
    unit: str
    threads: int
    items: int
    versions: int
    size: int
    earliest: dt.date
    latest: dt.date
    there: int
    removed: int
    unknown: int
    observations: int


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class ClassPart:
    """A class of records, its rule, periods and clock, and how many threads went by it."""

    rule: str
    name: str
    basis: str
    days: int
    latest_days: int
    threads: int
    clock: str = "activity"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class GuardPart:
    """A guard, how many threads it let through and how many it stopped."""

    code: str
    sv: str
    en: str
    passed: int
    stopped: int


class CulledPart(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One destroyed thread: its row, channel, day, rule, and the digest of its stored line.

    ``why`` says what made it that rule: a person, a rule of the decision, or the default.
    """

    row: int
    channel: str
    day: dt.date
    rule: str
    sha256: str
    why: str = ""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class ExceptedPart:
    """One listed thread that did not go.

    ``kept`` is the reason code where it was moved to ``kept/`` or ``restricted/``, else ``""``;
    ``stopped`` the codes of what stopped it; ``review`` when keeping it is to be asked anew.
    """

    row: int
    channel: str
    day: dt.date
    kept: str = ""
    stopped: tuple[str, ...] = ()
    review: dt.date | None = None


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotPart:
    """A preserved snapshot of the same channel and time: its key and the digest of its PDF."""

    key: str
    channel: str
    taken: dt.datetime
    occasion: str
    state: str
    sha256: str


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """The board's certificate before this one, and the digest of its file."""

    number: str
    sha256: str


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class JournalPart:
    """The journal entry that took the threads away."""

    seq: int
    sha256: str


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A destruction certificate.

    Attributes:
        number: ``<YYYY>-<board>-<nnn>``.
        rehearsal: whether it is from a rehearsal, and proves nothing.
        list: the list that was carried out, and its ``list_sha256``.
        organisation: the public body; board: id of the authority.
        decision, classes, channels: under what, and what.
        culled, excepted: every listed thread.
        guards: what was made sure of.
        snapshots: what stays and shows the same; previous: the certificate before.
        copies: keys of copies in ``restricted/`` of posts that had been removed on the platform.
        backups_until: when the last backup is gone, ``None`` where the decision does not say.
        proposer, approver: persons; run, software: what carried it out.
        proposed, approved, started, finished: rule's times (UTC); ``finished`` is ``None`` until
            absence was verified.
        packages: stored packages that were destroyed; remaining: objects of them that still exist
            (always 0 in a finished certificate).
        deviations: codes, such as ``"resumed"``.
        journal: the entry that took them away, ``None`` in the draft.
    """

    format: str = FORMAT
    number: str
    rehearsal: bool
    list: str
    list_sha256: str
    organisation: str
    board: str
    decision: DecisionPart
    classes: tuple[ClassPart, ...]
    channels: tuple[ChannelPart, ...]
    culled: tuple[CulledPart, ...]
    excepted: tuple[ExceptedPart, ...]
    guards: tuple[GuardPart, ...]
    snapshots: tuple[SnapshotPart, ...]
    previous: Previous | None
    backups_until: dt.date | None
    proposer: PersonPart
    approver: PersonPart
    run: str
    software: str
    proposed: dt.datetime
    approved: dt.datetime
    started: dt.datetime
    finished: dt.datetime | None = None
    packages: int = 0
    remaining: int | None = None
    deviations: tuple[str, ...] = ()
    journal: JournalPart | None = None
    copies: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes destroyed."""
        return sum(channel.size for channel in self.channels)

    @property
    def items(self) -> int:
        """Posts and comments destroyed."""
        return sum(channel.items for channel in self.channels)


_DECODER: Final = msgspec.json.Decoder(Certificate)


def to_json(certificate: Certificate) -> bytes:
    """The certificate as it is stored: indented JSON, times with ``Z``."""
    return msgspec.json.format(msgspec.json.encode(certificate), indent=2) + b"\n"


def unwrapped(document: bytes) -> bytes:
    """The one object of an indented JSON list, as a document of its own."""
    # No string of JSON holds a line break: what follows one is the indentation.
    return document[len(b"[\n  ") : -len(b"\n]")].replace(b"\n  ", b"\n") + b"\n"


def from_json(data: bytes) -> Certificate:
    """The certificate of stored bytes; ``DamageError`` where they are none."""
    try:
        return _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise DamageError(
            "certificate-unreadable",
            sv="Ett gallringsprotokoll i arkivet går inte att läsa. Kör kanalarkiv verify.",
            en="A certificate in the archive cannot be read. Run kanalarkiv verify.",
        ) from None


def certificate_draft(certificate: Certificate) -> Draft:
    """The record of a finished certificate."""
    return Draft(
        base=f"certificates/{certificate.number[:4]}/{certificate.number}",
        files={FILE: to_json(certificate)},
        about={"culled": len(certificate.culled), "rehearsal": certificate.rehearsal},
        labels={
            "kind": "certificate",
            "number": certificate.number,
            "list": certificate.list,
            "board": certificate.board,
        },
    )


def certificates(archive: Archive, board: str | None = None) -> list[Package]:
    """The certificates of a board, or of all, in the order they were issued."""
    labels = {"kind": "certificate"} if board is None else {"kind": "certificate", "board": board}
    return sorted(archive.packages("certificates/", **labels), key=lambda package: package.seq)


def read_certificate(archive: Archive, number: str) -> Certificate:
    """A certificate by its number.

    Raises:
        MissingError: there is none.
    """
    for package in archive.packages("certificates/", kind="certificate", number=number):
        return from_json(archive.read(package, FILE))
    raise MissingError(
        "certificate-unknown",
        sv=f"{number}: inget sådant gallringsprotokoll; se 'kanalarkiv list --zone certificates'.",
        en=f"{number}: no such certificate; see 'kanalarkiv list --zone certificates'.",
    )
