"""The year in plain Swedish, written from the numbers: what happened and what needs attention."""

import datetime as dt
from collections.abc import Iterator, Sequence

from tasks.facts import GoalOutcome, YearFigures
from tasks.report.gathering import ChannelYear
from tasks.report.swedish import (
    counted,
    date,
    in_words,
    listed,
    percent,
    sentence,
    share,
    short_date,
)

SILENT_MONTHS = 6
ADMINISTRATORS = 2
FULL_COVERAGE = 0.95


def story(body: str, year: int, years: Sequence[ChannelYear]) -> list[str]:
    """The year in a few sentences, each paragraph one.

    Args:
        body: the public body's name.
        year: the year told of.
        years: its channels.
    """
    if not years:
        return [f"{body} hade inga kanaler i sociala medier under {year}."]
    figures = [channel.figures for channel in years]
    posts = sum(f.posts or 0 for f in figures)
    channels = counted(len(years), "kanal", "kanaler")
    began = f"{body} hade {channels} i sociala medier under {year} och publicerade"
    return [
        f"{began} {counted(posts, 'inlägg', 'inlägg', neuter=True)}. {_talk(figures)}",
        _replies(figures),
        _goals([goal for channel in years for goal in channel.goals]),
    ]


def attention(years: Sequence[ChannelYear]) -> list[tuple[str, str]]:
    """What somebody should look at: a channel's name and the remarks on it, where there are any."""
    remarks = [(channel.channel.name, " ".join(_remarks(channel))) for channel in years]
    return [(name, said) for name, said in remarks if said]


def late_harvests(years: Sequence[ChannelYear], year: int) -> str:
    """When numbers began to be gathered during the year; ``""`` where they were all year."""
    begun = {
        channel.channel.name: channel.first_harvest
        for channel in years
        if channel.first_harvest and channel.first_harvest > dt.date(year, 1, 1)
    }
    if not begun:
        return ""
    if len(set(begun.values())) == 1:
        when = date(min(begun.values()))
    else:
        when = listed([f"{short_date(first)} ({name})" for name, first in begun.items()])
    return (
        f"Insamlingen började {when}; tidigare månader bygger på vad kanalerna visade då. Det som "
        "hade tagits bort dessförinnan är inte med."
    )


def _talk(figures: Sequence[YearFigures]) -> str:
    comments = sum(f.comments or 0 for f in figures)
    replies = sum(f.own_replies or 0 for f in figures)
    if not comments and not replies:
        return "Ingen kommenterade inläggen."
    return (
        f"Andra skrev {counted(comments, 'kommentar', 'kommentarer')}; kanalerna skrev själva "
        f"{counted(replies, 'svar', 'svar', neuter=True)}."
    )


def _replies(figures: Sequence[YearFigures]) -> str:
    due_24h, due_week = sum(f.due_24h for f in figures), sum(f.due_week for f in figures)
    if not due_24h:
        return "Inga meddelanden behövde besvaras."
    in_24h, in_week = sum(f.answered_24h for f in figures), sum(f.answered_week for f in figures)
    text = (
        "Enligt riktlinjerna ska kanalerna sträva efter att svara inom 24 timmar på arbetsdagar. "
        f"Så blev det för {share(in_24h, due_24h)} meddelanden ({percent(in_24h / due_24h)})."
    )
    if due_week:
        text += (
            f" Den yttersta gränsen, en vecka, hölls för {share(in_week, due_week)} "
            f"({percent(in_week / due_week)})."
        )
    return text


def _goals(goals: Sequence[GoalOutcome]) -> str:
    if not goals:
        return "Kanalernas aktivitetsplaner har inga mätbara mål att bedöma."
    met = sum(goal.met is True for goal in goals)
    missed = sum(goal.met is False for goal in goals)
    unknown = len(goals) - met - missed
    parts = [f"uppnåddes {in_words(met) if met else 'inget'}"]
    parts += [f"missades {in_words(missed)}"] if missed else []
    parts += [f"kan {in_words(unknown)} inte bedömas"] if unknown else []
    return f"Av {in_words(len(goals))} mål i aktivitetsplanerna {listed(parts)}."


def _remarks(channel: ChannelYear) -> Iterator[str]:
    figures = channel.figures
    overdue = figures.due_week - figures.answered_week
    if overdue:
        messages = counted(overdue, "meddelande", "meddelanden", neuter=True)
        yield f"{sentence(messages)} fick inte svar inom en vecka."
    if not channel.goals:
        yield "Kanalen saknar mätbara mål i aktivitetsplanen."
    if channel.administrators < ADMINISTRATORS:
        people = counted(channel.administrators, "administratör", "administratörer")
        yield f"Kanalen hade {people} vid årets slut; riktlinjerna kräver minst två."
    if figures.silent_months >= SILENT_MONTHS:
        yield f"Kanalen har varit tyst i {counted(figures.silent_months, 'månad', 'månader')}."
    yield from _coverage(channel)


def _coverage(channel: ChannelYear) -> Iterator[str]:
    figures = channel.figures
    if channel.first_harvest is None:
        yield "Inga siffror har samlats in från kanalen."
    elif figures.coverage is not None and figures.coverage < FULL_COVERAGE:
        days = share(figures.days_harvested, figures.days_expected)
        yield f"Siffror samlades in bara {days} dagar; de kan vara för låga."
