"""The report's figures: pictures with Swedish numbers that can be read in black and white.

Each is drawn by altair and vl-convert to SVG, embedded as a data address, so that the report needs
no script and nothing from elsewhere. Each has an alternative text with every number in it (lag
2018:1937 om tillgänglighet till digital offentlig service).
"""

import base64
import dataclasses as dc
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from tasks.report.swedish import MISSING, MONTHS, listed, number

INK = "#1b3a57"
PALE = "#d3dfea"
SHADES = (INK, "#7d9ebd", PALE, "#ffffff")
"""From dark to white, each with an edge: told apart in black and white."""

GRID = "#dfe5ea"
FONT = "Noto Sans, Liberation Sans, DejaVu Sans, sans-serif"
HALF_WIDTH, WHOLE_WIDTH, HEIGHT = 278, 612, 135
"""Pixels of the plotting area: half a page's width, the whole, and how tall."""

_LOWEST_TOP = 4


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture for the report: its caption, data address and alternative text.

    The legend is text beside the picture (label and shade), so that it follows the page's font.
    """

    caption: str
    address: str
    alt: str
    legend: tuple[tuple[str, str], ...] = ()


def posts_figure(months: pd.DataFrame, year: int) -> Figure:
    """Own posts a month."""
    posts = _series(months, "posts")
    counts = {"Inlägg": posts}
    bars = _bars(counts, HALF_WIDTH)
    labels = _chart(counts, HALF_WIDTH).mark_text(dy=-5, fontSize=9, color=INK)
    layers = alt.layer(
        bars,
        labels.encode(x=_months(), y=_height(counts), text=alt.Text("count:Q", format=",d")),
        _gaps(posts),
    )
    return Figure(
        caption="Inlägg per månad",
        address=_picture(layers),
        alt=_alt(f"Stapeldiagram. Inlägg per månad {year}", counts),
    )


def talk_figure(months: pd.DataFrame, year: int) -> Figure:
    """Others' comments beside the body's own replies, a month."""
    counts = {
        "Kommentarer": _series(months, "comments"),
        "Egna svar": _series(months, "own_replies"),
    }
    beside = alt.XOffset("what:N", sort=list(counts))
    bars = _bars(counts, HALF_WIDTH, shades=(INK, PALE)).encode(xOffset=beside)
    layers = alt.layer(bars, _gaps(counts["Kommentarer"]))
    return Figure(
        caption="Kommentarer och egna svar per månad",
        address=_picture(layers),
        alt=_alt(f"Stapeldiagram. Kommentarer och egna svar per månad {year}", counts),
        legend=tuple(zip(counts, (INK, PALE), strict=True)),
    )


def reply_figure(months: pd.DataFrame, year: int) -> Figure:
    """How soon the messages that came in each month were answered, against 24 hours and a week."""
    in_24h, in_week = _series(months, "answered_24h"), _series(months, "answered_week")
    answered, unanswered = _series(months, "answered"), _series(months, "open_comments")
    counts = {
        "svar inom 24 timmar på arbetsdagar": in_24h,
        "senare, inom en vecka": _less(in_week, in_24h),
        "efter mer än en vecka": _less(answered, in_week),
        "inget svar": unanswered,
    }
    bars = _bars(counts, WHOLE_WIDTH, shades=SHADES, stacked=True).encode(order=alt.Order("rank:Q"))
    layers = alt.layer(bars, _gaps(answered))
    return Figure(
        caption="Så snabbt fick meddelanden svar, efter den månad de kom in",
        address=_picture(layers),
        alt=_alt(f"Staplat stapeldiagram. Svarstider {year}", counts),
        legend=tuple(zip(counts, SHADES, strict=True)),
    )


Counts = Mapping[str, Sequence[int | None]]


def _series(months: pd.DataFrame, name: str) -> list[int | None]:
    """A fact from January to December; ``None`` where it is not known."""
    told = {
        int(month) % 100: value for month, value in zip(months["month"], months[name], strict=True)
    }
    values: list[Any] = [told.get(month) for month in range(1, 13)]
    return [None if pd.isna(value) else int(value) for value in values]


def _less(whole: Sequence[int | None], part: Sequence[int | None]) -> list[int | None]:
    pairs = zip(whole, part, strict=True)
    return [None if a is None or b is None else max(a - b, 0) for a, b in pairs]


def _chart(counts: Counts, width: int) -> alt.Chart:
    rows = [
        {"month": month, "what": what, "rank": rank, "count": count}
        for rank, (what, series) in enumerate(counts.items())
        for month, count in zip(MONTHS, series, strict=True)
        if count is not None
    ]
    frame = pd.DataFrame(rows, columns=["month", "what", "rank", "count"])
    return alt.Chart(frame, width=width, height=HEIGHT)


def _bars(
    counts: Counts, width: int, *, shades: Sequence[str] = (INK,), stacked: bool = False
) -> alt.Chart:
    order = list(counts)
    scale = alt.Scale(domain=order, range=list(shades))
    colour = alt.Color("what:N", sort=order, scale=scale, legend=None)
    marked: alt.Chart = _chart(counts, width).mark_bar(stroke=INK, strokeWidth=0.75)
    return marked.encode(x=_months(), y=_height(counts, stacked=stacked), color=colour)


def _months() -> alt.X:
    axis = alt.Axis(title=None, labelAngle=0, ticks=False, labelPadding=5)
    scale = alt.Scale(domain=list(MONTHS), paddingInner=0.3, paddingOuter=0.15)
    return alt.X("month:N", sort=list(MONTHS), scale=scale, axis=axis)


def _height(counts: Counts, *, stacked: bool = False) -> alt.Y:
    """A scale from 0 to at least 4, with whole numbers only."""
    months = [[count or 0 for count in month] for month in zip(*counts.values(), strict=True)]
    top = max(_LOWEST_TOP, *(sum(month) if stacked else max(month) for month in months))
    axis = alt.Axis(title=None, tickCount=4, format=",d", tickMinStep=1, ticks=False)
    scale = alt.Scale(domainMin=0, domainMax=top, nice=True)
    return alt.Y("count:Q", axis=axis, scale=scale, stack="zero" if stacked else None)


def _gaps(series: Sequence[int | None]) -> alt.Chart:
    """A dash where a month is not known, so that it is not read as nought."""
    unknown = [month for month, count in zip(MONTHS, series, strict=True) if count is None]
    frame = pd.DataFrame({"month": unknown, "mark": [MISSING] * len(unknown)})
    dashes: alt.Chart = alt.Chart(frame).mark_text(
        baseline="bottom", dy=-1, color="#5b6b79", fontSize=11
    )
    return dashes.encode(x=_months(), y=alt.value(HEIGHT), text="mark:N")


def _picture(chart: alt.LayerChart | alt.FacetChart) -> str:
    """The chart as a data address of an SVG."""
    styled: Any = (
        chart.configure(font=FONT, background="#ffffff", padding=0)
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=9.5, labelColor="#333333", gridColor=GRID, domainColor="#8795a1"
        )
        .configure_axisY(domain=False)
    )
    svg = vl_convert.vegalite_to_svg(styled.to_dict(), format_locale="sv-SE")
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode('ascii')}"


def _alt(heading: str, counts: Counts) -> str:
    """Every number of the figure, as a sentence a series."""
    sentences = [heading]
    for what, series in counts.items():
        told = [
            f"{month} {number(count)}"
            for month, count in zip(MONTHS, series, strict=True)
            if count is not None
        ]
        sentences.append(f"{what}: {', '.join(told) or 'inga uppgifter'}")
    first = next(iter(counts.values()))
    unknown = [month for month, count in zip(MONTHS, first, strict=True) if count is None]
    if unknown:
        sentences.append(f"Uppgift saknas för {listed(unknown)}")
    return ". ".join(sentences) + "."
