"""Commands that run a flow once, here, with progress."""

import datetime as dt
from collections.abc import Callable
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
        "--as-of", help=t("regelns tid, ISO 8601", "the rule's time, ISO 8601"), metavar="TID"
    ),
]


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the tree."""
    app.command("harvest", help=t("Skörda kanalerna.", "Harvest the channels."))(harvest)
    app.command("snapshot", help=t("Ta ögonblicksbilder som PDF.", "Take snapshots as PDF."))(
        snapshot
    )
    app.command("facts", help=t("Räkna månadens siffror.", "Count the monthly facts."))(facts)
    app.command("replies", help=t("Vad som väntar på svar.", "What waits for a reply."))(replies)
    app.command("report", help=t("Skriv årsrapporten.", "Write the yearly report."))(report)


def harvest(channel: Channels = None, as_of: AsOf = None) -> None:
    """Words and numbers of each channel into the archive."""
    run_flow("flows.harvest", "harvest", channels=channel, as_of=moment(as_of))


def snapshot(  # the contract names them all
    channel: Channels = None,
    as_of: AsOf = None,
    occasion: Annotated[
        str | None,
        typer.Option(
            "--occasion", help="halvarsskifte, arsskifte, forandring, start, avslut, kris, manuell"
        ),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help=t("varför", "why"))] = "",
    url: Annotated[
        str | None,
        typer.Option("--url", help=t("en enda sida, utan arkiv", "one page, no archive")),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", help=t("filens namn", "the file's name"))
    ] = None,
) -> None:
    """Each channel's page as a searchable PDF, with a provenance page first."""
    if url is not None or out is not None:
        single_page(url, out)
        return
    from tasks.model import Occasion

    if occasion is not None and occasion not in list(Occasion):
        raise typer.BadParameter(
            t(f"okänd anledning {occasion}: välj bland ", f"unknown occasion {occasion}: one of ")
            + ", ".join(Occasion)
        )
    run_flow(
        "flows.snapshot",
        "snapshot",
        channels=channel,
        as_of=moment(as_of),
        occasion=occasion,
        reason=reason,
    )


def single_page(url: str | None, out: str | None) -> None:
    """``--url URL --out FILE``: one page, without register or archive."""
    if not url or not out:
        raise typer.BadParameter(t("--url och --out hör ihop", "--url and --out go together"))
    from flows.snapshot import one_page

    prepared()
    made = one_page(url, out)
    emit(made, [t(f"{out}: {made['pages']} sidor", f"{out}: {made['pages']} pages")])
    leave(DONE if made["whole"] else SHORT)


def facts(channel: Channels = None, as_of: AsOf = None) -> None:
    """Observations to monthly facts."""
    run_flow("flows.monthly_facts", "monthly_facts", channels=channel, as_of=moment(as_of))


def replies(channel: Channels = None, as_of: AsOf = None) -> None:
    """Which threads wait, and which are late."""
    run_flow("flows.replies", "replies", channels=channel, as_of=moment(as_of))


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

    open_house(parameters.get("channels"), writes=False)  # refuse before a server is started
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
    from flows.outcome import Outcome, progress

    progress.on = not (call.quiet or call.json)
    flow: Callable[..., Any] = getattr(importlib.import_module(module), name)
    state = flow(**parameters, return_state=True)
    if inspect.iscoroutine(state):
        state = asyncio.run(state)
    found = state.result(raise_on_failure=False)
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
        "rows": found.rows,
        "failures": {
            k: {"code": e.code, "text": e.text(t("sv", "en"))} for k, e in found.failures.items()
        },
        "shortfalls": found.shortfalls,
    }
    keys = dict.fromkeys(key for row in found.rows for key in row)
    head = [key for key in keys if any(row.get(key) not in {"", None, 0} for row in found.rows)]
    lines = table(head, [[row.get(key, "") for key in head] for row in found.rows])
    emit(document, [*lines, state.message or ""])
    return SHORT if found.failures or found.shortfalls else DONE
