"""Commands on the archive itself: list, get, verify."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.out import DONE, SHORT, call, emit, leave, t, table

if TYPE_CHECKING:
    from archive_store import Archive
    from archive_store.fixity import Part

ZONES = (
    "register",
    "snapshots",
    "certificates",
    "reports",
    "observations",
    "statistics",
    "posts",
    "tombstones",
    "lists",
    "requests",
    "kept",
    "restricted",
)


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the tree."""
    app.command("list", help=t("Vad arkivet innehåller.", "What the archive holds."))(list_)
    app.command("get", help=t("Hämta en fil ur arkivet.", "Fetch a file from the archive."))(get)
    app.command(
        "verify",
        help=t("Läs om allt och pröva mot journalen.", "Read all again; check the journal."),
    )(verify)


def opened() -> "Archive":
    """The archive that the settings name."""
    from archive_store import archive_at
    from flows.settings import load_settings

    return archive_at(load_settings(archive=call.archive).archive)


def list_(
    zone: Annotated[
        str | None, typer.Option("--zone", help=", ".join(ZONES), metavar=t("ZON", "ZONE"))
    ] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", help=t("kanalens id", "the channel's id"))
    ] = None,
) -> None:
    """Packages with their files, by key."""
    if zone is not None and zone not in ZONES:
        raise typer.BadParameter(
            t(f"okänd zon {zone}: välj bland ", f"unknown zone {zone}: one of ") + ", ".join(ZONES)
        )
    from flows.taken import state_of

    archive = opened()
    labels = {"channel": channel} if channel else {}
    packages = archive.packages(f"{zone}/" if zone else "", **labels)
    rows: list[dict[str, Any]] = []
    for package in packages:
        manifest = archive.manifest(package)
        folder = package.key.endswith("/manifest.json")
        names = [file["name"] for file in manifest["files"]]
        rows.append(
            {
                "key": package.key,
                "zone": package.zone,
                "time": f"{package.time:%Y-%m-%dT%H:%M:%SZ}",
                "bytes": package.size,
                "sha256": package.sha256,
                "labels": dict(package.labels),
                "state": state_of(archive, package),
                "files": [
                    f"{package.base}/{n}" if folder else f"{package.base}.{n}" for n in names
                ],
            }
        )
    gone = withdrawn(archive, zone, channel)
    words = states()
    lines = table(
        (t("nyckel", "key"), t("tid", "time"), t("filer", "files"), "byte", "status"),
        [
            (
                r["key"],
                r["time"],
                len(r["files"]),
                f"{r['bytes']:,}".replace(",", " "),
                words.get(r["state"], ""),
            )
            for r in rows
        ]
        + [(g["key"], g["time"], 0, 0, words["withdrawn"]) for g in gone],
    )
    lines.append(t(f"{len(rows)} paket", f"{len(rows)} packages"))
    emit({"rehearsal": archive.rehearsal, "packages": rows, "withdrawn": gone}, lines)


def states() -> dict[str, str]:
    """What a snapshot may count as, in the caller's words."""
    return {
        "preliminary": t("preliminär", "preliminary"),
        "confirmed": t("fastställd", "confirmed"),
        "withdrawn": t("återkallad", "withdrawn"),
    }


def withdrawn(archive: "Archive", zone: str | None, channel: str | None) -> list[dict[str, Any]]:
    """What a decision has taken away: its key, when and by which decision, and its masked copy."""
    found = []
    for entry in archive.entries(event="withdrawn"):
        [copy], [key] = entry.added, entry.retired
        mine = channel is None or copy.labels.get("channel") == channel
        if mine and (zone is None or copy.zone == zone):
            found.append(
                {
                    "key": key,
                    "time": f"{entry.now:%Y-%m-%dT%H:%M:%SZ}",
                    "state": "withdrawn",
                    "decision": entry.facts["decision"],
                    "by": entry.actor,
                    "copy": copy.key,
                }
            )
    return found


def get(
    key: Annotated[
        str, typer.Argument(help=t("nyckel ur list", "a key from list"), metavar=t("NYCKEL", "KEY"))
    ],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help=t("skriv hit", "write here"), metavar=t("FIL", "FILE")),
    ] = None,
) -> None:
    """One file's bytes, checked against their digest, to a file or standard output."""
    import sys

    from archive_store.errors import InputError

    data = opened().get(key)
    if out is None and not call.json:
        sys.stdout.buffer.write(data)
        return
    target = out or Path(key.rsplit("/", 1)[1])
    try:
        with target.open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise InputError(
            "file-exists",
            sv=f"{target} finns redan. Välj ett annat namn med -o.",
            en=f"{target} exists already. Choose another name with -o.",
        ) from None
    except OSError as error:
        raise InputError(
            "file-not-written",
            sv=f"{target} kunde inte skrivas: {error.strerror}.",
            en=f"{target} could not be written: {error.strerror}.",
        ) from None
    emit({"key": key, "file": str(target), "bytes": len(data)}, [str(target)])


def verify(
    key: Annotated[
        str,
        typer.Argument(
            help=t("bara det som börjar så", "only what begins so"), metavar=t("[NYCKEL]", "[KEY]")
        ),
    ] = "",
    within: Annotated[
        int | None,
        typer.Option(
            "--within",
            help=t(
                "läs bara dagens del, så att allt är läst på så många dagar",
                "read only today's part, so that all is read in so many days",
            ),
            metavar=t("DAGAR", "DAYS"),
        ),
    ] = None,
    every: Annotated[
        int,
        typer.Option(
            "--every",
            help=t("körs så här glest, i dagar", "days between runs"),
            metavar=t("DAGAR", "DAYS"),
        ),
    ] = 1,
) -> None:
    """Read everything again, or the part that is due, and compare with manifests and journal."""
    from archive_store import fixity
    from flows.settings import load_settings

    settings = load_settings(archive=call.archive)
    # Not through an opened archive: one that is too damaged to open must be read all the same.
    report = fixity.verify_at(
        settings.archive,
        key,
        part=part_due(within, every),
        tsa_ca=Path(settings.tsa_ca) if settings.tsa_ca else None,
    )
    findings = [
        {"code": f.code, "level": f.level, "key": f.key, "text": f.text(t("sv", "en"))}
        for f in report.findings
    ]
    lines = [f"{'✗' if f['level'] == 'error' else '!'} {f['text']}" for f in findings]
    errors = sum(f["level"] == "error" for f in findings)
    warnings = len(findings) - errors
    rest = t(f", {report.listed} i andra delar", f", {report.listed} in other parts")
    lines.append(
        t(
            f"{report.objects} filer, {f'{report.bytes:,}'.replace(',', ' ')} byte lästa",
            f"{report.objects} files, {report.bytes:,} bytes read",
        )
        + (rest if report.listed else "")
        + t(
            f": {errors} fel, {warnings} att se över" if findings else ": allt stämmer",
            f": {errors} errors, {warnings} to look into" if findings else ": all is well",
        )
    )
    emit(
        {
            "objects": report.objects,
            "bytes": report.bytes,
            "listed": report.listed,
            "ok": report.ok,
            "findings": findings,
        },
        lines,
    )
    leave(DONE if report.ok else SHORT)


def part_due(within: int | None, every: int) -> "Part":
    """The part of the archive that a run today reads."""
    import datetime as dt

    from archive_store.fixity import WHOLE, Part

    if within is None and every == 1:
        return WHOLE
    if within is None:
        raise typer.BadParameter(
            t("--every hör ihop med --within", "--every goes together with --within")
        )
    try:
        return Part.due(dt.datetime.now(dt.UTC).date(), within=within, every=every)
    except ValueError:
        raise typer.BadParameter(
            t(
                "--within och --every: minst en dag, och --every högst --within",
                "--within and --every: at least a day, and --every at most --within",
            )
        ) from None
