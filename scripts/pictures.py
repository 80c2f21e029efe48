"""Makes the README's pictures anew from the running product: ``make pictures``.

Plays the demo, and takes its first snapshot's pages, the Prefect UI's page of a run, the report and
the archive's page as PNG files in docs/pictures/. Needs poppler's ``pdftoppm``.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from tasks.capture import BrowserSettings, open_browser

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
KANALARKIV = ROOT / ".venv" / "bin" / "kanalarkiv"
PAGE_DPI = 80


def main() -> None:
    """Play the demo once and picture it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kp") as scratch:
        home = Path(scratch) / "demo"
        with _demo(home) as told:
            prefect = told["prefect"].removesuffix("/api")
            asyncio.run(_browse(prefect, home / "archive" / "index.html"))
            snapshot, report = (
                next(f for f in told["files"] if f.startswith(start))
                for start in ("snapshots/informationsenheten", "reports")
            )
            _pages(home / "archive" / snapshot, "snapshot.png", (1, 2, 3))
            _pages(home / "archive" / report, "report.png", (1, 3, 4))


@contextlib.contextmanager
def _demo(home: Path) -> Iterator[dict[str, Any]]:
    environment = {**os.environ, "KANALARKIV_PORT": "0"}
    command = [str(KANALARKIV), "demo", "--folder", str(home), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as demo:  # noqa: S603 - our own command
        try:
            yield _document(demo.stdout)
        finally:
            demo.send_signal(signal.SIGINT)


def _document(lines: Any) -> dict[str, Any]:
    """The demo's one JSON document, which stands over several lines before it goes on serving."""
    text = ""
    for line in lines:
        text += line
        with contextlib.suppress(json.JSONDecodeError):
            found: dict[str, Any] = json.loads(text)
            return found
    raise SystemExit("the demo ended without a document")


async def _browse(prefect: str, index: Path) -> None:
    settings = BrowserSettings(viewport=(1280, 860))
    async with open_browser(settings) as browser:
        context = await browser.guarded(viewport={"width": 1280, "height": 860})
        page = await context.new_page()
        await page.goto(f"{prefect}/runs/flow-run/{_run(prefect)}")
        await page.get_by_text("Artifacts", exact=True).first.click()
        await page.wait_for_load_state("networkidle")
        await page.wait_for_timeout(1500)  # the UI draws its graph after the network is quiet
        await page.screenshot(path=PICTURES / "prefect.png")
        await page.goto(index.as_uri())
        await page.screenshot(path=PICTURES / "archive.png")
        await context.close()


def _run(prefect: str) -> str:
    """Id of the last run of the harvest."""
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{prefect}/api/flow_runs/filter",
        data=json.dumps(
            {
                "flows": {"name": {"any_": ["snapshot"]}},
                "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}},
                "sort": "END_TIME_DESC",
                "limit": 1,
            }
        ).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - loopback
        return str(json.loads(answer.read())[0]["id"])


def _pages(pdf: Path, name: str, numbers: tuple[int, ...]) -> None:
    """The pages side by side on grey."""
    pdftoppm = shutil.which("pdftoppm")
    if pdftoppm is None:
        raise SystemExit("pdftoppm is missing; on Debian: sudo apt-get install poppler-utils")
    with tempfile.TemporaryDirectory() as scratch:
        images = []
        for number in numbers:
            stem = Path(scratch) / str(number)
            only = ["-f", str(number), "-l", str(number), "-singlefile"]
            command = [pdftoppm, "-r", str(PAGE_DPI), "-png", *only, str(pdf), str(stem)]
            subprocess.run(command, check=True)  # noqa: S603 - poppler, found above
            images.append(Image.open(f"{stem}.png"))
        gap = 16
        width = sum(image.width + gap for image in images) + gap
        sheet = Image.new("RGB", (width, max(i.height for i in images) + 2 * gap), "#c9ced3")
        left = gap
        for image in images:
            sheet.paste(image, (left, gap))
            left += image.width + gap
        sheet.quantize(128).save(PICTURES / name, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
