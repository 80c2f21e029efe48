"""Commands of holds (undantag från gallring): what must stay although its time has come."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.culling import By, ground
from flows.cli.out import emit, t, table
from flows.cli.runs import AsOf

if TYPE_CHECKING:
    from flows.house import House


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the tree."""
    hold = typer.Typer(
        rich_markup_mode=None, help=t("Undantag från gallring.", "Holds against culling.")
    )
    hold.command("add", help=t("Stoppa gallring av en tråd eller kanal.", "Lay a hold."))(hold_add)
    hold.command("release", help=t("Häv ett undantag.", "Release a hold."))(hold_release)
    hold.command("list", help=t("Gällande undantag.", "Holds in force."))(hold_list)
    app.add_typer(hold, name="hold")
    app.command(
        "review",
        help=t("Ompröva en bevarad tråd.", "Ask anew whether a thread is to be kept."),
    )(review)


def hold_add(
    channel: Annotated[str, typer.Option("--channel", help=t("kanalens id", "the channel's id"))],
    by: By,
    reason: Annotated[
        str, typer.Option("--reason", help="request, appeal, audit, police, supervision")
    ],
    review: Annotated[
        str,
        typer.Option(
            "--review", help=t("dag då det prövas igen", "day of review"), metavar=t("DAG", "DAY")
        ),
    ],
    role: Annotated[
        str,
        typer.Option("--role", help=t("rollen som svarar för det", "the role that answers for it")),
    ] = "",
    thread: Annotated[
        str | None, typer.Option("--thread", help=t("trådens id, annars hela kanalen", "thread id"))
    ] = None,
    as_of: AsOf = None,
) -> None:
    """From this moment nothing of the thread or channel is culled."""
    house = ground(channel, as_of, writes=True)
    from tasks.culling import holds

    day = _day(review, "--review")
    laid = holds.add(
        house.archive,
        channel=channel,
        thread=thread,
        reason=reason,
        by=by,
        now=house.now,
        review=day,
        role=role,
    )
    emit(_hold(laid), [t(f"undantag {laid.id} gäller", f"hold {laid.id} is in force")])


def hold_release(
    hold_id: Annotated[str, typer.Argument(metavar="ID")], by: By, as_of: AsOf = None
) -> None:
    """What was held may be judged again."""
    house = ground(None, as_of, writes=True)
    from tasks.culling import holds

    holds.release(house.archive, hold_id, by=by, now=house.now)
    emit({"hold": hold_id, "released": True}, [t(f"{hold_id} är hävt", f"{hold_id} is released")])


def hold_list(
    channel: Annotated[
        str | None, typer.Option("--channel", help=t("kanalens id", "the channel's id"))
    ] = None,
) -> None:
    """Holds in force, with the day on which each is to be reviewed."""
    house = ground()
    from tasks.culling import holds

    rows = [_hold(found) for found in holds.active(house.archive, channel)]
    lines = table(
        (
            "id",
            t("kanal", "channel"),
            t("tråd", "thread"),
            t("orsak", "reason"),
            t("roll", "role"),
            t("prövas", "review"),
        ),
        [(r["hold"], r["channel"], r["thread"], r["reason"], r["role"], r["review"]) for r in rows],
    )
    emit({"holds": rows}, lines or [t("inga undantag gäller", "no holds")])


def review(
    key: Annotated[
        str | None,
        typer.Argument(
            help=t("tråden i kept/; utan den visas listan", "the thread in kept/; else the list"),
            metavar=t("NYCKEL", "KEY"),
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", help=t("bevara till denna dag", "keep until"), metavar=t("DAG", "DAY")
        ),
    ] = None,
    end: Annotated[
        bool,
        typer.Option("--end", help=t("bevara inte längre", "keep no longer")),
    ] = False,
    by: Annotated[str | None, typer.Option("--by", help=t("id", "id"), metavar="ID")] = None,
    as_of: AsOf = None,
) -> None:
    """Keep on until another day, or let the thread go the way of every other."""
    if key is None:
        _reviews(ground(None, as_of))
        return
    if by is None or (until is None) is not end:
        raise typer.BadParameter(
            t(
                "ange --by ID och antingen --until DAG eller --end",
                "give --by, and --until or --end",
            )
        )
    house = ground(None, as_of, writes=True)
    from flows.circumstances import require_judge
    from flows.classifying import decision_of
    from tasks.culling.reviewing import channel_of, give_back, prolong

    require_judge(house, decision_of(house, channel_of(house.archive, key)), by)
    if until is None:
        give_back(house.archive, key, by=by, now=house.now)
        emit({"key": key, "ended": True}, [t(f"{key}: bevaras inte längre", f"{key}: ended")])
        return
    prolong(house.archive, key, until=_day(until, "--until"), by=by, now=house.now)
    emit({"key": key, "until": until}, [t(f"{key}: bevaras till {until}", f"{key}: until {until}")])


def _reviews(house: "House") -> None:
    from tasks.culling.backlog import reviews_due

    due = reviews_due(house.archive, house.now)
    lines = [*due["kept"], *(t(f"undantag {each}", f"hold {each}") for each in due["holds"])]
    emit(due, lines or [t("inget att ompröva", "nothing to review")])


def _day(text: str, option: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            t(f"{option} {text}: skriv 2026-03-01", f"{option} {text}: write 2026-03-01")
        ) from None


def _hold(found: Any) -> dict[str, Any]:
    return {
        "hold": found.id,
        "channel": found.channel,
        "thread": found.thread,
        "reason": found.reason,
        "by": found.by,
        "role": found.role,
        "since": found.at,
        "review": found.review.isoformat(),
    }
