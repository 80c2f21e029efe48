"""Writes the draft of a certificate: everything that is known before the bytes are destroyed.

What is destroyed cannot be counted afterwards, so the draft is committed together with the intent;
the outcome only adds when absence was verified and which journal entry took the threads away.
"""

import dataclasses as dc
import datetime as dt
from collections import Counter
from collections.abc import Sequence

from archive_store import Archive, Entry, Package
from tasks.culling.certificate import (
    FILE,
    Certificate,
    ChannelPart,
    ClassPart,
    CulledPart,
    DecisionPart,
    ExceptedPart,
    GuardPart,
    PersonPart,
    Previous,
    SnapshotPart,
    certificates,
)
from tasks.culling.decision import Decision, Person
from tasks.culling.gathering import last_harvest
from tasks.culling.guards import GUARDS
from tasks.culling.plan import Mandate, Plan, review_of
from tasks.culling.removal import copies_of
from tasks.gists import Gist
from tasks.model import Register, Visibility
from tasks.office_time import local_date


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """What carries a list out: ``run`` (id of the flow run) and ``software`` with version.

    ``register`` gives the names that the certificate prints beside the ids.
    """

    run: str
    software: str
    register: Register | None = None


def draft_certificate(
    archive: Archive, mandate: Mandate, plan: Plan, executor: Executor
) -> Certificate:
    """The certificate of a culling that is about to begin."""
    decision, list_, now = mandate.decision, mandate.list, mandate.now
    approval = mandate.approval
    culled = _by_channel(plan)
    parts = tuple(
        _channel_part(archive, last_harvest(archive, channel), went, executor.register)
        for channel, went in culled.items()
    )
    proposer, approver = decision.proposer(list_.by), decision.approver(approval.by)
    late = any("late" in row.flags for row, _ in plan.culled)
    return Certificate(
        number=next_number(archive, decision.board, now),
        rehearsal=archive.rehearsal,
        list=list_.id,
        list_sha256=list_.sha256,
        organisation="" if executor.register is None else executor.register.organisation.name,
        board=decision.board,
        decision=_decision_part(decision),
        classes=_class_parts(decision, plan),
        channels=parts,
        culled=tuple(
            CulledPart(
                row=row.number,
                channel=row.channel,
                day=row.day,
                rule=row.rule,
                sha256=gist.sha256,
                why=row.why,
            )
            for row, gist in plan.culled
        ),
        excepted=tuple(
            ExceptedPart(
                row=fate.row.number,
                channel=fate.row.channel,
                day=fate.row.day,
                kept=fate.keep,
                stopped=fate.stopped,
                review=review_of(now) if fate.keep else None,
            )
            for fate in plan.fates
            if not fate.goes
        ),
        guards=_guard_parts(plan),
        snapshots=tuple(
            part
            for channel, went in culled.items()
            for part in _snapshot_parts(archive, channel, went)
        ),
        copies=tuple(
            key
            for channel, went in culled.items()
            for key in copies_of(archive, channel, {gist.id for gist in went})
        ),
        previous=_previous(archive, decision.board),
        backups_until=(
            None
            if decision.backup_days is None
            else local_date(now) + dt.timedelta(days=decision.backup_days)
        ),
        proposer=_person_part(list_.by, proposer),
        approver=_person_part(approval.by, approver),
        run=executor.run,
        software=executor.software,
        proposed=list_.proposed,
        approved=approval.at,
        started=now,
        packages=len(plan.leaving),
        deviations=("late",) if late else (),
    )


def next_number(archive: Archive, board: str, now: dt.datetime) -> str:
    """The board's next certificate number of the year: ``<YYYY>-<board>-<nnn>``."""
    stem = f"{local_date(now).year}-{board}-"
    issued = [package.labels["number"] for package in certificates(archive, board)]
    last = max((int(n.removeprefix(stem)) for n in issued if n.startswith(stem)), default=0)
    return f"{stem}{last + 1:03d}"


def _by_channel(plan: Plan) -> dict[str, list[Gist]]:
    """What is destroyed of each channel, in the channels' order."""
    found: dict[str, list[Gist]] = {}
    for _, gist in plan.culled:
        found.setdefault(gist.channel, []).append(gist)
    return dict(sorted(found.items()))


def _channel_part(
    archive: Archive, harvest: Entry | None, culled: Sequence[Gist], register: Register | None
) -> ChannelPart:
    channel = culled[0].channel
    known = None
    if register is not None:
        known = next((each for each in register.channels if each.id == channel), None)
    told = harvest is not None and bool(harvest.facts.get("complete", False))
    standing = Counter(_standing(gist, told=told) for gist in culled)
    return ChannelPart(
        id=channel,
        name="" if known is None else known.name,
        platform="" if known is None else known.platform,
        address="" if known is None else known.address,
        unit="" if known is None or register is None else register.unit(known.unit).name,
        threads=len(culled),
        items=sum(gist.posts for gist in culled),
        versions=sum(gist.versions for gist in culled),
        size=sum(gist.size for gist in culled),
        earliest=min(gist.day for gist in culled),
        latest=local_date(max(gist.active for gist in culled)),
        there=standing["there"],
        removed=standing["removed"],
        unknown=standing["unknown"],
        observations=len(archive.packages(f"observations/{channel}/", kind="observations")),
    )


def _standing(gist: Gist, *, told: bool) -> str:
    """Whether the body can still read the post on the platform (then it is kept in law)."""
    if gist.head == Visibility.GONE:
        return "removed"
    return "there" if gist.head and told else "unknown"


def _decision_part(decision: Decision) -> DecisionPart:
    return DecisionPart(
        body=decision.body,
        date=decision.date,
        section=decision.section,
        dnr=decision.dnr,
        in_force=decision.in_force,
        ends=decision.ends,
        application_decision=decision.application_decision,
        sha256=decision.sha256,
    )


def _class_parts(decision: Decision, plan: Plan) -> tuple[ClassPart, ...]:
    went = Counter(row.rule for row, _ in plan.culled)
    return tuple(
        ClassPart(
            rule=each.rule,
            name=each.name,
            basis=each.basis,
            days=each.days,
            latest_days=each.latest_days,
            threads=went[each.rule],
            clock=each.clock,
        )
        for each in decision.classes
        if went[each.rule]
    )


def _guard_parts(plan: Plan) -> tuple[GuardPart, ...]:
    stopped = Counter(
        _guard_code(code) for fate in plan.fates if fate.stopped for code in set(fate.stopped)
    )
    passed = len(plan.culled)
    return tuple(
        GuardPart(
            code=guard.code,
            sv=guard.ensures.sv,
            en=guard.ensures.en,
            passed=passed,
            stopped=stopped[guard.code],
        )
        for guard in GUARDS
    )


def _guard_code(code: str) -> str:
    return "class" if code.startswith("class-") else code


def _snapshot_parts(
    archive: Archive, channel: str, culled: Sequence[Gist]
) -> tuple[SnapshotPart, ...]:
    """Snapshots whose period holds a culled thread's day, by when they were taken."""
    first = min(gist.day for gist in culled)
    last = max(gist.day for gist in culled)
    found = archive.packages("snapshots/", kind="snapshot", channel=channel)
    parts = []
    for package in sorted(found, key=lambda package: package.time):
        if local_date(package.time) < first:
            continue
        manifest = archive.manifest(package)
        since = manifest["about"].get("period_from")
        if since is not None and dt.date.fromisoformat(since) > last:
            continue
        pdf = next(file for file in manifest["files"] if file["name"] == "pdf")
        parts.append(
            SnapshotPart(
                key=package.base,
                channel=channel,
                taken=package.time,
                occasion=package.labels["occasion"],
                state="confirmed" if archive.confirmed(package.key) else package.labels["state"],
                sha256=pdf["sha256"],
            )
        )
    return tuple(parts)


def _previous(archive: Archive, board: str) -> Previous | None:
    issued: list[Package] = certificates(archive, board)
    if not issued:
        return None
    files = archive.manifest(issued[-1])["files"]
    sha256 = next(file["sha256"] for file in files if file["name"] == FILE)
    return Previous(number=issued[-1].labels["number"], sha256=sha256)


def _person_part(person_id: str, person: Person | None) -> PersonPart:
    if person is None:
        return PersonPart(id=person_id, name="", role="")
    return PersonPart(id=person.id, name=person.name, role=person.role)
