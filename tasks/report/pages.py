"""The report's pages as HTML, one function each: what the notebook's cells call and show."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
import pandas as pd

from archive_store import Archive
from tasks.facts import COLUMNS
from tasks.model import Register
from tasks.office_time import local_date
from tasks.report import swedish
from tasks.report.figures import posts_figure, reply_figure, talk_figure
from tasks.report.gathering import ChannelYear
from tasks.report.goal_words import goal_words
from tasks.report.summary import attention, late_harvests, story

_PLATFORMS = {"blog": "Blogg"}

_METHOD = (
    ("Inlägg", ("posts",)),
    ("Inlägg per vecka", ("posts_per_week",)),
    ("Kommentarer", ("comments",)),
    ("Egna svar", ("own_replies",)),
    ("Dolda kommentarer", ("hidden",)),
    ("Interaktioner", ("interactions",)),
    ("Meddelanden", ("messages",)),
    ("Inom 24 timmar", ("answered_24h",)),
    ("Inom en vecka", ("answered_week",)),
    ("Obesvarade", ("open_comments",)),
    ("Svarstid", ("median_reply_office_minutes",)),
    ("Täckning", ("days_harvested", "days_expected")),
)
"""What the method explains, and the columns whose definitions it quotes."""

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("tasks.report"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)
_TEMPLATES.filters |= {
    "number": swedish.number,
    "percent": swedish.percent,
    "office_hours": swedish.office_hours,
    "hours": swedish.hours,
    "date": swedish.date,
    "sentence": swedish.sentence,
}
_TEMPLATES.globals |= {
    "counted": swedish.counted,
    "goal_words": goal_words,
    "share": swedish.share,
}


def title_page(
    archive: Archive, register: Register, years: Sequence[ChannelYear], year: int, now: dt.datetime
) -> str:
    """Title, contents, recipients and what the report was made from."""
    units = {channel.unit.id: channel.unit.name for channel in years}
    return _page(
        "title.html.j2",
        body=register.organisation.name,
        year=year,
        made=local_date(now),
        years=years,
        units=sorted(units.values()),
        information_unit=register.unit(register.organisation.information_unit).name,
        rehearsal=archive.rehearsal,
        last=max((y.last_harvest.seq for y in years if y.last_harvest), default=None),
    )


def summary_page(register: Register, years: Sequence[ChannelYear], year: int) -> str:
    """The year in words, what needs attention, and every channel and goal in a table."""
    body = register.organisation.name
    return _page(
        "summary.html.j2",
        year=year,
        story=story(body, year, years),
        attention=attention(years),
        years=years,
        totals=_totals(years),
        late=late_harvests(years, year),
    )


def channel_page(channel: ChannelYear, year: int) -> str:
    """One channel: its key figures, goals and figures."""
    figures = (posts_figure, talk_figure, reply_figure)
    return _page(
        "channel.html.j2",
        year=year,
        it=channel,
        platform=_PLATFORMS.get(channel.channel.platform, channel.channel.platform),
        figures=[figure(channel.months, year) for figure in figures],
    )


def method_page(year: int) -> str:
    """How the numbers were counted: definitions and limits."""
    texts = {column.name: column.text.sv for column in COLUMNS}
    return _page(
        "method.html.j2",
        year=year,
        definitions=[
            (term, swedish.sentence("; ".join(texts[name] for name in names)))
            for term, names in _METHOD
        ],
    )


def months_page(years: Sequence[ChannelYear], year: int) -> str:
    """Every channel's numbers month by month: what the figures are drawn from."""
    return _page("months.html.j2", year=year, years=years, tables=[_months(y) for y in years])


def _page(template: str, **values: Any) -> str:
    return _TEMPLATES.get_template(template).render(**values)


def _totals(years: Sequence[ChannelYear]) -> Mapping[str, int]:
    names = ("posts", "comments", "own_replies")
    replies = ("answered_24h", "due_24h", "answered_week", "due_week")
    return {name: sum(getattr(y.figures, name) or 0 for y in years) for name in names + replies}


def _months(channel: ChannelYear) -> list[list[str]]:
    """Rows of a channel's months, from the first known one."""
    rows = []
    for _, month in channel.months.iterrows():
        told = {name: None if pd.isna(month[name]) else month[name] for name in _SHOWN}
        rows.append(
            [
                swedish.MONTHS[int(month["month"]) % 100 - 1],
                *(swedish.number(told[name]) for name in _SHOWN[:-1]),
                swedish.office_hours(told[_SHOWN[-1]]),
            ]
        )
    return rows


_SHOWN = (
    "posts",
    "comments",
    "own_replies",
    "hidden",
    "answered",
    "answered_24h",
    "answered_week",
    "open_comments",
    "harvests",
    "median_reply_office_minutes",
)
