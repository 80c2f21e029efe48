"""The printed certificate: every heading, no words, and a rehearsal that cannot be mistaken."""

import dataclasses as dc
import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tasks.culling import Certificate, carry_out, certificate_html, read_certificate
from tasks.culling.certificate import SnapshotPart
from tasks.culling.guards import GUARDS
from tasks.culling.protocol import count, size
from tasks.register import load_register
from tests.tasks.culling.world import World

REGISTER = Path(__file__).parents[3] / "examples" / "sjovik" / "register.toml"
HEADINGS = (
    "Gallringsprotokoll",
    "Myndighet / Arkivbildare",
    "Kanal och plattform",
    "Handlingstyp",
    "Gallringsbeslut",
    "Gallringsfrist och utgångspunkt",
    "Handlingarnas tidsomfång",
    "Antal handlingar",
    "Förstört exemplar och metod",
    "Status i kanalen (kvar / borttagen / okänd)",
    "Säkerhetskopior upphör senast",
    "Kontroller före gallring",
    "Undantagna handlingar",
    "Bevarade ögonblicksbilder med samma innehåll",
    "Föreslagen / Godkänd / Verkställd av",
    "Verifierad förstöring",
    "Avvikelser",
    "Föregående protokoll",
)


class _Text(HTMLParser):
    """The text of a document, white space folded, without its style."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag != "meta":
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self.inside:
            self.said.append(data)


def text_of(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    return re.sub(r"\s+", " ", "".join(parser.said))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    world = World(tmp_path_factory.mktemp("protocol") / "archive")
    world.post("Badet öppnar")
    world.post("Lånekort")
    world.harvest()
    world.later(9)
    world.harvest()
    list_id = str(world.propose().list_id)
    world.approve(list_id, keep={2: "unique"})
    done = carry_out(
        world.archive,
        world.decision,
        list_id,
        now=world.now,
        run="3f6f1d8e",
        software="Kanalarkiv 0.1.0",
        register=load_register(REGISTER),
    )
    return read_certificate(world.archive, done.certificate)


def test_every_heading_of_the_protocol_is_there(certificate: Certificate) -> None:
    text = text_of(certificate_html(certificate))
    for heading in HEADINGS:
        assert heading in text
    for guard in GUARDS:
        assert guard.ensures.sv in text


def test_it_says_who_what_when_and_by_which_decision(certificate: Certificate) -> None:
    text = text_of(certificate_html(certificate))
    for said in (
        "nr 2025-kommunstyrelsen-001",
        "Sjöviks kommun",
        "Kommunstyrelsen i Sjöviks kommun, 2025-01-29, § 12, dnr KS 2025/17. Laga kraft 2025-03-01",
        "veckan/1",
        "Tidigast 7 hela dygn, senast 30 dygn",
        "Ingrid Almlöv, kommunarkivarie (arkivarie-1)",
        "Kanalarkiv 0.1.0, körning 3f6f1d8e",
        "2025-12-10 10:00",  # Swedish time of 09:00 UTC
        "Informationsenheten",
        "Bevaras: innehåller unik information; omprövas 2026-12-10",
        certificate.culled[0].sha256,
        certificate.decision.sha256,
        "inget av 1 paket finns kvar",
        "Nämndens första.",
    ):
        assert said in text, said
    assert "Badet" not in text


def test_a_rehearsal_says_so_on_every_page_and_the_real_one_never(certificate: Certificate) -> None:
    html = certificate_html(certificate)
    assert "ÖVNING" in html
    assert "bevisar ingen gallring" in text_of(html)
    assert "ÖVNING" not in certificate_html(dc.replace(certificate, rehearsal=False))
    assert "övning" not in text_of(certificate_html(dc.replace(certificate, rehearsal=False)))


def test_what_stands_in_a_decision_is_text_and_never_markup(certificate: Certificate) -> None:
    decision = dc.replace(certificate.decision, body="Nämnden <b>&</b>")
    html = certificate_html(dc.replace(certificate, decision=decision))
    assert "Nämnden &lt;b&gt;&amp;&lt;/b&gt;" in html


def test_it_asks_for_nothing_from_elsewhere(certificate: Certificate) -> None:
    html = certificate_html(certificate)
    assert not re.search(r"(src|href)=|url\(|@import", html)


def test_snapshots_deviations_and_an_empty_culling_are_printed(certificate: Certificate) -> None:
    snapshot = SnapshotPart(
        key="snapshots/a/b/2025/x",
        channel="kommunbloggen",
        taken=dt.datetime(2025, 6, 30, 21, tzinfo=dt.UTC),
        occasion="halvarsskifte",
        state="preliminary",
        sha256="ab" * 32,
    )
    more = dc.replace(certificate, snapshots=(snapshot,), deviations=("late", "resumed"))
    text = text_of(certificate_html(more))
    for said in ("2025-06-30 23:00", "halvårsskifte", "preliminär", "snapshots/a/b/2025/x.pdf"):
        assert said in text
    assert "Gallringen avbröts och slutfördes av en senare körning." in text
    empty = dc.replace(certificate, culled=(), channels=(), classes=())
    assert "Ingen tråd har gallrats." in text_of(certificate_html(empty))


def test_numbers_are_written_as_swedes_write_them() -> None:
    assert size(950) == "950\N{NO-BREAK SPACE}byte"
    assert size(12_400) == "12,4\N{NO-BREAK SPACE}kB"
    assert size(3_000_000_000_000_000).endswith("3000,0\N{NO-BREAK SPACE}TB")
    assert count(1, "tråd", "trådar") == "1\N{NO-BREAK SPACE}tråd"
    assert count(1204, "tråd", "trådar") == "1\N{NO-BREAK SPACE}204\N{NO-BREAK SPACE}trådar"
