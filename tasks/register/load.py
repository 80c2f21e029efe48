"""Reads the register file whole, or refuses it whole with every problem it has.

A register that is half right would document some channels and forget others, so nothing is used
until all of it is right (issue 2, point 2). Format: docs/register.md.
"""

import re
import tomllib
from pathlib import Path

from archive_store.errors import InputError
from tasks.model import (
    Absence,
    ActivityPlan,
    Administrator,
    Board,
    CaptureBasis,
    Channel,
    Finding,
    Goal,
    LifeCycle,
    Organisation,
    Register,
    Text,
    Unit,
)
from tasks.platform_terms import default_basis
from tasks.register.meaning import meaning_problems
from tasks.register.problems import Problem, findings, problem
from tasks.register.secret_marks import secret_problems
from tasks.register.shape import fit
from tasks.register.tables import ChannelTable, PlanTable, RegisterTable
from tasks.register.toml_lines import Layout, LayoutError, layout

REFUSED = "register-refused"

_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)
_SYNTAX: tuple[tuple[str, Text], ...] = (
    (
        "Expected '=' after a key",
        Text("likhetstecken saknas efter nyckeln", "there is no = after the key"),
    ),
    (
        "Invalid statement",
        Text("här väntas en nyckel utan å, ä och ö, eller en [rubrik]", "a key or [header] is due"),
    ),
    (
        "Invalid value",
        Text("värdet saknas eller står utan citattecken", "a value is missing or lacks quotes"),
    ),
    (
        "Illegal character '\\n'",
        Text("citattecknet avslutas inte", "a quotation mark is not closed"),
    ),
    ("Unterminated string", Text("citattecknet avslutas inte", "a quotation mark is not closed")),
    ('Expected "', Text("citattecknet avslutas inte", "a quotation mark is not closed")),
    ("Expected \"'", Text("citattecknet avslutas inte", "a quotation mark is not closed")),
    ("Unescaped", Text("skriv \\ som \\\\, eller använd '…'", "write \\ as \\\\, or use '…'")),
    ("Unclosed array", Text("listan avslutas inte med ]", "the list does not end with ]")),
    ("Unclosed inline", Text("tabellen avslutas inte med }", "the table does not end with }")),
    ("Cannot overwrite", Text("nyckeln står två gånger", "the key stands twice")),
    ("Cannot declare", Text("rubriken står två gånger", "the header stands twice")),
    ("Expected ']", Text("rubriken avslutas inte med ]", "the header does not end with ]")),
    ("Invalid date", Text("datumet finns inte", "there is no such date")),
    (
        "Expected newline",
        Text("något står efter värdet, eller datumet finns inte", "the value is malformed"),
    ),
)
_OTHER = Text("felskrivet tecken eller värde", "a character or value is malformed")


def load_register(path: Path | str) -> Register:
    """The register in a TOML file.

    Raises:
        InputError: ``register-missing`` where there is no such file; ``register-refused`` with
            every problem, each as ``file:line key: text``.
    """
    register, problems = read_register(path)
    if register is None:
        raise refusal(path, problems)
    return register


def read_register(path: Path | str) -> tuple[Register | None, tuple[Finding, ...]]:
    """The register, or ``None`` and all that is wrong with the file, in the file's order.

    Raises:
        InputError: ``register-missing``.
    """
    try:
        raw = Path(path).read_bytes()
    except OSError:
        raise InputError(
            "register-missing",
            sv=f"Registret {path} finns inte eller kan inte läsas. Skapa ett med kanalarkiv init, "
            "eller ange ett annat med --register.",
            en=f"The register {path} is missing or unreadable. Make one with kanalarkiv init, or "
            "name another with --register.",
        ) from None
    return parse_register(raw, file=str(path))


def parse_register(raw: bytes, *, file: str) -> tuple[Register | None, tuple[Finding, ...]]:
    """As ``read_register``, from a file's bytes; ``file`` is only for the problems' places."""
    empty = Layout(lines={}, comments=())
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return None, findings(
            [problem("not-utf-8", (), line=line)], file=file, layout=empty, data={}
        )
    try:
        data = tomllib.loads(text)
        lines = layout(text)
    except (ValueError, RecursionError) as error:
        return None, findings([_syntax(error, text)], file=file, layout=empty, data={})
    fitted = fit(data)
    problems = list(fitted) if isinstance(fitted, tuple) else []
    problems += [*meaning_problems(data, lines), *secret_problems(data, lines)]
    if problems or isinstance(fitted, tuple):
        return None, findings(_without_echoes(problems), file=file, layout=lines, data=data)
    return _register(fitted), ()


def refusal(path: Path | str, problems: tuple[Finding, ...]) -> InputError:
    """The error that tells all of ``problems``, one a line."""
    rows = {lang: [f"  {p.where}: {p.text.in_(lang)}" for p in problems] for lang in ("sv", "en")}
    n = len(problems)
    return InputError(
        REFUSED,
        sv="\n".join([f"Registret {path} godtas inte ({n} fel); inget är gjort.", *rows["sv"]]),
        en="\n".join([f"The register {path} is refused; problems: {n}.", *rows["en"]]),
    )


def _without_echoes(problems: list[Problem]) -> list[Problem]:
    """A secret's key is not called unknown as well: removing it is all there is to do."""
    secret = {p.path for p in problems if p.code == "secret-in-file"}
    return [p for p in problems if p.code == "secret-in-file" or p.path not in secret]


def _syntax(error: ValueError | RecursionError, text: str) -> Problem:
    """TOML's own refusal, told in our words: tomllib's may quote the file."""
    found = _PLACE.fullmatch(str(error)) if isinstance(error, tomllib.TOMLDecodeError) else None
    what, line = (found.group(1), found.group(2)) if found else ("", None)
    words = next((words for begins, words in _SYNTAX if what.startswith(begins)), _OTHER)
    return problem("toml-syntax", (), line=int(line or _unfinished(text)), sv=words.sv, en=words.en)


def _unfinished(text: str) -> int:
    """Where the part begins that runs on to the end of the file."""
    try:
        layout(text)
    except LayoutError as error:
        return error.line
    except RecursionError:
        return 1
    return text.rstrip("\n").count("\n") + 1


def _register(tables: RegisterTable) -> Register:
    return Register(
        organisation=Organisation(**dict(tables.organisation)),
        boards=tuple(Board(**dict(board)) for board in tables.board),
        units=tuple(Unit(**dict(unit)) for unit in tables.unit),
        channels=tuple(_channel(channel) for channel in tables.channel),
    )


def _channel(table: ChannelTable) -> Channel:
    rest = {k: v for k, v in table if k not in {"administrator", "absence", "plan"}}
    return Channel(
        **rest
        | {
            "life": LifeCycle(table.life),
            "basis": CaptureBasis(table.basis) if table.basis else default_basis(table.platform),
            "own_authors": tuple(table.own_authors),
            "administrators": tuple(Administrator(**dict(a)) for a in table.administrator),
            "absences": tuple(Absence(**dict(a)) for a in table.absence),
            "plan": None if table.plan is None else _plan(table.plan),
        }
    )


def _plan(table: PlanTable) -> ActivityPlan:
    rest = {k: v for k, v in table if k != "goal"}
    return ActivityPlan(**rest, goals=tuple(Goal(**dict(goal)) for goal in table.goal))
