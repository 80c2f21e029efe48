"""A board's year of culling on one page: what went, what stayed and why, and what people did.

Counted from the certificates, their supplements and the journal; it holds ids, codes and numbers.
"""

import dataclasses as dc
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pydantic import ConfigDict, TypeAdapter

from archive_store import Archive, Commit, Draft, Entry
from tasks.culling.certificate import FILE as CERTIFICATE
from tasks.culling.certificate import Certificate, certificates, from_json, unwrapped
from tasks.culling.supplements import supplements
from tasks.office_time import local_date

KIND = "culling-summary"
FILE = "summary.json"
ACTS = ("classified", "answer", "filed", "removed", "hold-added", "hold-released")
"""Events of the journal that are people's own acts, as the summary counts them."""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLine:
    """One certificate in short; ``stayed`` are the listed threads that did not go."""

    number: str
    finished: dt.datetime | None
    threads: int
    items: int
    size: int
    stayed: int


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLine:
    """What went from one channel, and how it stood there, supplements counted in."""

    id: str
    name: str
    threads: int
    items: int
    size: int
    there: int
    removed: int
    unknown: int


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class ClassLine:
    """A rule, the Swedish name of its class, and the threads that went by it."""

    rule: str
    name: str
    threads: int


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A board's year.

    Attributes:
        year: of the certificates' numbers, and in Stockholm of the journal's entries.
        board, body: whose; ``body`` as the latest certificate has it.
        rehearsal: whether the archive is one.
        certificates, channels: a line each.
        classes: a line each; kept, stopped: listed threads that stayed, by code.
        removals: posts removed on the platforms, by ground.
        acts: people's acts, by event; supplements: how many were written.
        made: when (UTC); software: by what.
    """

    format: str = "culling-summary/1"
    year: int
    board: str
    body: str
    rehearsal: bool
    certificates: tuple[CertificateLine, ...]
    channels: tuple[ChannelLine, ...]
    classes: tuple[ClassLine, ...]
    kept: Mapping[str, int]
    stopped: Mapping[str, int]
    removals: Mapping[str, int]
    acts: Mapping[str, int]
    supplements: int
    made: dt.datetime
    software: str

    @property
    def threads(self) -> int:
        """Threads culled."""
        return sum(line.threads for line in self.certificates)

    @property
    def items(self) -> int:
        """Posts and comments culled."""
        return sum(line.items for line in self.certificates)

    @property
    def size(self) -> int:
        """Bytes destroyed."""
        return sum(line.size for line in self.certificates)


_CODEC = TypeAdapter(tuple[Summary], config=ConfigDict(hide_input_in_errors=True))


def summarise(  # noqa: PLR0913 - whose year, and who says so
    archive: Archive,
    board: str,
    channels: Sequence[str],
    *,
    year: int,
    body: str,
    now: dt.datetime,
    software: str,
) -> Summary:
    """Sum a board's year up.

    Args:
        archive: where certificates and journal lie.
        board: board's id.
        channels: ids of its channels.
        year: calendar year.
        body: the board's name, where there is no certificate to take it from.
        now: the rule's time.
        software: product and version.
    """
    issued = [
        from_json(archive.read(package, CERTIFICATE))
        for package in certificates(archive, board)
        if package.labels["number"].startswith(f"{year}-")
    ]
    excepted = [part for certificate in issued for part in certificate.excepted]
    mine = [e for event in ACTS for e in _entries(archive, event, set(channels), year)]
    return Summary(
        year=year,
        board=board,
        body=issued[-1].decision.body if issued else body,
        rehearsal=archive.rehearsal,
        certificates=tuple(_line(certificate) for certificate in issued),
        channels=_channels(archive, issued),
        classes=_classes(issued),
        kept=_counted(part.kept for part in excepted if part.kept),
        stopped=_counted(code for part in excepted for code in part.stopped),
        removals=_counted(e.facts["ground"] for e in mine if e.event == "removed"),
        acts=_counted(entry.event for entry in mine),
        supplements=sum(len(supplements(archive, each.number)) for each in issued),
        made=now,
        software=software,
    )


def keep_summary(archive: Archive, summary: Summary, pdf: bytes) -> str:
    """Lay a summary into the archive as JSON and PDF; the key of its PDF.

    One that says the same is there already stays as it is; one that says more lies beside it.
    """
    labels = {"kind": KIND, "board": summary.board, "year": str(summary.year)}
    with archive.lease(f"cull-{summary.board}"):
        archive.refresh()
        base = f"certificates/{summary.year}/{summary.year}-{summary.board}-sammanstallning"
        archive.sweep(f"{base}.")
        for package in archive.packages("certificates/", **labels):
            if _same(from_summary_json(archive.read(package, FILE)), summary):
                return f"{package.base}.pdf"
        draft = Draft(
            base=base,
            files={FILE: to_summary_json(summary), "pdf": pdf},
            about={"threads": summary.threads, "rehearsal": summary.rehearsal},
            labels=labels,
        )
        entry = archive.commit(
            Commit(
                event="cull-summary",
                now=summary.made,
                actor="cull",
                drafts=(draft,),
                facts={"board": summary.board, "year": summary.year, "culled": summary.threads},
            )
        )
    return f"{entry.added[0].base}.pdf"


def to_summary_json(summary: Summary) -> bytes:
    """The summary as it is stored."""
    return unwrapped(_CODEC.dump_json((summary,), indent=2))


def from_summary_json(data: bytes) -> Summary:
    """The summary of stored bytes."""
    return _CODEC.validate_json(b"[" + data + b"]")[0]


def _same(one: Summary, other: Summary) -> bool:
    return dc.replace(one, made=other.made, software=other.software) == other


def _line(certificate: Certificate) -> CertificateLine:
    return CertificateLine(
        number=certificate.number,
        finished=certificate.finished,
        threads=len(certificate.culled),
        items=certificate.items,
        size=certificate.size,
        stayed=len(certificate.excepted),
    )


def _classes(issued: Iterable[Certificate]) -> tuple[ClassLine, ...]:
    names: dict[str, str] = {}
    went: Counter[str] = Counter()
    for certificate in issued:
        for part in certificate.classes:
            names[part.rule] = part.name
            went[part.rule] += part.threads
    return tuple(ClassLine(rule=r, name=names[r], threads=went[r]) for r in sorted(went))


def _channels(archive: Archive, issued: Iterable[Certificate]) -> tuple[ChannelLine, ...]:
    lines: dict[str, ChannelLine] = {}
    for certificate in issued:
        later = supplements(archive, certificate.number)
        told = {part.channel: part for part in later[-1].channels} if later else {}
        for part in certificate.channels:
            now = told.get(part.id)
            before = lines.get(part.id)
            added = ChannelLine(
                id=part.id,
                name=part.name,
                threads=part.threads,
                items=part.items,
                size=part.size,
                there=part.there if now is None else now.there,
                removed=part.removed if now is None else now.gone,
                unknown=part.unknown if now is None else now.unknown,
            )
            lines[part.id] = added if before is None else _sum(before, added)
    return tuple(lines[channel] for channel in sorted(lines))


def _sum(one: ChannelLine, other: ChannelLine) -> ChannelLine:
    return ChannelLine(
        id=other.id,
        name=other.name,
        threads=one.threads + other.threads,
        items=one.items + other.items,
        size=one.size + other.size,
        there=one.there + other.there,
        removed=one.removed + other.removed,
        unknown=one.unknown + other.unknown,
    )


def _entries(archive: Archive, event: str, channels: set[str], year: int) -> list[Entry]:
    return [
        entry
        for entry in archive.entries(event=event)
        if local_date(entry.now).year == year and entry.facts.get("channel") in channels
    ]


def _counted(codes: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(codes).items()))
