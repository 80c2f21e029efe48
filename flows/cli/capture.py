"""Commands that take or bring captures: snapshot, secure, ingest; and login."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.culling import ground
from flows.cli.out import DONE, SHORT, call, emit, leave, t
from flows.cli.runs import AsOf, Channels, moment, prepared, run_flow

if TYPE_CHECKING:
    from tasks.model import Occasion

Reason = Annotated[str, typer.Option("--reason", help=t("varför", "why"))]
Channel = Annotated[str, typer.Option("--channel", help=t("kanalens id", "the channel's id"))]
Alt = Annotated[
    str, typer.Option("--alt", help=t("vad bilden visar, i ord", "what the picture shows"))
]


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the tree."""
    app.command("snapshot", help=t("Ta ögonblicksbilder som PDF.", "Take snapshots as PDF."))(
        snapshot
    )
    app.command(
        "secure", help=t("Säkra ett inlägg innan något döljs.", "Secure a post before hiding.")
    )(secure)
    app.command("login", help=t("Logga in på en kanal i en webbläsare.", "Log in to a channel."))(
        login
    )
    app.command(
        "ingest", help=t("Lägg in en skärmdump eller export.", "Take in a screenshot or export.")
    )(ingest)


def snapshot(
    channel: Channels = None,
    as_of: AsOf = None,
    occasion: Annotated[
        str | None,
        typer.Option(
            "--occasion", help="halvarsskifte, arsskifte, forandring, start, avslut, kris, manuell"
        ),
    ] = None,
    reason: Reason = "",
    url: Annotated[
        str | None,
        typer.Option("--url", help=t("en enda sida, utan arkiv", "one page, no archive")),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", help=t("filens namn", "the file's name"))
    ] = None,
    pdfa: Annotated[
        str | None,
        typer.Option(
            "--pdfa",
            help=t("3 (annars), eller 1 för leverans", "3 (default), or 1 for deliveries"),
            metavar="1|3",
        ),
    ] = None,
) -> None:
    """Each channel's page as a searchable PDF, with a provenance page first."""
    if url is not None or out is not None:
        single_page(url, out, pdfa or "3")
        return
    if pdfa is not None:
        raise typer.BadParameter(t("--pdfa hör ihop med --url", "--pdfa goes together with --url"))
    from flows.reasons import spoken

    if occasion is not None:
        occasion_of(occasion)
    with spoken(reason):
        run_flow(
            "flows.snapshot",
            "snapshot",
            channels=channel,
            as_of=moment(as_of),
            occasion=occasion,
        )


def single_page(url: str | None, out: str | None, pdfa: str) -> None:
    """``--url URL --out FILE``: one page, without register or archive."""
    if not url or not out:
        raise typer.BadParameter(t("--url och --out hör ihop", "--url and --out go together"))
    from flows.outcome import progress
    from flows.single_page import LEVELS, one_page

    if pdfa not in LEVELS:
        raise typer.BadParameter(t(f"--pdfa {pdfa}: välj 1 eller 3", f"--pdfa {pdfa}: 1 or 3"))

    prepared()
    progress.on = not (call.quiet or call.json)
    made = one_page(url, out, level=LEVELS[pdfa])
    pages, standard = made["pages"], made["standard"]
    emit(made, [t(f"{out}: {pages} sidor, {standard}", f"{out}: {pages} pages, {standard}")])
    leave(DONE if made["whole"] else SHORT)


def secure(
    what: Annotated[
        str,
        typer.Argument(
            help=t("inläggets adress, eller en skärmdump", "the post's address, or a screenshot"),
            metavar=t("ADRESS|FIL", "URL|FILE"),
        ),
    ],
    channel: Channel,
    reason: Annotated[
        str, typer.Option("--reason", help="bbs, secrecy, personal-data, house-rules, spam")
    ],
    alt: Alt = "",
    as_of: AsOf = None,
) -> None:
    """One post into the restricted zone, before something on it is hidden."""
    from flows.securing import require_own_site, require_reason, secure_file, told
    from flows.securing import secure as secure_page

    require_reason(reason)
    house = ground(channel, as_of, writes=True)
    [chosen] = house.channels
    if "://" not in what:
        entry = secure_file(house, chosen, Path(what), reason, alt)
    else:
        require_own_site(chosen, what)
        with _secrets(needed=bool(chosen.login)):
            entry = secure_page(house, chosen, what, reason)
    found = told(entry)
    text = t(
        f"säkrad: {found['key']} ({found['pages']} sidor, bara för behöriga)",
        f"secured: {found['key']} ({found['pages']} pages, restricted)",
    )
    emit(found, [text])


def ingest(
    file: Annotated[
        Path,
        typer.Argument(
            help=t("bild, PDF, export (zip) eller CSV", "picture, PDF, export (zip) or CSV"),
            metavar=t("FIL", "FILE"),
        ),
    ],
    channel: Channel,
    occasion: Annotated[
        str,
        typer.Option(
            "--occasion", help="halvarsskifte, arsskifte, forandring, start, avslut, kris, manuell"
        ),
    ],
    alt: Alt = "",
    as_of: AsOf = None,
) -> None:
    """A person's own capture or a platform's export, into the archive."""
    from flows.ingesting import ingest as take_in

    house = ground(channel, as_of, writes=True)
    [chosen] = house.channels
    entry = take_in(house, chosen, file, occasion_of(occasion), alt=alt)
    keys = [package.key for package in entry.added]
    emit(
        {"keys": keys, "kind": entry.facts["kind"], "channel": chosen.id},
        [t(f"inlagd: {key}", f"taken in: {key}") for key in keys],
    )


def occasion_of(name: str) -> "Occasion":
    """The occasion of that name."""
    from tasks.model import Occasion

    if name not in list(Occasion):
        raise typer.BadParameter(
            t(f"okänd anledning {name}: välj bland ", f"unknown occasion {name}: one of ")
            + ", ".join(Occasion)
        )
    return Occasion(name)


def login(
    channel: Annotated[
        str,
        typer.Argument(help=t("kanalens id", "the channel's id"), metavar=t("KANAL", "CHANNEL")),
    ],
) -> None:
    """A headed browser, in which a person logs in; what it remembers goes into a Secret."""
    import asyncio

    from flows.logins import keep_login, recorded, require_name

    house = ground(channel)
    [chosen] = house.channels
    require_name(chosen)
    text = t(
        "Logga in i fönstret som öppnas, gå till kanalens sida och stäng sedan fönstret.",
        "Log in in the window that opens, go to the channel's page, then close the window.",
    )
    if not (call.quiet or call.json):
        emit(None, [text])
    state, taken = asyncio.run(recorded(house.settings, chosen))
    with _secrets(needed=True):
        name = keep_login(chosen, state)
    doubt = t(
        "men sidan bjuder ändå in till att logga in: se efter att det är rätt sida och konto",
        "yet the page still asks its reader to log in: see that it is the right page and account",
    )
    emit(
        {"channel": chosen.id, "secret": name} | ({} if taken else {"doubtful": True}),
        [
            t(f"inloggningen är sparad som {name}", f"the login is kept as {name}"),
            *([] if taken else [doubt]),
        ],
    )


def _secrets(*, needed: bool) -> Any:
    """A Prefect API for the time of the block, where a Secret block is read or written."""
    import contextlib

    from flows.prefect_server import prefect_api
    from flows.settings import load_settings

    return prefect_api(load_settings()) if needed else contextlib.nullcontext()
