"""What the register alone tells of an account: plan, people, mailbox, credentials (K01–K09)."""

import datetime as dt
from collections.abc import Iterator

from tasks.model import Channel, Level, LifeCycle
from tasks.register.mailbox import looks_personal
from tasks.register.rules import Ground, Remark, in_force, year_after

ADMINISTRATORS = 2
LOOK_AHEAD = 60
"""Days for which somebody must attend (K04)."""


def plan_complete(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K01: medium, audience, purpose, goals and care are written, and the plan is archived."""
    plan = channel.plan
    if plan is None:
        yield Remark(
            Level.ERROR,
            "Aktivitetsplan saknas; skriv den under [channel.plan].",
            "There is no activity plan; write it under [channel.plan].",
        )
        return
    missing = [key for key in ("medium", "audience", "purpose", "care") if not getattr(plan, key)]
    missing += [] if plan.goals else ["goal"]
    if missing:
        keys = ", ".join(missing)
        yield Remark(
            Level.ERROR,
            f"Aktivitetsplanen är inte komplett: {keys} saknas.",
            f"The activity plan is incomplete: {keys} missing.",
        )
    archived = ground.evidence.plans_archived
    if not plan.file:
        yield Remark(
            Level.WARNING,
            "Aktivitetsplanens fil är inte angiven (file), så planen kan inte arkiveras.",
            "The activity plan's file is not named (file), so the plan cannot be archived.",
        )
    elif archived is not None and channel.id not in archived:
        yield Remark(
            Level.WARNING,
            "Aktivitetsplanen finns inte i arkivet; lägg filen där registret säger.",
            "The activity plan is not in the archive; put the file where the register says.",
        )


def plan_approved(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K02: approved by somebody, and copied to the information unit."""
    plan = channel.plan
    if plan is None:
        return
    if plan.approved is None or plan.approved > ground.today:
        yield Remark(
            Level.ERROR,
            "Aktivitetsplanen är inte godkänd; ange approved när den är det.",
            "The activity plan is not approved; state approved when it is.",
        )
    elif not plan.approved_by:
        yield Remark(
            Level.WARNING,
            "Det framgår inte vem som godkände aktivitetsplanen; ange approved_by.",
            "Who approved the activity plan is not told; state approved_by.",
        )
    if plan.copied is None or plan.copied > ground.today:
        yield Remark(
            Level.WARNING,
            "Kopia av aktivitetsplanen är inte lämnad till informationsenheten (copied).",
            "The information unit has no copy of the activity plan (copied).",
        )


def two_administrators(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K03: at least two persons are appointed today."""
    people = len(in_force(channel, ground.today))
    if people < ADMINISTRATORS:
        yield Remark(
            Level.ERROR,
            f"Antal utsedda kontoadministratörer: {people}; minst {ADMINISTRATORS} krävs.",
            f"Administrators appointed: {people}; at least {ADMINISTRATORS} are required.",
        )


def attended(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K04: no day in the coming time without anybody; a day with one alone is worth a hint."""
    days = [ground.today + dt.timedelta(days=n) for n in range(LOOK_AHEAD)]
    days = [d for d in days if _is_open(channel, d)]
    present = {day: _attending(channel, day) for day in days}
    if nobody := [day for day in days if present[day] == 0]:
        yield Remark(
            Level.ERROR,
            f"Ingen har tillsyn {_spans(nobody)}; utse en ersättare.",
            f"Nobody attends {_spans(nobody)}; appoint a substitute.",
        )
    understaffed = len(in_force(channel, ground.today)) < ADMINISTRATORS  # K03 has said so
    if (alone := [day for day in days if present[day] == 1]) and not understaffed:
        yield Remark(
            Level.HINT,
            f"Bara en person har tillsyn {_spans(alone)}.",
            f"One person alone attends {_spans(alone)}.",
        )


def function_mailbox(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K05: a mailbox of its own, no person's, and read by every administrator."""
    if not channel.mailbox:
        yield Remark(
            Level.ERROR,
            "Särskild e-postadress saknas; ange kontots funktionsbrevlåda i mailbox.",
            "There is no mailbox of its own; state the account's function mailbox in mailbox.",
        )
        return
    if looks_personal(channel.mailbox, ground.register):
        yield Remark(
            Level.ERROR,
            "E-postadressen ser ut att vara en persons; använd en funktionsbrevlåda.",
            "The mailbox looks like a person's; use a function mailbox.",
        )
    without = [a.id for a in in_force(channel, ground.today) if not a.reads_mailbox]
    if without:
        ids = ", ".join(without)
        yield Remark(
            Level.WARNING,
            f"Saknar läsrätt till funktionsbrevlådan: {ids}.",
            f"Cannot read the function mailbox: {ids}.",
        )


def credentials_deposited(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K06: the login lies with the information unit and was verified within a year."""
    verified = channel.credentials_verified
    if not channel.credentials:
        yield Remark(
            Level.ERROR,
            "Det framgår inte var inloggningsuppgifterna förvaras; ange posten i valvet i "
            "credentials, aldrig uppgifterna själva.",
            "Where the credentials lie is not told; name the vault's entry in credentials, never "
            "the credentials themselves.",
        )
    elif verified is None or verified > ground.today:
        yield Remark(
            Level.WARNING,
            "Inloggningsuppgifterna har inte prövats; logga in med dem och ange "
            "credentials_verified.",
            "The credentials were never tried; log in with them and state credentials_verified.",
        )
    elif ground.today > year_after(verified):
        yield Remark(
            Level.WARNING,
            f"Inloggningsuppgifterna prövades senast {verified}, för mer än ett år sedan; logga "
            "in med dem och ange det nya datumet.",
            f"The credentials were last tried on {verified}, more than a year ago; log in with "
            "them and state the new date.",
        )


def listed_rightly(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K07: the channel's unit is valid, and its life agrees with its dates."""
    unit, today = ground.register.unit(channel.unit), ground.today
    if channel.life is not LifeCycle.CLOSED:
        if unit.valid_to is not None and unit.valid_to < today:
            yield Remark(
                Level.ERROR,
                f"{unit.name} upphörde {unit.valid_to}; ange vilken enhet som tog över.",
                f"{unit.name} ended on {unit.valid_to}; state which unit took over.",
            )
        elif unit.valid_from > today and channel.life is not LifeCycle.PLANNED:
            yield Remark(
                Level.WARNING,
                f"{unit.name} finns först från {unit.valid_from}.",
                f"{unit.name} exists only from {unit.valid_from}.",
            )
    if _life_disagrees(channel, today):
        yield Remark(
            Level.WARNING,
            f"Kanalen har life = {channel.life}, men opened och closed säger något annat.",
            f"The channel has life = {channel.life}, but opened and closed say otherwise.",
        )


def new_medium_consulted(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K08: the first channel on a platform was discussed with the information unit."""
    mine = channel.opened or dt.date.max
    is_first = not any(
        (other.opened or dt.date.max) < mine
        for other in ground.register.channels
        if other.platform == channel.platform
    )
    if channel.consulted is None and is_first:
        yield Remark(
            Level.WARNING,
            f"Kanalen är den första på {channel.platform}, men när informationsenheten "
            "konsulterades framgår inte (consulted).",
            f"The channel is the first on {channel.platform}, but when the information unit was "
            "consulted is not told (consulted).",
        )


def party_links_marked(_ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K09: a party's link is marked as not the body's own opinions."""
    if channel.party_link and not channel.party_marked:
        yield Remark(
            Level.ERROR,
            "Partilänken är inte märkt som partiets egna åsikter (party_marked).",
            "The party's link is not marked as the party's own opinions (party_marked).",
        )


def _is_open(channel: Channel, day: dt.date) -> bool:
    return (channel.opened is None or channel.opened <= day) and (
        channel.closed is None or day <= channel.closed
    )


def _attending(channel: Channel, day: dt.date) -> int:
    away = {a.administrator for a in channel.absences if a.first <= day <= a.last}
    return len({a.id for a in in_force(channel, day)} - away)


def _life_disagrees(channel: Channel, today: dt.date) -> bool:
    opened = channel.opened is not None and channel.opened <= today
    closed = channel.closed is not None and channel.closed < today
    return {
        LifeCycle.PLANNED: opened,
        LifeCycle.ACTIVE: closed or not opened,
        LifeCycle.DORMANT: closed or not opened,
        LifeCycle.CLOSED: channel.closed is None or channel.closed > today,
    }[channel.life]


def _spans(days: list[dt.date]) -> str:
    """Days in order as ``2025-12-22–2026-01-06, 2026-02-02``."""
    spans: list[list[dt.date]] = []
    for day in days:
        if spans and day - spans[-1][-1] == dt.timedelta(days=1):
            spans[-1].append(day)
        else:
            spans.append([day])
    return ", ".join(str(s[0]) if len(s) == 1 else f"{s[0]}–{s[-1]}" for s in spans)
