"""What the body and its archive must show: pages, culling, snapshots, reports, reviews."""

import datetime as dt
from collections.abc import Iterator

from tasks.model import CaptureBasis, Channel, Level, LifeCycle, Occasion
from tasks.platform_terms import refuses_page
from tasks.register.duties import NAMES, duties_of
from tasks.register.evidence import SnapshotTaken
from tasks.register.rules import Ground, Remark, year_after

LATE = dt.timedelta(days=31)
"""How long after a duty date a snapshot still shows it; taken later it shows something else."""

CONFIRM_WITHIN = dt.timedelta(days=30)
REPORT_DUE = (2, 1)
"""From this date (month, day) last year's report should have been delivered."""


def collection_page_up(ground: Ground) -> Iterator[Remark]:
    """K07: the public page is named in the register and shows it."""
    if not ground.register.organisation.collection_page:
        yield Remark(
            Level.WARNING,
            "Samlingssidans adress saknas; ange collection_page under [organisation].",
            "The collection page's address is missing; state collection_page in [organisation].",
        )
    elif ground.evidence.collection_page is False:
        yield Remark(
            Level.WARNING,
            "Samlingssidan visar inte registret som det ser ut nu; publicera den på nytt.",
            "The collection page does not show the register as it is; publish it anew.",
        )


def privacy_page(ground: Ground) -> Iterator[Remark]:
    """K18: there is a page about personal data to lead readers to."""
    if not ground.register.organisation.privacy_page:
        yield Remark(
            Level.WARNING,
            "Sidan om hur personuppgifter behandlas saknas; ange privacy_page.",
            "The page on how personal data are handled is missing; state privacy_page.",
        )


def searchable(ground: Ground) -> Iterator[Remark]:
    """K20: what is not entered in the diary must be easy to search."""
    if ground.evidence.searchable is False:
        yield Remark(
            Level.ERROR,
            "Sökningen täcker inte allt i arkivet; kör kanalarkiv rebuild.",
            "Search does not cover all of the archive; run kanalarkiv rebuild.",
        )


def culled_in_time(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K21: the channel's board has a decision, and nothing is there past its latest day.

    The decision permits culling, so without one nothing is broken; but it also says when a thread
    is to be gone at the latest, and what is there then breaks it, whatever stops the culling.
    """
    boards, board = ground.evidence.boards_with_decision, ground.register.board_of(channel)
    if boards is not None and board.id not in boards:
        yield Remark(
            Level.WARNING,
            f"{board.name} har inget gallringsbeslut i kraft; inget gallras.",
            f"{board.name} has no culling decision in force; nothing is culled.",
        )
    overdue = (ground.evidence.backlog or {}).get(channel.id, 0)
    if overdue:
        one = overdue == 1
        yield Remark(
            Level.ERROR,
            f"Gallringen eftersläpar: {overdue} {'tråd' if one else 'trådar'} har passerat "
            "beslutets sista dag. Kör kanalarkiv cull propose; vad som hindrar en tråd visar "
            "kanalarkiv cull show KANAL/ID.",
            f"Culling is overdue: {overdue} {'thread is' if one else 'threads are'} past the "
            "decision's latest day. Run kanalarkiv cull propose; what stops a thread is shown by "
            "kanalarkiv cull show CHANNEL/ID.",
        )


def documented(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K22: a confirmed snapshot of each duty date that the channel was open, and of its end."""
    if channel.basis is CaptureBasis.PAGE and refuses_page(channel.platform):
        yield Remark(
            Level.WARNING,
            f"Villkoren för {channel.platform} förbjuder maskinell fångst av sidan; välj "
            "basis api, export eller manual.",
            f"The terms of {channel.platform} forbid capture of the page by machine; choose "
            "basis api, export or manual.",
        )
    if ground.evidence.snapshots is None:
        return
    mine = [s for s in ground.evidence.snapshots if s.channel == channel.id]
    for date, occasion in _due(ground, channel):
        taken = [s for s in mine if s.occasion is occasion and date <= s.date <= date + LATE]
        yield from _coverage(ground, date, occasion, taken)
    since = ground.evidence.archive_since
    if channel.life is LifeCycle.CLOSED and channel.closed and since and channel.closed >= since:
        closing = [s for s in mine if s.occasion is Occasion.CLOSING]
        yield from _coverage(ground, channel.closed, Occasion.CLOSING, closing)


def reported(ground: Ground) -> Iterator[Remark]:
    """K23: last year's report is delivered to the units' managers and the information unit."""
    if ground.evidence.reports is None:
        return
    year = ground.today.year - (1 if ground.today >= _due_this_year(ground) else 2)
    since = ground.evidence.archive_since
    open_then = any(
        channel.opened is not None
        and channel.opened.year <= year
        and (channel.closed is None or channel.closed.year >= year)
        for channel in ground.register.channels
    )
    answers = since is None or since.year <= year
    if answers and open_then and year not in ground.evidence.reports:
        yield Remark(
            Level.ERROR,
            f"Årsrapporten för {year} är inte lämnad till verksamhetsansvariga och "
            "informationsenheten.",
            f"The yearly report for {year} is not delivered to the units' managers and the "
            "information unit.",
        )


def guidelines_reviewed(ground: Ground) -> Iterator[Remark]:
    """K25: the guidelines were reviewed within a year."""
    reviewed = ground.register.organisation.guidelines_reviewed
    if reviewed is None or reviewed > ground.today:
        yield Remark(
            Level.WARNING,
            "När riktlinjerna senast sågs över framgår inte (guidelines_reviewed).",
            "When the guidelines were last reviewed is not told (guidelines_reviewed).",
        )
    elif ground.today > year_after(reviewed):
        yield Remark(
            Level.WARNING,
            f"Riktlinjerna sågs över senast {reviewed}, för mer än ett år sedan.",
            f"The guidelines were last reviewed on {reviewed}, more than a year ago.",
        )


def _due(ground: Ground, channel: Channel) -> tuple[tuple[dt.date, Occasion], ...]:
    """Duty dates behind us; where the archive's age is unknown, the latest two."""
    yesterday = ground.today - dt.timedelta(days=1)
    since = ground.evidence.archive_since
    if since is not None:
        return duties_of(channel, since, yesterday)
    return duties_of(channel, yesterday.replace(year=yesterday.year - 2, day=1), yesterday)[-2:]


def _coverage(
    ground: Ground, date: dt.date, occasion: Occasion, taken: list[SnapshotTaken]
) -> Iterator[Remark]:
    sv, en = NAMES[occasion].sv, NAMES[occasion].en
    if not taken:
        yield Remark(
            Level.ERROR,
            f"Ögonblicksbild saknas för {sv} {date}; ta den med kanalarkiv snapshot.",
            f"There is no snapshot of {en} {date}; take it with kanalarkiv snapshot.",
        )
    elif not any(s.confirmed for s in taken):
        latest = max(s.date for s in taken)
        late = ground.today - latest > CONFIRM_WITHIN
        yield Remark(
            Level.WARNING if late else Level.HINT,
            f"Ögonblicksbilden för {sv} {date} är preliminär; kontoadministratören ska "
            "bekräfta den.",
            f"The snapshot of {en} {date} is preliminary; the administrator is to confirm it.",
        )


def _due_this_year(ground: Ground) -> dt.date:
    return dt.date(ground.today.year, *REPORT_DUE)
