"""``kanalarkiv demo``: the whole way on Sjöviks kommun, which does not exist.

The story is fixed in the past, 15 December 2025 to 15 January 2026; the channels on loopback serve
what existed at that time. Everything is written through the ordinary commands, each shown as it is
run (DESIGN section 5); nothing else touches the archive.
"""

import contextlib
import dataclasses as dc
import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from archive_store.errors import InputError, KanalarkivError
from flows.cli import main as cli
from flows.cli.out import DONE, SHORT, call, t
from flows.settings import load_settings, prepare_environment
from flows.share import shipped

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MARK = ".kanalarkiv-demo"
SECRET = "arkiv:demo-demo"  # noqa: S105 - of channels that exist on loopback for the demo's time
BEGIN = "2025-12-15T08:00"
END = "2026-01-15T08:00"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """The served channels: the server's address, and the story's special ids."""

    root: str
    special: dict[str, Any]

    def move(self, moment: str) -> None:
        """Let the channels serve what existed at that Stockholm time."""
        now = dt.datetime.fromisoformat(moment).replace(tzinfo=STOCKHOLM).isoformat()
        _ask(f"{self.root}/_tid", {"now": now})


def demo(folder: Path, *, once: bool) -> int:
    """Play the story into ``folder``; without ``once``, leave the Prefect UI open afterwards.

    Raises:
        InputError: the folder holds something that is not an earlier demo.
    """
    quiet, call.quiet = call.quiet, call.quiet or call.json
    home = _fresh(folder)
    settings = load_settings(
        archive=str(home / "archive"),
        register=home / "register.toml",
        decision=home / "decisions",
        state=home / ".kanalarkiv",
        lang=call.lang,
    )
    prepare_environment(settings)
    _names_of_secrets()
    from flows.prefect_server import (  # noqa: PLC0415 - after the environment is prepared
        free_port,
        started,
    )

    port = 0 if once else free_port(settings.port)
    with _served(home) as channels, started(settings, port=port) as url:
        worst = _story(channels)
        call.quiet = quiet
        _sum_up(home, url, once=once)
        if not once:
            from flows.up import serve_deployments  # noqa: PLC0415 - the same

            serve_deployments(settings)
    return worst


def _story(channels: Channels) -> int:
    """The commands in order; the worst exit code that was not expected."""
    play = _Play(channels)
    for day in ("15", "16", "17", "18", "19", "20", "21", "22"):
        play.at(f"2025-12-{day}T08:00", "harvest")
    held = channels.special["permit-thread"]
    play.at("2025-12-22T09:00", "hold", "add", "--channel", held["channel"], "--thread",
            str(held["post"]), "--reason", "request", "--by", "informationsenheten",
            "--review", "2026-03-01")  # fmt: skip
    for day in ("24", "26", "29"):
        play.at(f"2025-12-{day}T05:00", "harvest")
    play.cull("2025-12-29T06:00", keep=channels.special["local-history"])
    play.at("2025-12-31T22:00", "harvest")
    play.at("2025-12-31T23:00", "snapshot", "--occasion", "arsskifte")
    for day in ("02", "05", "08", "09", "12"):
        play.at(f"2026-01-{day}T05:00", "harvest")
    play.at("2026-01-12T05:30", "replies", expect=SHORT)
    play.cull("2026-01-12T06:00")
    play.at("2026-01-15T03:00", "harvest")
    play.at("2026-01-15T04:00", "facts")
    play.at("2026-01-15T07:00", "report", "--year", "2025")
    play.at(END, "check", expect=SHORT)
    play.at(None, "list", "--zone", "snapshots")
    play.at(None, "verify")
    return play.worst


@dc.dataclass(slots=True)
class _Play:
    """Runs commands at their time in the story and remembers the worst ending."""

    channels: Channels
    worst: int = DONE

    def at(self, moment: str | None, *words: str, expect: int = DONE, said: bool = True) -> Any:
        """Run one command; a code other than ``expect`` or 0 counts against the demo."""
        if moment is not None:
            self.channels.move(moment)
            words = (*words, "--as-of", moment)
        code, document = _run(words, said=said)
        if code not in {DONE, expect}:
            self.worst = max(self.worst, code)
        return document

    def cull(self, moment: str, keep: dict[str, Any] | None = None) -> None:
        """Propose, approve and carry out, as two different people."""
        self.at(moment, "cull", "propose", "--by", "informationsenheten")
        for found in _run(("cull", "lists"), said=False)[1]["lists"]:
            approve = ["cull", "approve", found["list"], "--by", "arkivarie-1"]
            for row in _rows_to_keep(found["list"], keep):
                approve += ["--keep", row]
            self.at(moment, *approve)
            self.at(moment, "cull", "carry-out", found["list"])


def _rows_to_keep(list_id: str, keep: dict[str, Any] | None) -> list[str]:
    if keep is None:
        return []
    shown = _run(("cull", "show", list_id), said=False)[1]
    return [
        f"{row['row']}:unique"
        for row in shown["rows"]
        if (row["channel"], row["thread"]) == (keep["channel"], str(keep["post"]))
    ]


def _run(words: tuple[str, ...], *, said: bool) -> tuple[int, Any]:
    """One command in this process; its exit code, and its document where it is not said aloud."""
    if said and not call.quiet:
        sys.stderr.write(f"\n$ kanalarkiv {' '.join(words)}\n")
        sys.stderr.flush()
        return cli.main(list(words)), None
    import io  # noqa: PLC0415 - only where the output is caught

    caught = io.StringIO()
    before, call.json = call.json, True
    with contextlib.redirect_stdout(caught):
        code = cli.main(list(words))
    call.json = before
    text = caught.getvalue()
    return code, json.loads(text) if text else None


def _fresh(folder: Path) -> Path:
    """A folder made by ``init`` and marked as ours; an earlier demo in it is cleared away."""
    home = folder.absolute()
    if home.exists() and any(home.iterdir()):
        if not (home / MARK).exists():
            raise InputError(
                "demo-folder",
                sv=f"{home} är inte tom och ingen tidigare demo. Välj en annan med --folder.",
                en=f"{home} is neither empty nor an earlier demo. Choose another with --folder.",
            )
        shutil.rmtree(home)
    code, _ = _run(("init", str(folder), "--rehearsal", "--as-of", BEGIN), said=True)
    if code != DONE:
        raise KanalarkivError("demo-init", sv="kanalarkiv init gick fel.", en="init failed.")
    (home / MARK).touch()
    return home


@contextlib.contextmanager
def _served(home: Path) -> Iterator[Channels]:
    """The channels on loopback, the register pointed at them, for the time of the block."""
    sjovik = shipped("examples", "sjovik")
    begin = dt.datetime.fromisoformat(BEGIN).replace(tzinfo=STOCKHOLM).isoformat()
    command = [sys.executable, str(sjovik / "serve.py"), "--port", "0", "--now", begin]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own script
    try:
        line = server.stdout.readline() if server.stdout else ""
        if not line:
            raise KanalarkivError(
                "demo-server",
                sv="Demons kanaler startade inte. Kör examples/sjovik/serve.py för att se varför.",
                en="The demo's channels did not start. Run examples/sjovik/serve.py to see why.",
            )
        root = f"http://127.0.0.1:{json.loads(line)['port']}"
        _point_register(sjovik, home, root)
        yield Channels(root=root, special=_ask(f"{root}/_berattelse"))
    finally:
        server.terminate()
        server.wait(10)
        if server.stdout:
            server.stdout.close()


def _point_register(sjovik: Path, home: Path, root: str) -> None:
    text = (sjovik / "register.toml").read_text("utf-8")
    (home / "register.toml").write_text(re.sub(r"http://127\.0\.0\.1:\d+", root, text), "utf-8")
    shutil.rmtree(home / "decisions")
    for name in ("decisions", "aktivitetsplaner"):
        shutil.copytree(sjovik / name, home / name)


def _names_of_secrets() -> None:
    from tasks.register import load_register  # noqa: PLC0415 - heavy

    for channel in load_register(shipped("examples", "sjovik", "register.toml")).channels:
        name = channel.secret.upper().replace("-", "_")
        os.environ.setdefault(f"KANALARKIV_SECRET_{name}", SECRET)


def _ask(address: str, document: dict[str, str] | None = None) -> dict[str, Any]:
    data = None if document is None else json.dumps(document).encode()
    request = urllib.request.Request(  # noqa: S310 - the demo's own server on loopback
        address, data=data, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the same
        found: dict[str, Any] = json.loads(answer.read() or b"{}")
        return found


def _sum_up(home: Path, url: str, *, once: bool) -> None:
    """Where to look now."""
    from archive_store import archive_at  # noqa: PLC0415 - heavy

    archive = archive_at(str(home / "archive"))
    files = [
        f"{package.base}.pdf"
        for zone in ("snapshots/", "certificates/", "reports/")
        for package in archive.packages(zone)
        if package.labels["kind"] in {"snapshot", "certificate-pdf", "report"}
    ]
    lines = [
        t("Klart. Öppna:", "Done. Open:"),
        f"  {home / 'archive' / 'index.html'}",
        *(f"  {home / 'archive' / name}" for name in files),
    ]
    if not once:
        lines.append(f"  {url.removesuffix('/api')}  " + t("(avsluta med Ctrl-C)", "(end: Ctrl-C)"))
    document = {"archive": str(home / "archive"), "files": files, "prefect": None if once else url}
    from flows.cli.out import emit  # noqa: PLC0415 - beside its only use

    emit(document, lines)
