"""The documents whose pages are pictured: of the made-up municipality, its time standing still.

What is another at each run (ports, the clock on the wall, the browser's version) is put to one and
the same before the document is made of it; all else is as the demo makes it.
"""

import asyncio
import dataclasses as dc
import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from PIL import Image

from tasks.capture import OpenBrowser, capture_page, open_browser
from tasks.culling import Certificate, certificate_html, read_certificate
from tasks.documents import SnapshotPdf, html_to_pdf, snapshot_pdf
from tasks.model import Capture, Channel, Occasion, Provenance, Register
from tasks.register import load_register
from tests.examples.conftest import served
from tests.golden.pictures import Leaf, leaves
from tests.tasks.culling.world import BATH, World, days

CHANNELS: Final = ("kommunbloggen", "biblioteksbloggen", "trygg-sjovik")
SHOWN: Final = 15  # posts of a channel; all 258 would take a minute
NOW: Final = dt.datetime(2025, 12, 31, 22, 0, tzinfo=dt.UTC)  # the demo's turn of the year
_REGISTER: Final = Path(__file__).parents[2] / "examples" / "sjovik" / "register.toml"
_TOOK: Final = dt.timedelta(seconds=12)
_CLOCK_AHEAD: Final = 30
_DIGEST: Final = "0123456789abcdef" * 4


class Made(NamedTuple):
    """A page's capture, without what differs from run to run, its document, and the browser."""

    capture: Capture
    document: SnapshotPdf
    browser: str

    def leaves(self, name: str) -> list[Leaf]:
        """The first, the middle and the last page of what the browser showed."""
        return leaves(name, self.capture, self.document.pdf)


def channels() -> dict[str, Made]:
    """A snapshot of each of the demo's channels to its end, as the demo takes it."""
    with served("--wait", "0", "--newest", str(SHOWN), "--now", NOW.isoformat()) as sjovik:
        addresses = {name: sjovik.told["channels"][name]["address"] for name in CHANNELS}
        captures = asyncio.run(_captured(addresses))
    register = load_register(_REGISTER)
    return {
        name: document(capture, _provenance(register, name)) for name, capture in captures.items()
    }


def document(capture: Capture, provenance: Provenance) -> Made:
    """The document of a capture whose time stands still."""
    still = steady(capture)
    return Made(still, snapshot_pdf(still, provenance), capture.browser)


def channel_leaves(made: dict[str, Made]) -> Iterator[Leaf]:
    """Of each channel the first, middle and last page; of the first also its provenance sheet."""
    for name, one in made.items():
        yield from one.leaves(name)
    yield _sheet(made[CHANNELS[0]].capture)


def _sheet(capture: Capture) -> Leaf:
    """The provenance sheet, telling the digests of empty pictures: the true ones are not for ever.

    See ``pictures`` on figures.
    """
    bands = tuple(dc.replace(b, picture=_empty(b.width, b.height)) for b in capture.bands)
    about = _provenance(load_register(_REGISTER), CHANNELS[0])
    return Leaf("provenance", snapshot_pdf(dc.replace(capture, bands=bands), about).pdf, 1)


def _empty(width: int, height: int) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(target, "PNG")
    return target.getvalue()


def certificate_leaves(folder: Path) -> Iterator[Leaf]:
    """The pages of a certificate over two threads, one of three being excepted."""
    world = World(folder / "archive")
    post = world.post(BATH[0], title="Bad")
    world.comment(post, BATH[1])
    world.later(0.01)
    world.comment(post, BATH[2], own=True)
    world.post("Lånekort delas ut")
    world.harvest()
    for pause in (days(1), days(9)):
        world.now += pause
        world.post("Snöröjning pågår")
        world.harvest()
    certificate = read_certificate(world.archive, world.cull(keep={2: "case"}).certificate)
    pdf = html_to_pdf(
        certificate_html(_unsalted(certificate)),
        title=f"Gallringsprotokoll {certificate.number}",
        author="Sjöviks kommun",
        created=world.now,
    )
    for number in (1, 2, 3):
        yield Leaf(f"certificate-{number}", pdf, number)


def steady(capture: Capture) -> Capture:
    """The capture without what differs from run to run."""
    own = capture.address.split("/")[2]

    def at_home(address: str) -> str:
        return address.replace(own, "sjovik.example")

    return dc.replace(
        capture,
        address=at_home(capture.address),
        final_address=at_home(capture.final_address),
        links=tuple(at_home(link) for link in capture.links),
        targets=tuple(dc.replace(t, address=at_home(t.address)) for t in capture.targets),
        started=NOW,
        finished=NOW + _TOOK,
        browser="Chromium",
        clock_ahead=_CLOCK_AHEAD,
    )


async def _captured(addresses: dict[str, str]) -> dict[str, Capture]:
    async with open_browser() as browser:
        taken = await asyncio.gather(*(_one(browser, address) for address in addresses.values()))
    return dict(zip(addresses, taken, strict=True))


async def _one(browser: OpenBrowser, address: str) -> Capture:
    return await capture_page(browser, address, post_selector="article.inlagg")


def _provenance(register: Register, name: str) -> Provenance:
    channel: Channel = next(each for each in register.channels if each.id == name)
    return Provenance(
        organisation=register.organisation.name,
        board=register.board_of(channel).name,
        unit=register.unit(channel.unit).name,
        channel=channel.id,
        channel_name=channel.name,
        platform=channel.platform,
        occasion=Occasion.YEAR_END,
        reason="",
        basis=channel.basis.value,
        now=NOW,
        period_from=None,
        period_to=dt.date(2025, 12, 31),
        api_posts=SHOWN,
        rehearsal=True,
        software="Kanalarkiv",
    )


def _unsalted(certificate: Certificate) -> Certificate:
    """With one and the same digest for those that are salted anew in each archive."""
    assert certificate.journal is not None
    return dc.replace(
        certificate,
        list_sha256=_DIGEST,
        culled=tuple(msgspec.structs.replace(part, sha256=_DIGEST) for part in certificate.culled),
        journal=dc.replace(certificate.journal, sha256=_DIGEST),
    )
