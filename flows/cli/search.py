"""Commands that search: find, rebuild."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.archive import ZONES, opened
from flows.cli.out import DONE, SHORT, call, emit, leave, t

if TYPE_CHECKING:
    from archive_store.texts import Hit

BOLD, PLAIN = "\x1b[1m", "\x1b[0m"
MOST = 10_000


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the tree."""
    app.command(
        "find", help=t("Sök ord i bilder, bevarat och inlägg.", "Search snapshots, kept, posts.")
    )(find)
    app.command(
        "rebuild",
        help=t("Bygg sökregistret på nytt ur arkivet.", "Build the catalogue anew."),
    )(rebuild)


def find(
    text: Annotated[
        str,
        typer.Argument(
            help=t(
                'ord som alla ska finnas; "ord i följd"; början*; - läser frasen från '
                "standard in, så att den inte syns i skalets historik",
                'words that all must occur; "words in a row"; beginning*; - reads the phrase '
                "from standard input, so that no shell remembers it",
            ),
            metavar="TEXT",
        ),
    ],
    zone: Annotated[
        str | None, typer.Option("--zone", help=", ".join(ZONES), metavar=t("ZON", "ZONE"))
    ] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", help=t("kanalens id", "the channel's id"))
    ] = None,
    limit: Annotated[
        int,
        typer.Option("--limit", min=1, max=MOST, help=t("högst så många", "so many at most")),
    ] = 50,
) -> None:
    """Where words stand: the latest first."""
    from archive_store.words import Query
    from flows import searching
    from flows.settings import load_settings

    if zone is not None and zone not in ZONES:
        raise typer.BadParameter(
            t(f"okänd zon {zone}: välj bland ", f"unknown zone {zone}: one of ") + ", ".join(ZONES)
        )
    query = Query(sys.stdin.readline() if text == "-" else text)
    found = searching.find(
        opened(),
        load_settings(archive=call.archive),
        query,
        zone=zone or "",
        channel=channel or "",
        limit=limit,
        on_progress=_progress,
        on_wait=_waiting,
    )
    if found.catalogue is not None and found.catalogue.made == "damaged":
        _aside(
            t(
                "sökregistret var skadat och byggdes på nytt ur arkivet",
                "the catalogue was damaged and was built anew from the archive",
            )
        )
    lines = [line for hit in found.hits for line in _lines(hit)]
    lines += [f"✗ {flaw.text(t('sv', 'en'))}" for flaw in found.flaws]
    lines.append(_summary(len(found.hits), more=found.more))
    emit(
        {
            "hits": [_document(hit) for hit in found.hits],
            "more": found.more,
            "unread": [{"code": f.code, "text": f.text(t("sv", "en"))} for f in found.flaws],
        },
        lines,
    )
    leave(SHORT if found.flaws else DONE)


def rebuild() -> None:
    """Throw the catalogue away and build it from the archive alone."""
    from flows import searching
    from flows.settings import load_settings

    catalogue = searching.catalogue_of(load_settings(archive=call.archive))
    done = catalogue.rebuild(opened(), on_progress=_progress, on_wait=_waiting)
    unread = catalogue.unread()
    lines = [f"✗ {each.key}: {each.text(t('sv', 'en'))}" for each in unread]
    lines.append(
        t(
            f"{done.packages} paket, {done.texts} sökbara texter",
            f"{done.packages} packages, {done.texts} texts to search",
        )
    )
    emit(
        {
            "packages": done.packages,
            "texts": done.texts,
            "unread": [
                {"key": each.key, "code": each.code, "text": each.text(t("sv", "en"))}
                for each in unread
            ],
        },
        lines,
    )
    leave(SHORT if unread else DONE)


def _document(hit: "Hit") -> dict[str, Any]:
    return {
        "key": hit.key,
        "package": hit.package.key,
        "zone": hit.package.zone,
        "channel": hit.package.labels.get("channel"),
        "time": f"{hit.time:%Y-%m-%dT%H:%M:%SZ}",
        "page": hit.page,
        "thread": hit.part or None,
        "snippet": hit.snippet.text,
        "marks": [list(mark) for mark in hit.snippet.marks],
    }


def _lines(hit: "Hit") -> list[str]:
    where = [f"{hit.time:%Y-%m-%d}", hit.package.zone, hit.package.labels.get("channel", "")]
    if hit.page is not None:
        where.append(t(f"sida {hit.page}", f"page {hit.page}"))
    if hit.part:
        where.append(t(f"tråd {hit.part}", f"thread {hit.part}"))
    return ["  ".join(filter(None, where)), f"  {_marked(hit)}", f"  {hit.key}", ""]


def _marked(hit: "Hit") -> str:
    """The snippet, with what was found in bold where a terminal shows it."""
    text = hit.snippet.text
    if not sys.stdout.isatty():
        return text
    for begin, end in reversed(hit.snippet.marks):
        text = f"{text[:begin]}{BOLD}{text[begin:end]}{PLAIN}{text[end:]}"
    return text


def _summary(hits: int, *, more: bool) -> str:
    if more:
        return t(
            f"de {hits} senaste träffarna; det finns fler: --limit",
            f"the latest {hits} hits; there are more: --limit",
        )
    return t(
        f"{hits} träffar" if hits != 1 else "1 träff", f"{hits} hits" if hits != 1 else "1 hit"
    )


def _progress(done: int, of: int) -> None:
    """A line that counts, for a person who waits at a terminal."""
    if of and sys.stderr.isatty() and not call.quiet:
        end = "\n" if done == of else ""
        sys.stderr.write(t(f"\rläser paket {done} av {of}", f"\rreading {done} of {of}") + end)
        sys.stderr.flush()


def _waiting() -> None:
    _aside(
        t(
            "en annan körning bygger sökregistret; väntar på den",
            "another run is building the catalogue; waiting for it",
        )
    )


def _aside(text: str) -> None:
    if not call.quiet:
        sys.stderr.write(f"kanalarkiv: {text}\n")
