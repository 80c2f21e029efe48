"""Commands around the work: init, check, up, demo."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.out import DONE, SHORT, call, emit, leave, t
from flows.cli.runs import AsOf, moment, prepared

if TYPE_CHECKING:
    from archive_store import Locks


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the tree."""
    app.command(
        "init", help=t("Börja: register, beslut, inställningar och arkiv.", "Start from templates.")
    )(init)
    app.command(
        "check", help=t("Pröva registret mot riktlinjerna.", "The register against the guidelines.")
    )(check)
    app.command(
        "up",
        help=t("Prefects server, scheman och arbetare.", "Prefect server, schedules and worker."),
    )(up)
    app.command(
        "demo", help=t("Allt, på en påhittad kommun.", "All of it, on a made-up municipality.")
    )(demo)


def init(
    folder: Annotated[
        Path, typer.Argument(help=t("ny mapp", "new folder"), metavar=t("MAPP", "FOLDER"))
    ],
    rehearsal: Annotated[
        bool, typer.Option("--rehearsal", help=t("övningsarkiv", "a rehearsal archive"))
    ] = False,
    as_of: AsOf = None,
    lock_years: Annotated[
        int,
        typer.Option(
            "--lock-years",
            help=t(
                "så länge låses det som skrivs en gång (S3 med Object Lock); 0 utan lås",
                "how long what is written once is locked (S3 with Object Lock); 0 for no locks",
            ),
            metavar=t("ÅR", "YEARS"),
        ),
    ] = 0,
    lock_days: Annotated[
        int | None,
        typer.Option(
            "--lock-days",
            help=t(
                "så länge låses en ögonblicksbild som ännu inte är fastställd; annars 365",
                "how long a snapshot is locked that is not confirmed yet; else 365",
            ),
            metavar=t("DAGAR", "DAYS"),
        ),
    ] = None,
) -> None:
    """A register, a decision, settings and an empty archive to start from."""
    import os

    from flows.beginning import begin

    made = begin(
        folder,
        location=call.archive or os.environ.get("KANALARKIV_ARCHIVE"),
        locks=locks_of(lock_days, lock_years),
        rehearsal=rehearsal,
        as_of=moment(as_of),
    )
    emit(
        {"folder": str(folder), "files": made, "rehearsal": rehearsal, "locks": lock_years > 0},
        [
            *(f"  {name}" for name in made),
            *unlocked(made[-1], locks=lock_years > 0),
            t(
                f"Fyll i {folder}/register.toml och beslutet i {folder}/decisions, "
                f"kör sedan kanalarkiv check i {folder}.",
                f"Fill in {folder}/register.toml and the decision in {folder}/decisions, "
                f"then run kanalarkiv check in {folder}.",
            ),
        ],
    )


def unlocked(location: str, *, locks: bool) -> list[str]:
    """What is said where a bucket could lock and was not asked to: it cannot be changed later."""
    from archive_store.places import bucket_at

    if locks or "://" not in location or not bucket_at(location).locks:
        return []
    return [
        t(
            "! Hinken kan låsa, men arkivet är skapat utan lås, och det går inte att ändra. Ska "
            "det som bevaras låsas: ta bort arkivet och kör init med --lock-years.",
            "! The bucket can lock, but the archive was made without locks, which cannot be "
            "changed. If what is kept is to be locked, remove it and run init with --lock-years.",
        )
    ]


def locks_of(days: int | None, years: int) -> "Locks | None":
    """The periods of locking asked for; ``None`` for no locks."""
    from archive_store import Locks

    if years == 0 and days is not None:
        raise typer.BadParameter(
            t(
                "--lock-days hör ihop med --lock-years: ange också hur länge det fastställda låses",
                "--lock-days goes with --lock-years: say too how long what is confirmed is locked",
            )
        )
    days = 365 if days is None else days
    if years < 0 or days < 1:
        raise typer.BadParameter(
            t(
                "--lock-years och --lock-days: minst ett år och en dag, eller 0 år för inga lås",
                "--lock-years and --lock-days: at least a year and a day, or 0 years for no locks",
            )
        )
    if years == 0:
        return None
    return Locks(first=dt.timedelta(days=days), long=dt.timedelta(days=round(365.25 * years)))


def check(
    as_of: AsOf = None,
    attest: Annotated[
        bool,
        typer.Option(
            "--attest", help=t("även det en människa intygar", "also what a person attests")
        ),
    ] = False,
) -> None:
    """The register against the guidelines' clauses; each finding cites its clause."""
    from flows.checking import check_register
    from flows.settings import load_settings

    settings = load_settings(
        archive=call.archive, register=call.register, decision=call.decision, lang=call.lang
    )
    now = moment(as_of) or dt.datetime.now(dt.UTC)
    findings = check_register(settings, now=now, attest=attest)
    lang = t("sv", "en")
    marks = {"error": "✗", "warning": "!", "hint": "·"}
    rows = [
        {
            "code": f.code,
            "level": f.level.value,
            "where": f.where,
            "text": f.text.in_(lang),
            "clause": f.clause.in_(lang) if f.clause else "",
        }
        for f in findings
    ]
    errors = sum(row["level"] == "error" for row in rows)
    warnings = sum(row["level"] == "warning" for row in rows)
    lines = []
    for row in rows:
        lines.append(f"{marks[row['level']]} {row['code']} {row['where']}: {row['text']}")
        if row["clause"] and row["level"] != "hint":
            lines.append(f"      {row['code']}: {row['clause']}")
    lines.append(
        t(
            f"{errors} fel, {warnings} varningar, {len(rows) - errors - warnings} upplysningar",
            f"{errors} errors, {warnings} warnings, {len(rows) - errors - warnings} hints",
        )
    )
    emit({"findings": rows, "errors": errors, "warnings": warnings}, lines)
    leave(SHORT if errors else DONE)


def up(
    port: Annotated[
        int | None, typer.Option("--port", help=t("port för Prefect", "Prefect's port"))
    ] = None,
) -> None:
    """Serve until Ctrl-C."""
    settings = prepared(port=port)
    from flows.house import open_house
    from flows.trusted_time import authority_of
    from flows.up import up as serve_all

    open_house(writes=False)  # refuse before a server is started
    authority_of(settings)  # the same
    serve_all(settings)


def demo(
    once: Annotated[
        bool, typer.Option("--once", help=t("sluta efter jobbet", "stop after the job"))
    ] = False,
    folder: Annotated[
        Path, typer.Option("--folder", help=t("här läggs allt", "everything goes here"))
    ] = Path("demo"),
) -> None:
    """The whole way on Sjöviks kommun, which does not exist."""
    from flows.demo import demo as play

    leave(play(folder, once=once))
