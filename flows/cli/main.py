"""``kanalarkiv``: reads the options that every command takes, runs the command, ends with its code.

The options may stand before or after the command's name. Imports are lazy: ``--help`` must answer
at once (DESIGN section 5).
"""

import sys
from typing import cast

import typer

from flows.cli.out import DONE, SHORT, WRONG, call, complain, emit, t
from flows.cli.typer_words import speak, wrong_call

VALUES = ("archive", "register", "decision", "lang")
SWITCHES = ("json", "quiet", "debug")
INTERRUPTED = 130
SETTINGS = {"credentials-refused", "no-credentials", "bad-endpoint", "no-ca-file"}

# Typer carries its own click and names only the leaves of its error tree.
UsageError = cast("type[typer.BadParameter]", typer.BadParameter.__bases__[0])


def hoist(words: list[str]) -> list[str]:
    """Take the common options out of the words, wherever they stand, into ``call``.

    Raises:
        typer.BadParameter: an option lacks its value, or the language is unknown.
    """
    call.json = call.json or "--json" in words  # an error in the rest is said as asked for
    rest: list[str] = []
    given = iter(words)
    for word in given:
        if word == "--":
            return [*rest, word, *given]
        name, has_value, value = word.removeprefix("--").partition("=")
        if name == "decision" and "withdraw" in words:  # there it is a registration number
            rest.append(word)
            continue
        if word.startswith("--") and name in SWITCHES and not has_value:
            setattr(call, name, True)
        elif word.startswith("--") and name in VALUES:
            found = value if has_value else next(given, None)
            if not found or found.startswith("--"):
                raise typer.BadParameter(
                    t(f"--{name} behöver ett värde", f"--{name} needs a value")
                )
            setattr(call, name, found)
        else:
            rest.append(word)
    if call.lang not in {None, "sv", "en"}:
        wrong, call.lang = call.lang, None
        raise typer.BadParameter(
            t(f"--lang {wrong}: välj sv eller en", f"--lang {wrong}: sv or en")
        )
    return rest


def build() -> typer.Typer:
    """The command tree; the rooms are imported now, when the caller's language is known."""
    from flows.cli import (
        archive,
        capture,
        culling,
        deciding,
        disclosing,
        doctor,
        holding,
        judging,
        runs,
        search,
        setup,
    )

    app = typer.Typer(
        name="kanalarkiv",
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        help=t(
            "Dokumenterar, gallrar och redovisar en myndighets sociala medier.",
            "Documents, culls and accounts for a public body's social media.",
        ),
        epilog=t(
            "Gemensamt: --archive PLATS  --register FIL  --decision FIL|MAPP  --json  "
            "--lang sv|en  --quiet  --debug. "
            "Slutkoder: 0 klart, 1 något misslyckades, 2 anropet eller inställningarna är fel.",
            "Common: --archive PLACE  --register FILE  --decision FILE|FOLDER  --json  "
            "--lang sv|en  --quiet  --debug. "
            "Exit codes: 0 done, 1 something failed, 2 the call or the configuration is wrong.",
        ),
    )
    for room in (
        setup,
        runs,
        capture,
        deciding,
        culling,
        holding,
        judging,
        disclosing,
        archive,
        search,
        doctor,
    ):
        room.add_to(app)
    speak(app)
    return app


def version() -> int:
    """Say which version this is."""
    from importlib import metadata

    found = metadata.version("kanalarkiv")
    emit({"kanalarkiv": found}, [f"kanalarkiv {found}"])
    return DONE


def run() -> None:
    """Entry point of the ``kanalarkiv`` command."""
    words = sys.argv[1:]
    sys.exit(version() if words == ["--version"] else main(words))


def called(words: list[str]) -> int:
    """Let typer find the command and run it; the exit code.

    Raises:
        KeyboardInterrupt: it was interrupted, of which typer makes its code without a word.
    """
    code = int(build()(words, prog_name="kanalarkiv", standalone_mode=False) or DONE)
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    return code


def main(words: list[str]) -> int:
    """Run one command; the exit code."""
    from archive_store.errors import (
        ExistsError,
        InputError,
        KanalarkivError,
        MissingError,
        RefusalError,
    )

    try:
        rest = hoist(words) or ["--help"]
        return called(rest)
    except UsageError as error:
        complain("usage", wrong_call(error))
        return WRONG
    except (typer.Abort, KeyboardInterrupt):
        complain("interrupted", t("avbrutet", "interrupted"))
        return INTERRUPTED
    except KanalarkivError as error:
        if call.debug:
            raise
        complain(error.code, error.text(t("sv", "en")))
        wrong = isinstance(error, InputError | MissingError | RefusalError | ExistsError)
        return WRONG if wrong or error.code in SETTINGS else SHORT
    except SystemExit as error:
        return int(error.code or 0)
    except Exception as error:
        if call.debug:
            raise
        name = type(error).__name__  # its text may quote words, so it stays behind --debug
        complain(
            "unforeseen", t(f"oväntat fel: {name} (se --debug)", f"unforeseen: {name} (--debug)")
        )
        return SHORT
