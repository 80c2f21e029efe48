"""``kanalarkiv doctor``: what the archive's store can and cannot do, seen by trial."""

from typing import TYPE_CHECKING, Any

import typer

from flows.cli.out import DONE, SHORT, call, emit, leave, t

if TYPE_CHECKING:
    from archive_store.doctor import Report, Row

INDENT = "    "


def add_to(app: typer.Typer) -> None:
    """Hang the command on the tree."""
    app.command(
        "doctor",
        help=t("Pröva arkivets lager: vad det kan.", "Try the archive's store: what it can do."),
    )(doctor)


def doctor() -> None:
    """Try everything that the archive relies on, on the store itself; nothing is left behind."""
    from pathlib import Path

    from archive_store.doctor import examine, examine_time
    from archive_store.places import bucket_at
    from flows.settings import load_settings

    settings = load_settings(archive=call.archive)
    bucket = bucket_at(settings.archive)
    live = not call.json
    if live:
        emit(None, [t(f"Prövar {bucket}", f"Trying {bucket}"), ""])
    report = examine(bucket, told=_say if live else None)
    time = examine_time(settings.tsa_url, Path(settings.tsa_ca) if settings.tsa_ca else None)
    if live and time:
        _say(time)
    emit(_document(report, time), ["", *_conclusion(report), *_of_time(time)])
    leave(DONE if report.ok and not (time and time.fails) else SHORT)


def _say(row: "Row") -> None:
    """A row as soon as it is known: the table is its own progress."""
    if row.ok != "not-tried" and (not call.quiet or row.fails):
        emit(None, _lines(row))


def _lines(row: "Row") -> list[str]:
    import textwrap

    lang = t("sv", "en")
    lines = [f"{_mark(row)} {row.asks.in_(lang):<70} {row.seen.in_(lang)}".rstrip()]
    if row.ok != "yes" and row.advice.in_(lang):
        advice = f"{row.code} ({_weight(row)}): {row.advice.in_(lang)}"
        lines += textwrap.wrap(advice, 96, initial_indent=INDENT, subsequent_indent=INDENT)
    return lines


def _mark(row: "Row") -> str:
    if row.fails:
        return "✗"
    return {"yes": "✓", "no": "!", "cannot-tell": "?"}[row.ok]


def _weight(row: "Row") -> str:
    return {
        "required": t("krävs", "required"),
        "promised": t("utlovas", "promised"),
        "useful": t("bra att ha", "useful"),
    }[row.needed]


def _conclusion(report: "Report") -> list[str]:
    passed = sum(row.ok == "yes" for row in report.rows)
    left = sum(row.ok == "not-tried" for row in report.rows)
    total = f"{len(report.rows)}" + (
        t(f" ({left} prövades inte)", f" ({left} not tried)") if left else ""
    )
    failed = ", ".join(row.code for row in report.failed)
    if failed:
        return [
            t(
                f"{passed} av {total} ja. Lagret duger inte för ett arkiv: {failed}.",
                f"{passed} of {total} yes. The store is not fit for an archive: {failed}.",
            )
        ]
    return [
        t(
            f"{passed} av {total} ja. Lagret duger för ett arkiv.",
            f"{passed} of {total} yes. The store is fit for an archive.",
        ),
        t("Lås mot förstöring kan utlovas.", "Locks against destruction can be promised.")
        if report.locks
        else t(
            "Lås mot förstöring kan inte utlovas.",
            "Locks against destruction cannot be promised.",
        ),
    ]


def _of_time(row: "Row | None") -> list[str]:
    """The settings of trusted time, concluded apart from the store."""
    if row is None or not row.fails:
        return []
    return [t("Tidsstämplar kommer inte: se ovan.", "Tokens of trusted time will not come.")]


def _document(report: "Report", time: "Row | None") -> dict[str, Any]:
    lang = t("sv", "en")
    return {
        "place": report.place,
        "ok": report.ok and not (time and time.fails),
        "locks": report.locks,
        "rows": [
            {
                "code": row.code,
                "asks": row.asks.in_(lang),
                "ok": row.ok.value,
                "needed": row.needed.value,
                "seen": row.seen.in_(lang),
                "advice": "" if row.ok == "yes" else row.advice.in_(lang),
            }
            for row in (*report.rows, *([time] if time else []))
        ],
    }
