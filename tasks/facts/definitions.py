"""What each monthly fact means, once: for Parquet's metadata, the report's method and the docs.

Guidelines, "Mät och utvärdera": the numbers shall let a reader judge whether goals were reached,
so every rate stands beside its numerator and denominator, and what was not told is null, never 0.
"""

import dataclasses as dc

import pyarrow as pa

from tasks.model.judgement import Text


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the monthly facts: its name, stored type and meaning."""

    name: str
    type: pa.DataType
    text: Text


def _column(name: str, kind: pa.DataType, sv: str, en: str) -> Column:
    return Column(name=name, type=kind, text=Text(sv, en))


COUNT = pa.int32()
RATE = pa.float64()
MINUTES = pa.list_(pa.int32())

COLUMNS: tuple[Column, ...] = (
    _column(
        "channel",
        pa.dictionary(pa.int32(), pa.string()),
        "kanalens id",
        "the channel's id",
    ),
    _column(
        "month",
        COUNT,
        "månad i svensk tid, ÅÅÅÅMM; trådar räknas till månaden då de publicerades, meddelanden "
        "som ska besvaras till månaden då de kom in",
        "month in Swedish time, YYYYMM; threads count in the month they were published, messages "
        "to be answered in the month they came in",
    ),
    _column(
        "days",
        COUNT,
        "dagar av månaden som kanalen är känd, till och med rapportdagen",
        "days of the month for which the channel is known, up to the day of the count",
    ),
    _column(
        "posts",
        COUNT,
        "egna publicerade inlägg; sidor räknas inte",
        "the body's own published posts; pages are not counted",
    ),
    _column(
        "posts_per_week",
        RATE,
        "egna inlägg delat med antalet veckor (dagar/7)",
        "own posts divided by weeks (days/7)",
    ),
    _column(
        "comments",
        COUNT,
        "andras offentliga kommentarer i månadens trådar",
        "others' public comments in the month's threads",
    ),
    _column(
        "own_replies",
        COUNT,
        "kanalens egna offentliga kommentarer i månadens trådar",
        "the body's own public comments in the month's threads",
    ),
    _column(
        "hidden",
        COUNT,
        "andras kommentarer som inte är offentliga: väntar på granskning, skräppost eller "
        "borttagna; saknas där plattformen inte uppger det",
        "others' comments that are held, spam or trash; null where the platform does not tell",
    ),
    _column(
        "interactions",
        COUNT,
        "reaktioner + kommentarer + delningar i de trådar där plattformen uppger reaktioner eller "
        "delningar; saknas där ingen tråd har det",
        "reactions + comments + shares of the threads for which the platform tells reactions or "
        "shares; null where it tells of none",
    ),
    _column(
        "interactions_told",
        COUNT,
        "antal trådar som ingår i interaktionerna",
        "number of threads that the interactions are the sum of",
    ),
    _column(
        "messages",
        COUNT,
        "meddelanden som ska besvaras: besvarade första meddelanden (ingen har skrivit i tråden "
        "på 24 timmar) och obesvarade kommentarer",
        "messages to be answered: answered first messages (nobody wrote in the thread for 24 "
        "hours before) and comments without an answer",
    ),
    _column(
        "answered",
        COUNT,
        "första meddelanden som fått svar",
        "first messages that were answered",
    ),
    _column(
        "answered_24h",
        COUNT,
        "första meddelanden besvarade inom 24 timmar på arbetsdagar (helgdagar samt midsommar-, "
        "jul- och nyårsafton är inte arbetsdagar)",
        "first messages answered within 24 hours on working days (holidays and the eves of "
        "Midsummer, Christmas and New Year are no working days)",
    ),
    _column(
        "due_24h",
        COUNT,
        "besvarade första meddelanden och de obesvarade vars 24 timmar har gått ut",
        "answered first messages, and unanswered ones whose 24 hours have passed",
    ),
    _column(
        "reply_rate_24h",
        RATE,
        "answered_24h / due_24h; saknas där inget skulle besvaras",
        "answered_24h / due_24h; null where nothing was to be answered",
    ),
    _column(
        "answered_week",
        COUNT,
        "första meddelanden besvarade inom sju dygn",
        "first messages answered within seven days",
    ),
    _column(
        "due_week",
        COUNT,
        "besvarade första meddelanden och de obesvarade som väntat mer än sju dygn",
        "answered first messages, and unanswered ones that have waited more than seven days",
    ),
    _column(
        "reply_rate_week",
        RATE,
        "answered_week / due_week; saknas där inget skulle besvaras",
        "answered_week / due_week; null where nothing was to be answered",
    ),
    _column(
        "median_reply_office_minutes",
        RATE,
        "median av svarstiden i kontorstid (arbetsdagar 8–17), minuter",
        "median reply time in office hours (working days 8–17), minutes",
    ),
    _column(
        "median_reply_minutes",
        RATE,
        "median av svarstiden i kalendertid, minuter",
        "median reply time in calendar time, minutes",
    ),
    _column(
        "open_comments",
        COUNT,
        "andras kommentarer som var obesvarade när de senast räknades",
        "others' comments without an answer when last counted",
    ),
    _column(
        "harvests",
        COUNT,
        "antal insamlingar av siffror från kanalen",
        "number of harvests of the channel",
    ),
    _column(
        "days_harvested",
        COUNT,
        "dagar med minst en insamling",
        "days with at least one harvest",
    ),
    _column(
        "days_expected",
        COUNT,
        "dagar sedan första insamlingen, till och med rapportdagen",
        "days since the first harvest, up to the day of the count",
    ),
    _column(
        "coverage",
        RATE,
        "täckning: days_harvested / days_expected; saknas före första insamlingen",
        "days_harvested / days_expected; null before the first harvest",
    ),
    _column(
        "reply_office_minutes",
        MINUTES,
        "varje svarstid i kontorstid, stigande, så att medianen kan räknas över flera månader",
        "every reply time in office hours, rising, so that medians over months can be counted",
    ),
    _column(
        "reply_minutes",
        MINUTES,
        "varje svarstid i kalendertid, stigande",
        "every reply time in calendar time, rising",
    ),
)

NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
