"""Supplements to certificates: what was culled here and still stood on the channel has left it too.

What still stands on the channel is still kept by the body, in the meaning of the law (notes: law
and practice). The certificate says how it stood on its day; a later disappearance is written as a
supplement beside it. Tombstones tell: a harvest that asked for all of a channel gives new dates to
those of what it saw, so that one with an older date was not there.
"""

import dataclasses as dc
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping

from pydantic import ConfigDict, TypeAdapter

from archive_store import Archive, Commit, Draft, Package
from tasks import tombstones
from tasks.culling.certificate import FILE as CERTIFICATE
from tasks.culling.certificate import Certificate, certificates, from_json, unwrapped
from tasks.culling.gathering import last_harvest

KIND = "certificate-supplement"
FILE = "supplement.json"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class StandingPart:
    """How the threads culled from one channel stand there now.

    Attributes:
        channel: channel's id.
        looked: when a harvest last asked for all of the channel.
        threads: culled under the certificate.
        there, gone, unknown: of them, now.
        last_seen: of those that are gone, how many were last seen when. Their tombstones are
            dropped in time; by this what was told once is neither forgotten nor counted twice.
    """

    channel: str
    looked: dt.datetime
    threads: int
    there: int
    gone: int
    unknown: int
    last_seen: Mapping[dt.datetime, int]


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """A supplement.

    Attributes:
        certificate: whose, and the digest of its file (``sha256``); number: 1, 2, 3 …
        rehearsal: whether it is from a rehearsal.
        body: who decided the culling; board: its id.
        made: when (UTC); software: by what.
        channels: those of the certificate that can be told of.
    """

    format: str = "supplement/1"
    certificate: str
    sha256: str
    number: int
    rehearsal: bool
    body: str
    board: str
    made: dt.datetime
    software: str
    channels: tuple[StandingPart, ...]

    @property
    def gone(self) -> int:
        """Threads that are gone from here and from their channels."""
        return sum(part.gone for part in self.channels)


_CODEC = TypeAdapter(tuple[Supplement], config=ConfigDict(hide_input_in_errors=True))


@dc.dataclass(frozen=True, slots=True)
class _Seen:
    """Of one channel, when all of it was last seen; of each list, which threads were there.

    ``there`` counts them; ``gone`` counts the others by when they had last been seen.
    """

    looked: dt.datetime
    there: Counter[str]
    gone: Mapping[str, Counter[dt.datetime]]


def supplement(
    archive: Archive, board: str, *, now: dt.datetime, software: str
) -> tuple[Supplement, ...]:
    """Write a supplement to each of a board's certificates of which more has left its channels.

    Args:
        archive: where certificates and tombstones lie.
        board: whose certificates.
        now: the rule's time.
        software: product and version.

    Raises:
        HeldError: another run is busy with the board's culling.
    """
    written = []
    with archive.lease(f"cull-{board}"):
        archive.refresh()
        seen: dict[str, _Seen | None] = {}
        for package in certificates(archive, board):
            certificate = from_json(archive.read(package, CERTIFICATE))
            for part in certificate.channels:
                if part.id not in seen:
                    seen[part.id] = _seen(archive, part.id)
            made = _made(archive, package, certificate, seen, now, software)
            if made is not None:
                archive.sweep(f"{_base(made)}.")
                archive.commit(
                    Commit(
                        event="supplement",
                        now=now,
                        actor="cull",
                        drafts=(_draft(made),),
                        once=f"supplement:{made.certificate}:{made.number}",
                        facts={"certificate": made.certificate, "gone": made.gone},
                    )
                )
                written.append(made)
    return tuple(written)


def supplements(archive: Archive, certificate: str | None = None) -> tuple[Supplement, ...]:
    """The supplements of a certificate, or of all, in the order they were written."""
    labels = {"kind": KIND} if certificate is None else {"kind": KIND, "number": certificate}
    found = sorted(archive.packages("certificates/", **labels), key=lambda package: package.seq)
    stored = (b"[" + archive.read(package, FILE) + b"]" for package in found)
    return tuple(_CODEC.validate_json(data)[0] for data in stored)


def _made(  # noqa: PLR0913, PLR0917 - what it is made of
    archive: Archive,
    package: Package,
    certificate: Certificate,
    seen: dict[str, _Seen | None],
    now: dt.datetime,
    software: str,
) -> Supplement | None:
    before = supplements(archive, certificate.number)
    told = {part.id: Counter({certificate.started: part.removed}) for part in certificate.channels}
    if before:
        told |= {part.channel: Counter(part.last_seen) for part in before[-1].channels}
    parts = []
    for part in certificate.channels:
        look = seen[part.id]
        if look is not None:
            # What was last seen at one time is found to be gone at one time: the larger counts.
            last_seen = told[part.id] | look.gone.get(certificate.list, Counter())
            gone = last_seen.total()
            there = min(look.there[certificate.list], part.threads - gone)
            parts.append(
                StandingPart(
                    channel=part.id,
                    looked=look.looked,
                    threads=part.threads,
                    there=there,
                    gone=gone,
                    unknown=max(0, part.threads - there - gone),
                    last_seen=dict(sorted(last_seen.items())),
                )
            )
    if all(part.gone == told[part.channel].total() for part in parts):
        return None
    files = archive.manifest(package)["files"]
    return Supplement(
        certificate=certificate.number,
        sha256=next(file["sha256"] for file in files if file["name"] == CERTIFICATE),
        number=len(before) + 1,
        rehearsal=certificate.rehearsal,
        body=certificate.decision.body,
        board=certificate.board,
        made=now,
        software=software,
        channels=tuple(parts),
    )


def _seen(archive: Archive, channel: str) -> _Seen | None:
    """``None`` where no harvest could tell what is no longer there."""
    harvest = last_harvest(archive, channel)
    full = None if harvest is None else harvest.facts.get("full_look")
    asked = None if full is None else archive.once(f"harvest:{channel}:{full}")
    if asked is None or not asked.facts.get("complete", False):
        return None
    there: Counter[str] = Counter()
    gone: dict[str, Counter[dt.datetime]] = defaultdict(Counter)
    since = asked.now - tombstones.WRITTEN_AFTER
    for grave in tombstones.load(archive, channel).graves.values():
        if grave.began and grave.seen > since:
            there[grave.list] += 1
        elif grave.began:
            gone[grave.list][grave.seen] += 1
    return _Seen(asked.now, there, gone)


def _base(made: Supplement) -> str:
    return f"certificates/{made.certificate[:4]}/{made.certificate}-tillagg-{made.number}"


def _draft(made: Supplement) -> Draft:
    return Draft(
        base=_base(made),
        files={FILE: unwrapped(_CODEC.dump_json((made,), indent=2))},
        about={"gone": made.gone, "rehearsal": made.rehearsal},
        labels={"kind": KIND, "number": made.certificate, "board": made.board},
    )
