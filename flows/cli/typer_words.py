"""What typer says by itself, in the caller's language: wrong calls, and the help pages' own words.

typer speaks English alone. Its sentences are known by their form; a test makes each such call, so
that words of a newer typer are seen before a reader sees them.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from flows.cli.out import t

Words = Sequence[tuple[re.Pattern[str], str]]

_CALLS: Final[Words] = [
    (re.compile(form), said)
    for form, said in (
        (
            r"No such option: (\S+) \(Possible options: (.+)\)",
            r"Det finns ingen flagga \1. Menade du \2?",
        ),
        (r"No such option: (\S+)", r"Det finns ingen flagga \1."),
        (
            r"No such command '(.+?)'\. Did you mean (.+)\?",
            r"Det finns inget kommando \1. Menade du \2?",
        ),
        (r"No such command '(.+)'\.", r"Det finns inget kommando \1."),
        (r"Missing command\.", r"Ange ett kommando."),
        (r"Missing argument '(.+)'\.", r"\1 saknas i anropet."),
        (r"Missing option (.+)\.", r"Flaggan \1 saknas i anropet."),
        (r"Got unexpected extra argument\(s\) \((.+)\)", r"Anropet har ord för mycket: \1."),
        (r"Option '(.+)' requires an argument\.", r"\1 behöver ett värde."),
        (r"Option '(.+)' does not take a value\.", r"\1 ska inte ha något värde."),
        (r"Invalid value for (.+?): .* valid integer.*", r"\1: ange ett heltal."),
        (r"Invalid value for (.+?): .* greater than or equal to (\d+)", r"\1: ange minst \2."),
        (r"Invalid value for (.+?): .* less than or equal to (\d+)", r"\1: ange högst \2."),
    )
]
_OURS: Final = "Invalid value: "
"""What typer puts before a sentence of ours."""

_PAGES: Final[Words] = [
    (re.compile(form, re.MULTILINE), said)
    for form, said in (
        (r"^Usage: ", "Användning: "),
        (r"^Arguments:$", "Argument:"),
        (r"^Options:$", "Flaggor:"),
        (r"^Commands:$", "Kommandon:"),
        (r"\[OPTIONS\]", "[FLAGGOR]"),
        (r"COMMAND \[ARGS\]\.\.\.", "KOMMANDO [ARGUMENT]..."),
        (r"Show\s+this\s+message\s+and\s+exit\.", "Visar den här hjälpen."),
        (r"\[required\]", "[krävs]"),
        (r"\[default:(\s)", r"[annars:\1"),
    )
]
_TYPE: Final = re.compile(r"^(  (-?).*?)(<[a-z]+(?: range|\[[a-z]+\])?>)", re.MULTILINE)
_TYPES: Final = {"<int>": "TAL", "<int range>": "TAL", "<path>": "FIL"}


def wrong_call(error: typer.BadParameter) -> str:
    """What was wrong with a call, with where its help stands where typer itself found it."""
    said = error.format_message()
    if said.startswith(_OURS):
        return said.removeprefix(_OURS)
    for form, swedish in _CALLS:
        if found := form.fullmatch(said):
            said = t(found.expand(swedish).replace("'", ""), said)
            break
    if not said.endswith((".", "?")):
        said += "."
    where = f"{error.ctx.command_path} --help" if error.ctx else "kanalarkiv --help"
    return f"{said} " + t(f"Se {where}.", f"See {where}.")


def page(text: str) -> str:
    """A help page, with typer's own words in the caller's language."""
    if t("sv", "en") == "en":
        return text
    for form, swedish in _PAGES:
        text = form.sub(swedish, text)
    return _TYPE.sub(_typed, text)


class Command(TyperCommand):
    """A command whose help page is in the caller's language."""

    def get_help(self, ctx: Any) -> str:  # a class that typer keeps to itself
        """The page."""
        return page(super().get_help(ctx))


class Group(TyperGroup):
    """A group of commands whose help page is in the caller's language."""

    def get_help(self, ctx: Any) -> str:  # a class that typer keeps to itself
        """The page."""
        return page(super().get_help(ctx))


def speak(app: typer.Typer) -> None:
    """Let a tree's help pages, and those of all below it, be in the caller's language."""
    app.info.cls = Group
    for command in app.registered_commands:
        command.cls = Command
    for group in app.registered_groups:
        group.cls = Group
        if group.typer_instance:
            speak(group.typer_instance)


def _typed(found: re.Match[str]) -> str:
    """A kind of value in Swedish, as wide as before; of an argument the name says it."""
    kind = _TYPES.get(found[3], "TEXT") if found[2] else ""
    return f"{found[1]}{kind:<{len(found[3])}}"
