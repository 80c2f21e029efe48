"""Commands of culling: lists, propose, show, approve, carry out, and what follows; answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.out import emit, t, table
from flows.cli.runs import AsOf, Channels, moment, prepared, run_flow

if TYPE_CHECKING:
    from flows.house import House
    from tasks.culling.showing import Shown

SHOWN = 160

By = Annotated[
    str, typer.Option("--by", help=t("id i beslutet", "id in the decision"), metavar="ID")
]
ListId = Annotated[
    str, typer.Argument(help=t("listans id", "the list's id"), metavar=t("LISTA", "LIST"))
]


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the tree."""
    cull = typer.Typer(
        rich_markup_mode=None,
        help=t("Gallring: föreslå, visa, godkänn, verkställ.", "Culling, step by step."),
    )
    cull.command("propose", help=t("Frys listor över det som får gallras.", "Freeze lists."))(
        propose
    )
    cull.command("lists", help=t("Listor som väntar.", "Lists that wait."))(lists)
    cull.command(
        "show",
        help=t(
            "Visa en lista med trådarnas ord, eller varför en tråd får eller inte får gallras.",
            "A list with its words, or why a thread may or may not go.",
        ),
    )(show)
    cull.command("approve", help=t("Godkänn en lista.", "Approve a list."))(approve)
    cull.command("carry-out", help=t("Verkställ en lista.", "Carry out a list."))(carry_out)
    cull.command(
        "assess",
        help=t("Frågor som väntat i trettio dagar.", "Questions open for thirty days."),
    )(assess)
    cull.command(
        "follow-up",
        help=t(
            "Efterarbetet: tillägg, handlingar att registrera, omprövning, rensning.",
            "What follows: supplements, documents for the diary, reviews, weeding.",
        ),
    )(follow_up)
    cull.command("summary", help=t("Sammanställ ett års gallring.", "Sum up a year."))(summary)
    app.add_typer(cull, name="cull")
    app.command(
        "answer", help=t("Ange hur en fråga har besvarats.", "Say how a question was dealt with.")
    )(answer)


def propose(
    by: Annotated[str, typer.Option("--by", help=t("id i beslutet", "id in the decision"))] = "",
    as_of: AsOf = None,
) -> None:
    """Freeze a list for each board."""
    run_flow("flows.cull", "cull_propose", by=by, as_of=moment(as_of))


def lists() -> None:
    """Lists that wait for approval or for being carried out."""
    house = ground()
    from tasks.culling.lists import read_approval, read_list, waiting

    rows = []
    for list_id in waiting(house.archive):
        found = read_list(house.archive, list_id)
        given = read_approval(house.archive, list_id)
        rows.append(
            {
                "list": found.id,
                "board": found.board,
                "rows": len(found.rows),
                "proposed_by": found.by,
                "expires": found.expires,
                "approved_by": given.by if given else None,
            }
        )
    lines = table(
        (
            t("lista", "list"),
            t("rader", "rows"),
            t("föreslagen av", "by"),
            t("godkänd av", "approved"),
        ),
        [(r["list"], r["rows"], r["proposed_by"], r["approved_by"]) for r in rows],
    )
    emit({"lists": rows}, lines or [t("inga listor väntar", "no lists wait")])


def show(
    list_id: Annotated[
        str,
        typer.Argument(
            help=t("listans id, eller KANAL/ID för en tråd", "the list's id, or CHANNEL/ID"),
            metavar=t("LISTA|TRÅD", "LIST|THREAD"),
        ),
    ],
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            help=t("skriv listan som en sida hit", "write the list as a page here"),
            metavar=t("FIL", "FILE"),
        ),
    ] = None,
    as_of: AsOf = None,
) -> None:
    """A list's rows with the words of its threads, read from the archive for this person alone."""
    house = ground(None, as_of)
    if html is not None:
        from flows.list_pages import write_list_page

        key = write_list_page(house, list_id, html)
        emit(key, [str(html)])
        return
    if "/" in list_id:
        from flows.cli.judging import show_thread

        show_thread(house, list_id)
        return
    from tasks.culling import show as show_list

    shown = sorted(show_list(house.archive, list_id), key=lambda s: (not s.row.flags, s.row.number))
    emit(
        {"list": list_id, "rows": [_row(found) for found in shown]},
        [line for found in shown for line in _told(found)],
    )


def _row(found: "Shown") -> dict[str, Any]:
    row, thread = found.row, found.thread
    posts = thread.posts if thread else ()
    return {
        "row": row.number,
        "channel": row.channel,
        "day": row.day.isoformat(),
        "thread": row.thread,
        "rule": row.rule,
        "why": row.why,
        "keep": row.keep,
        "due": row.due,
        "flags": list(row.flags),
        "permalink": thread.permalink if thread else "",
        "posts": [
            {
                "id": post.id,
                "own": post.own,
                "published": post.published,
                "visibility": post.visibility.value,
                "author": post.words.author_name,
                "title": post.words.title,
                "text": post.words.text,
            }
            for post in posts
        ],
    }


def _told(found: "Shown") -> list[str]:
    from tasks.culling.lists import FLAGS

    row = _row(found)
    flags = ", ".join(FLAGS[flag].in_(t("sv", "en")) for flag in row["flags"])
    head = f"{row['row']:>3}  {row['channel']}  {row['day']}"
    lines = ["", head + (f"  ! {flags}" if flags else "")]
    for post in row["posts"]:
        said = " ".join(f"{post['title']} {post['text']}".split())
        short = said if len(said) <= SHOWN else said[: SHOWN - 1] + "…"
        lines.append(f"     {'' if post['own'] else '↳ '}{post['author']}: {short}")
    return lines


def approve(
    list_id: ListId,
    by: By,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            "--keep",
            help=t("rad att behålla, 3:unique", "row to keep, 3:unique"),
            metavar=t("RAD:SKÄL", "ROW:REASON"),
        ),
    ] = None,
    as_of: AsOf = None,
) -> None:
    """Approve as a person whom the decision names, and who did not propose."""
    run_flow("flows.cull", "cull_approve", list_id=list_id, by=by, keep=keep, as_of=moment(as_of))


def carry_out(list_id: ListId, as_of: AsOf = None) -> None:
    """Destroy what is approved and still eligible, and write the certificate."""
    run_flow("flows.cull", "cull_carry_out", list_id=list_id, as_of=moment(as_of))


def assess(channel: Channels = None, as_of: AsOf = None) -> None:
    """Threads whose question nobody has closed for thirty days: a person judges them."""
    prepared()
    from flows.house import open_house
    from tasks.culling.backlog import to_assess

    house = open_house(channel, moment(as_of), writes=False)
    found = [
        each for known in house.channels for each in to_assess(house.archive, known.id, house.now)
    ]
    rows = [
        {
            "channel": each.thread.channel,
            "thread": each.thread.id,
            "day": each.thread.day.isoformat(),
            "asked": each.asked,
            "waiting": each.waiting,
            "permalink": each.thread.permalink,
        }
        for each in found
    ]
    lines = table(
        (t("tråd", "thread"), t("fråga", "asked"), t("antal", "open"), t("adress", "address")),
        [
            (
                f"{r['channel']}/{r['thread']}",
                f"{r['asked']:%Y-%m-%d}",
                r["waiting"],
                r["permalink"],
            )
            for r in rows
        ],
    )
    emit({"to_assess": rows}, lines or [t("inget att bedöma", "nothing to assess")])


def follow_up(as_of: AsOf = None) -> None:
    """Supplements, documents for the diary, what is to be reviewed, what is to be forgotten."""
    run_flow("flows.following_up", "cull_follow_up", as_of=moment(as_of))


def summary(
    year: Annotated[
        int | None, typer.Option("--year", help=t("år, annars förra året", "year, else last year"))
    ] = None,
    as_of: AsOf = None,
) -> None:
    """A year's culling for each board, as PDF and JSON."""
    run_flow("flows.following_up", "cull_summary", year=year, as_of=moment(as_of))


def answer(
    post: Annotated[
        str, typer.Argument(help=t("kommentarens id", "the comment's id"), metavar="ID")
    ],
    how: Annotated[str, typer.Option("--as", help="here, elsewhere, not-needed, case")],
    by: By,
    channel: Annotated[str, typer.Option("--channel", help=t("kanalens id", "the channel's id"))],
    as_of: AsOf = None,
) -> None:
    """Close a question that was not answered by a comment in its thread."""
    house = ground(channel, as_of, writes=True)
    from tasks.culling import answer as close
    from tasks.model import Outcome

    if how not in list(Outcome):
        raise typer.BadParameter(
            t(f"--as {how}: välj ", f"--as {how}: one of ") + ", ".join(Outcome)
        )
    close(house.archive, channel, post, outcome=Outcome(how), by=by, now=house.now)
    emit(
        {"post": post, "channel": channel, "outcome": how},
        [t(f"{post}: {how} noterat", f"{post}: {how} noted")],
    )


def ground(
    channel: str | None = None, as_of: str | None = None, *, writes: bool = False
) -> "House":
    """Archive, register and time, for a command that needs no Prefect."""
    prepared()
    from flows.house import open_house

    return open_house([channel] if channel else None, moment(as_of), writes=writes)
