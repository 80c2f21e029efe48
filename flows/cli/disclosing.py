"""Commands of a request for a public record: disclose, its list, and its closing."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.out import DONE, SHORT, call, emit, leave, t, table
from flows.cli.runs import AsOf, moment, prepared

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from flows.disclosing import Disclosed
    from flows.house import House
    from tasks.disclosure import Request

By = Annotated[
    str,
    typer.Option("--by", help=t("handläggarens id", "the officer's id"), metavar="ID"),
]


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the tree."""
    tree = typer.Typer(rich_markup_mode=None)
    tree.callback(
        invoke_without_command=True,
        help=t(
            "Begäran om allmän handling: sök, stoppa gallring, se efter i kanalen och skriv ett "
            "underlag. Vem som frågar behöver ingen veta.",
            "A request for a public record: search, hold, look on the channel, write a pack.",
        ),
    )(disclose)
    tree.command(
        "close",
        help=t("Avsluta en begäran och häv dess stopp.", "Close a request, lift its holds."),
    )(close)
    tree.command("list", help=t("Begäranden som inte är glömda.", "Requests not yet forgotten."))(
        list_
    )
    app.add_typer(tree, name="disclose")


def disclose(
    ctx: typer.Context,
    query: Annotated[
        list[str] | None,
        typer.Option(
            "--query",
            help=t(
                "sökfras som till find; kan upprepas, en räcker. - läser en fras per rad från "
                "standard in, så att den inte syns i skalets historik",
                "a phrase as find takes it; repeat, any is enough. - reads one a line from "
                "standard input",
            ),
            metavar="TEXT",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            help=t("ny mapp för underlaget", "new folder"),
            metavar=t("MAPP", "FOLDER"),
        ),
    ] = None,
    channel: Annotated[
        list[str] | None,
        typer.Option("--channel", help=t("bara denna kanal (kan upprepas)", "only this channel")),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help=t("från dag", "from day"), metavar=t("DAG", "DAY"))
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help=t("till dag", "to day"), metavar=t("DAG", "DAY"))
    ] = None,
    purpose: Annotated[
        str,
        typer.Option(
            "--purpose",
            help=t("record, eller art15: registerutdrag", "record, or art15: a person's access"),
        ),
    ] = "record",
    mask_words: Annotated[
        Path | None,
        typer.Option(
            "--mask-words",
            help=t("fil med ord att maska i kopior, ett per rad", "words to mask, one a line"),
            metavar=t("FIL", "FILE"),
        ),
    ] = None,
    provision: Annotated[
        str,
        typer.Option(
            "--provision",
            help=t(
                'bestämmelsen som kräver det, "OSL 25 kap. 1 §"', "the provision that demands it"
            ),
            metavar="TEXT",
        ),
    ] = "",
    request: Annotated[
        str,
        typer.Option(
            "--request", help=t("öppen begäran att söka på nytt", "an open request"), metavar="ID"
        ),
    ] = "",
    by: By = "disclose",
    as_of: AsOf = None,
) -> None:
    """Search for what a request asks for and write a pack for the officer who answers it."""
    if ctx.invoked_subcommand is not None:
        return
    if out is None or bool(query) == bool(request):
        raise typer.BadParameter(
            t(
                "ange -o MAPP och antingen --query TEXT eller --request ID",
                "give -o DIR and either --query TEXT or --request ID",
            )
        )
    house = _house(channel, as_of)
    from flows.disclosing import Ask, disclose, masking_of

    masking = masking_of(mask_words, provision)
    ask = None
    if query:
        ask = Ask(
            phrases=_phrases(query),
            channels=tuple(channel or ()),
            first=_day(since, "--from"),
            last=_day(until, "--to"),
            purpose=purpose,
            by=by,
        )
    with _blocks(house, channel or ()):
        done = disclose(
            house,
            ask,
            out,
            request_id=request,
            masking=masking,
            on_recorded=_recorded,
            on_progress=_progress,
        )
    _tell(done, out)


def close(
    request: Annotated[str, typer.Argument(help=t("begärans id", "the request's id"))],
    outcome: Annotated[str, typer.Option("--outcome", help="disclosed, partly, refused, nothing")],
    by: By = "disclose",
    as_of: AsOf = None,
) -> None:
    """What was asked for is forgotten, and what was held may be judged again."""
    house = _house(None, as_of)
    from flows.disclosing import close as close_request

    closed = close_request(house, request, outcome=outcome, by=by)
    emit(
        _row(closed),
        [
            t(
                f"{closed.id} är avslutad och gallringsstoppet hävt. Ta bort mappen med underlaget "
                "när tiden för överklagande är ute.",
                f"{closed.id} is closed and its holds are lifted. Delete the pack's folder when "
                "the time for an appeal is over.",
            )
        ],
    )


def list_() -> None:
    """Requests by id, with their state and when they are forgotten; never what was searched for."""
    house = _house(None, None, writes=False)
    from tasks.disclosure.request import every

    rows = [_row(found) for found in every(house.archive)]
    lines = table(
        (
            "id",
            t("slag", "purpose"),
            t("mottagen", "received"),
            t("utfall", "outcome"),
            t("handlingar", "documents"),
            t("glöms", "forgotten"),
        ),
        [
            (
                row["request"],
                row["purpose"],
                f"{row['received']:%Y-%m-%d}",
                row["outcome"] or t("öppen", "open"),
                sum(row["counts"].get(key, 0) for key in ("threads", "snapshots")),
                row["forget"],
            )
            for row in rows
        ],
    )
    emit({"requests": rows}, lines or [t("inga begäranden", "no requests")])


def _tell(done: "Disclosed", out: Path) -> None:
    counts = done.packed.counts
    threads, snapshots, closed = (counts[key] for key in ("threads", "snapshots", "closed"))
    lines = [
        t(
            f"begäran {done.request.id}: trådar {threads}, ögonblicksbilder {snapshots}, "
            f"avskilda {closed}; underlag i {out}",
            f"request {done.request.id}: threads {threads}, snapshots {snapshots}, "
            f"restricted {closed}; pack in {out}",
        )
    ]
    lines += [
        t(
            f"✗ {channel} gick inte att se efter i ({code}): svara inte ”gallrat” förrän det är "
            "gjort",
            f"✗ {channel} could not be looked at ({code}): do not answer that it was culled",
        )
        for channel, code in done.blind.items()
    ]
    document = {
        **_row(done.request),
        "held": done.held,
        "blind": done.blind,
        "folder": str(out),
    }
    emit(document, lines)
    leave(SHORT if counts["blind"] else DONE)


def _row(request: "Request") -> dict[str, Any]:
    return {
        "request": request.id,
        "purpose": request.purpose,
        "received": request.received,
        "outcome": request.outcome,
        "counts": request.counts,
        "pack": request.pack,
        "forget": request.forget,
    }


def _phrases(given: list[str]) -> tuple[str, ...]:
    if given == ["-"]:
        given = [line for line in sys.stdin.read().splitlines() if line.strip()]
    return tuple(given) or ("",)


def _day(text: str | None, option: str) -> "dt.date | None":
    import datetime as dt

    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            t(f"{option}: skriv dagen som 2026-03-01", f"{option}: write the day as 2026-03-01")
        ) from None


def _house(channels: list[str] | None, as_of: str | None, *, writes: bool = True) -> "House":
    prepared()
    from flows.house import open_house

    return open_house(channels, moment(as_of), writes=writes)


def _blocks(house: "House", channels: "Sequence[str]") -> Any:
    """A Prefect API for the time of the block, where a channel's token lies in a Secret block."""
    import contextlib
    import os

    from flows.disclosing import looked_at
    from flows.prefect_server import prefect_api

    names = {one.secret for one in looked_at(house, channels) if one.secret}
    given = {name.upper().replace("-", "_") for name in names}
    needed = not all(f"KANALARKIV_SECRET_{name}" in os.environ for name in given)
    return prefect_api(house.settings) if needed else contextlib.nullcontext()


def _recorded(request_id: str) -> None:
    if not call.quiet and not call.json:
        sys.stderr.write(
            t(f"begäran {request_id} är noterad\n", f"request {request_id} is recorded\n")
        )


def _progress(done: int, of: int) -> None:
    if of and sys.stderr.isatty() and not call.quiet:
        end = "\n" if done == of else ""
        sys.stderr.write(t(f"\rhandling {done} av {of}", f"\rdocument {done} of {of}") + end)
        sys.stderr.flush()
