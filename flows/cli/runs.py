"""Commands that run a flow once, here, with progress."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer

from flows.cli.out import DONE, SHORT, call, emit, leave, t, table

Channels = Annotated[
    list[str] | None,
    typer.Option(
        "--channel", help=t("bara denna kanal (kan upprepas)", "only this channel (repeat)")
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        help=t("regelns tid, ISO 8601", "the rule's time, ISO 8601"),
        metavar=t("TID", "TIME"),
    ),
]


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the tree."""
    app.command("harvest", help=t("Skörda kanalerna.", "Harvest the channels."))(harvest)
    app.command("facts", help=t("Räkna månadens siffror.", "Count the monthly facts."))(facts)
    app.command("replies", help=t("Vad som väntar på svar.", "What waits for a reply."))(replies)
    app.command(
        "audit",
        help=t(
            "Pröva arkivets äkthet, registret och inloggningarna.",
            "Test the archive's integrity, the register and the logins.",
        ),
    )(audit)
    app.command("report", help=t("Skriv årsrapporten.", "Write the yearly report."))(report)


def harvest(channel: Channels = None, as_of: AsOf = None) -> None:
    """Words and numbers of each channel into the archive."""
    run_flow("flows.harvest", "harvest", channels=channel, as_of=moment(as_of))


def facts(channel: Channels = None, as_of: AsOf = None) -> None:
    """Observations to monthly facts."""
    run_flow("flows.monthly_facts", "monthly_facts", channels=channel, as_of=moment(as_of))


def replies(channel: Channels = None, as_of: AsOf = None) -> None:
    """Which threads wait, and which are late."""
    run_flow("flows.replies", "replies", channels=channel, as_of=moment(as_of))


def audit(as_of: AsOf = None) -> None:
    """This week's part of the archive, the register, and the logins that duties will need."""
    run_flow("flows.audit", "audit", as_of=moment(as_of))


def report(
    year: Annotated[
        int | None, typer.Option("--year", help=t("år, annars förra året", "year, else last year"))
    ] = None,
    as_of: AsOf = None,
) -> None:
    """The yearly report as HTML and PDF, and its notebook."""
    run_flow("flows.annual_report", "annual_report", year=year, as_of=moment(as_of))


def moment(text: str | None) -> dt.datetime | None:
    """A time given on the command line; without zone it is Stockholm's."""
    if text is None:
        return None
    from zoneinfo import ZoneInfo

    try:
        given = dt.datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            t(f"--as-of {text}: skriv 2026-01-15T08:00", f"--as-of {text}: write 2026-01-15T08:00")
        ) from None
    return given if given.tzinfo else given.replace(tzinfo=ZoneInfo("Europe/Stockholm"))


def prepared(**flags: Any) -> Any:
    """The settings of this call, passed on to the environment before Prefect is imported."""
    import os

    from flows.settings import load_settings, prepare_environment

    settings = load_settings(
        archive=call.archive,
        register=call.register,
        decision=call.decision,
        lang=call.lang,
        **flags,
    )
    os.environ.setdefault(
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "INFO" if call.debug else "CRITICAL"
    )
    prepare_environment(settings)
    return settings


def run_flow(module: str, name: str, **parameters: Any) -> None:
    """Run a flow in this process against a Prefect server, and tell how it went."""
    settings = prepared()
    from flows.house import open_house
    from flows.trusted_time import authority_of

    open_house(parameters.get("channels"), writes=False)  # refuse before a server is started
    authority_of(settings)  # the same
    from flows.prefect_server import prefect_api

    with prefect_api(settings):
        try:
            code = in_process(module, name, parameters)
        finally:
            drain_logs()
    leave(code)


def drain_logs() -> None:
    """Send what Prefect's log handler still holds, while the server is there to take it."""
    from prefect.logging.handlers import APILogHandler

    APILogHandler().flush()


def in_process(module: str, name: str, parameters: dict[str, Any]) -> int:
    """Run the flow; print its rows or its error. Needs a Prefect API in the environment."""
    import asyncio
    import importlib
    import inspect

    from archive_store.errors import KanalarkivError
    from flows.columns import in_english
    from flows.outcome import Outcome, PartlyFailedError, progress

    progress.on = not (call.quiet or call.json)
    flow: Callable[..., Any] = getattr(importlib.import_module(module), name)
    state = flow(**parameters, return_state=True)
    if inspect.iscoroutine(state):
        state = asyncio.run(state)
    found = state.result(raise_on_failure=False)
    if isinstance(found, PartlyFailedError):
        found = found.outcome
    if isinstance(found, KanalarkivError):
        raise found
    if not isinstance(found, Outcome):
        raise KanalarkivError(
            "run-crashed",
            sv=f"Körningen {name} avbröts: {state.message}",
            en=f"The run {name} was cut short: {state.message}",
        )
    document = {
        "flow": name,
        "state": state.type.value.lower(),
        "message": state.message,
        "rows": [in_english(row) for row in found.rows],
        "failures": {
            k: {"code": e.code, "text": e.text(t("sv", "en"))} for k, e in found.failures.items()
        },
        "shortfalls": found.shortfalls,
    }
    emit(document, [*_lines(found.rows), state.message or ""])
    return SHORT if found.failures or found.shortfalls else DONE


def _lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The rows as a table in the caller's language; without columns that say nothing."""
    from flows.columns import KEYS, cell

    keys = dict.fromkeys(key for row in rows for key in row)
    head = [key for key in keys if any(_says(row.get(key)) for row in rows)]
    yes, no = t("ja", "yes"), t("nej", "no")
    return table(
        [t(key, KEYS[key].replace("_", " ")) for key in head],
        [[cell(row.get(key, ""), yes, no) for key in head] for row in rows],
    )


def _says(value: object) -> bool:
    return value is False or value not in {"", None, 0}
