"""Commands by which people decide on snapshots: confirm, withdraw, and crises."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.culling import ground
from flows.cli.out import call, emit, t, table
from flows.cli.runs import AsOf, Channels, moment, prepared, run_flow

if TYPE_CHECKING:
    from flows.crisis import Period

Person = Annotated[
    str, typer.Option("--by", help=t("id i registret", "id in the register"), metavar="ID")
]
Name = Annotated[
    str, typer.Argument(help=t("nyckel ur list", "a key from list"), metavar=t("BILD", "SNAPSHOT"))
]


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the tree."""
    app.command("confirm", help=t("Fastställ en ögonblicksbild.", "Confirm a snapshot."))(confirm)
    app.command(
        "withdraw",
        help=t("Ersätt en bild med en maskad kopia, efter beslut.", "Withdraw by a decision."),
    )(withdraw)
    crisis = typer.Typer(
        rich_markup_mode=None,
        help=t("Kriskommunikation: bilder varje dag.", "Crises: snapshots every day."),
    )
    crisis.command("start", help=t("Börja ett krisläge.", "Begin a crisis."))(crisis_start)
    crisis.command("stop", help=t("Avsluta ett krisläge.", "End a crisis."))(crisis_stop)
    crisis.command("list", help=t("Krislägen i arkivet.", "Crises in the archive."))(crisis_list)
    app.add_typer(crisis, name="crisis")


def confirm(name: Name, by: Person, as_of: AsOf = None) -> None:
    """As one of the channel's administrators; the snapshot is final from now on."""
    from flows.confirming import confirm as make_final

    house = ground(None, as_of, writes=True)
    entry = make_final(house, name, by=by)
    key = entry.facts["package"]
    emit(
        {"snapshot": key, "state": "confirmed", "by": entry.actor},
        [t(f"{key} är fastställd", f"{key} is confirmed")],
    )


def withdraw(
    name: Name,
    decision: Annotated[
        str,
        typer.Option("--decision", help=t("beslutets dnr", "the decision's number"), metavar="DNR"),
    ],
    copy: Annotated[
        Path | None,
        typer.Option("--copy", help=t("en maskad PDF", "a masked PDF"), metavar=t("FIL", "FILE")),
    ] = None,
    mask: Annotated[
        list[str] | None,
        typer.Option(
            "--mask",
            help=t("ställe att maska, i punkter (upprepa)", "place to mask, in points (repeat)"),
            metavar=t("SIDA:x,y,b,h", "PAGE:x,y,w,h"),
        ),
    ] = None,
    mask_words: Annotated[
        Path | None,
        typer.Option(
            "--mask-words",
            help=t("fil med ord att maska, ett per rad", "file of words to mask, one a line"),
            metavar=t("FIL", "FILE"),
        ),
    ] = None,
    provision: Annotated[
        str,
        typer.Option("--provision", help=t("bestämmelse som anges", "the provision to be named")),
    ] = "",
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            help=t("id i registret, annars informationsenheten", "id, else the information unit"),
            metavar="ID",
        ),
    ] = None,
    as_of: AsOf = None,
) -> None:
    """The masked copy stands in the snapshot's place, and the original is destroyed."""
    from flows.confirming import withdraw as take_away
    from flows.confirming import withdrawn_before
    from flows.incoming import file_bytes
    from flows.masking import masked_copy, place_of, words_in

    if (copy is None) == (not mask and mask_words is None):
        raise typer.BadParameter(
            t(
                "ange en maskad kopia med --copy, eller vad som maskas med --mask, --mask-words",
                "give a masked copy by --copy, or what is to be masked by --mask, --mask-words",
            )
        )
    house = ground(None, as_of, writes=True)
    entry = withdrawn_before(house, name)
    if entry is None:
        data, told = (
            (file_bytes(copy), {})
            if copy is not None
            else masked_copy(
                house,
                name,
                places=[place_of(text) for text in mask or ()],
                words=words_in(mask_words) if mask_words else (),
                provision=provision or t(f"beslut {decision}", f"decision {decision}"),
            )
        )
        person = by or house.register.organisation.information_unit
        entry = take_away(house, name, copy=data, decision=decision, by=person, masked=told)
    [made], [gone] = entry.added, entry.retired
    emit(
        {"withdrawn": gone, "copy": made.key, "decision": entry.facts["decision"]},
        [
            t(
                f"{gone} är återkallad och förstörd; {made.base}.pdf står i dess ställe",
                f"{gone} is withdrawn and destroyed; {made.base}.pdf stands in its place",
            )
        ],
    )


def crisis_start(by: Person, channel: Channels = None, as_of: AsOf = None) -> None:
    """From now on the channels are documented daily, until the crisis is ended."""
    from flows import crisis
    from flows.house import open_house

    prepared()
    period = crisis.start(open_house(channel, moment(as_of)), by=by)
    _take_for(period, as_of, t(f"krisläget {period.id} har börjat", f"{period.id} has begun"))


def crisis_stop(
    by: Person,
    period: Annotated[
        str | None,
        typer.Argument(help=t("krislägets id", "the crisis's id"), metavar=t("KRIS", "CRISIS")),
    ] = None,
    as_of: AsOf = None,
) -> None:
    """A last snapshot of each of its channels, and no more after that."""
    from flows import crisis
    from flows.house import open_house

    prepared()
    ended = crisis.stop(open_house(None, moment(as_of)), period, by=by)
    _take_for(ended, as_of, t(f"krisläget {ended.id} är avslutat", f"{ended.id} has ended"))


def crisis_list() -> None:
    """Every period with its channels."""
    from flows.crisis import periods

    rows = [_period(found) for found in periods(ground().archive)]
    lines = table(
        ("id", t("från", "from"), t("till", "until"), t("kanaler", "channels")),
        [(r["id"], r["began"], r["ended"] or "", ", ".join(r["channels"])) for r in rows],
    )
    emit({"crises": rows}, lines or [t("inga krislägen", "no crises")])


def _take_for(period: "Period", as_of: str | None, text: str) -> None:
    """Say what was decided, then take its snapshots; the daily run takes what fails now."""
    if not (call.quiet or call.json):
        emit(None, [text])
    run_flow(
        "flows.snapshot",
        "snapshot",
        channels=list(period.channels),
        as_of=moment(as_of),
        occasion="kris",
    )


def _period(found: "Period") -> dict[str, Any]:
    return {
        "id": found.id,
        "channels": list(found.channels),
        "began": found.began.isoformat(),
        "ended": found.ended and found.ended.isoformat(),
    }
