"""What a register's reader and checker promise, whatever the register holds."""

import dataclasses as dc
import datetime as dt
import random
import re
import string
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.model import Absence, Administrator, Channel, Level, LifeCycle
from tasks.register import Evidence, check, duty_dates, load_register, parse_register
from tasks.register.secret_marks import secret_form
from tasks.register.shape import HEADERS, keys_of, table_at

EXAMPLE = Path(__file__).parents[2] / "examples" / "sjovik" / "register.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
REGISTER = load_register(EXAMPLE)
PAIR_LINES = [n for n, row in enumerate(TEXT.splitlines(), 1) if re.match(r"[a-z_]+ = ", row)]
NOW = dt.datetime(2025, 12, 15, 2, 0, tzinfo=dt.UTC)
TODAY = dt.date(2025, 12, 15)
UNHURRIED = settings(deadline=None)  # a busy machine is no defect
WORDS = [
    "kommun",
    "Blogg",
    "nyheter",
    "Aktivitetsplan",
    "2025",
    "sjovik",
    "v2",
    "arkiv",
    "Barn",
    "10",
]


@UNHURRIED
@given(st.sampled_from(PAIR_LINES), st.from_regex(r"[a-z]{3,10}_[a-z]{3,8}", fullmatch=True))
def test_an_unknown_key_anywhere_is_refused_on_its_own_line(line: int, key: str) -> None:
    rows = TEXT.splitlines()
    rows.insert(line, f"{key} = 1")
    register, found = parse_register("\n".join(rows).encode(), file="r.toml")
    known = any(key in keys_of(table) for keys in HEADERS if (table := table_at(keys)))
    if known:
        return
    assert register is None
    (problem,) = found
    assert problem.where.startswith(f"r.toml:{line + 1} ")
    assert problem.where.endswith(f".{key}")


@UNHURRIED
@given(st.sampled_from(PAIR_LINES), st.sampled_from(["[]", "{}", "nan", "''", "1900-01-01", "-1"]))
def test_a_value_of_another_kind_is_refused_on_its_own_line_or_fits(line: int, value: str) -> None:
    rows = TEXT.splitlines()
    key = rows[line - 1].split(" = ")[0]
    rows[line - 1] = f"{key} = {value}"
    register, found = parse_register("\n".join(rows).encode(), file="r.toml")
    on_line = [f for f in found if f.where.startswith(f"r.toml:{line} ")]
    assert register is not None or on_line or key == "id"  # others may refer to the id


@UNHURRIED
@given(st.sampled_from(PAIR_LINES), st.text(min_size=6, max_size=20))
def test_no_value_is_repeated_in_a_problem(line: int, value: str) -> None:
    rows = TEXT.splitlines()
    key = rows[line - 1].split(" = ")[0]
    hidden = "Zq" + "".join(c for c in value if c.isprintable() and c not in "\"'\\") + "Qz"
    rows[line - 1] = f"{key} = '{hidden}'"
    _, found = parse_register("\n".join(rows).encode(), file="r.toml")
    assert hidden not in "".join(f.text.sv + f.text.en + f.where for f in found)


@UNHURRIED
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_refused_in_our_own_words(raw: bytes) -> None:
    register, found = parse_register(raw, file="r.toml")
    assert register is None
    assert found


@UNHURRIED
@given(st.permutations(list(range(len(REGISTER.channels)))))
def test_findings_do_not_depend_on_the_channels_order(order: list[int]) -> None:
    shuffled = dc.replace(REGISTER, channels=tuple(REGISTER.channels[n] for n in order))
    assert set(check(shuffled, now=NOW)) == set(check(REGISTER, now=NOW))


SPAN = st.tuples(st.integers(-5, 70), st.integers(0, 30))


@UNHURRIED
@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), SPAN), max_size=5))
def test_an_unattended_day_is_an_error_and_a_lonely_one_a_hint(
    spans: list[tuple[str, tuple[int, int]]],
) -> None:
    people = tuple(
        Administrator(id=i, name=i, role="x", appointed=dt.date(2019, 1, 1)) for i in "abc"
    )
    absences = tuple(
        Absence(administrator=who, first=_day(start), last=_day(start + length))
        for who, (start, length) in spans
    )
    channel = dc.replace(REGISTER.channels[0], administrators=people, absences=absences)
    register = dc.replace(REGISTER, channels=(channel,))
    here = [
        sum(not any(w == p and s <= n <= s + length for w, (s, length) in spans) for p in "abc")
        for n in range(60)
    ]
    levels = {f.level for f in check(register, now=NOW) if f.code == "K04"}
    assert (Level.ERROR in levels) == (0 in here)
    assert (Level.HINT in levels) == (1 in here)


@UNHURRIED
@given(
    st.sampled_from(LifeCycle),
    st.dictionaries(st.sampled_from([c.id for c in REGISTER.channels]), st.integers(0, 10**5)),
)
def test_a_planned_channel_never_gives_more_than_hints(
    life: LifeCycle, numbers: dict[str, int]
) -> None:
    bare: dict[str, Any] = {"life": life, "plan": None, "mailbox": "", "administrators": ()}
    channels: tuple[Channel, ...] = tuple(dc.replace(c, **bare) for c in REGISTER.channels)
    evidence = Evidence(
        oldest_open_minutes=numbers, backlog=numbers, flagged=numbers, removals_waiting=numbers
    )
    found = check(dc.replace(REGISTER, channels=channels), now=NOW, evidence=evidence)
    gravest = {f.level for f in found if f.where}
    overdue = life is LifeCycle.CLOSED and any(numbers.values())  # K21 asks it of them still
    assert (Level.ERROR in gravest) == (overdue or life in {LifeCycle.ACTIVE, LifeCycle.DORMANT})
    if life is LifeCycle.PLANNED:
        assert gravest <= {Level.HINT}


@UNHURRIED
@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.integers(0, 5000))
def test_between_two_dates_lie_exactly_their_half_years_and_year_ends(
    first: dt.date, length: int
) -> None:
    last = first + dt.timedelta(days=length)
    days = (first + dt.timedelta(days=n) for n in range(length + 1))
    expected = [d for d in days if (d.month, d.day) in {(6, 30), (12, 31)}]
    assert [date for date, _ in duty_dates(first, last)] == expected


@UNHURRIED
@given(st.integers(0, 2**32))
def test_application_passwords_and_most_random_tokens_are_seen(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - made-up tokens, and hypothesis must be able to repeat
    groups = ("".join(dice.choices(string.ascii_letters + string.digits, k=4)) for _ in range(6))
    assert secret_form("care", f"maja {' '.join(groups)}") is not None
    letters = string.ascii_letters + string.digits
    tokens = ["".join(dice.choices(letters, k=40)) for _ in range(20)]
    assert sum(secret_form("care", token) is not None for token in tokens) >= 17


@UNHURRIED
@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6, unique=True),
    st.sampled_from(["-", "_", " ", ""]),
)
def test_words_set_together_are_no_secret(words: list[str], between: str) -> None:
    assert secret_form("care", between.join(words)) is None


def test_the_example_uses_every_table_of_the_file() -> None:
    data = tomllib.loads(TEXT)
    channel = data["channel"][0]
    assert {"organisation", "board", "unit", "channel"} == set(data)
    assert {"administrator", "absence", "plan"} <= set(channel)
    assert "goal" in channel["plan"]


def _day(offset: int) -> dt.date:
    return TODAY + dt.timedelta(days=offset)
