"""The certificate equals the facts, holds no words, and is numbered and chained."""

import datetime as dt
import json

import pytest

from archive_store import Commit, Draft
from archive_store.errors import MissingError
from tasks.culling import read_certificate
from tasks.culling.certificate import FILE, certificates, from_json, to_json
from tests.tasks.culling.world import BATH, CHANNEL, World


def test_the_certificate_equals_the_facts(bath: World) -> None:
    before = bath.threads()
    done = bath.cull(keep={2: "case"})
    certificate = read_certificate(bath.archive, done.certificate)
    assert certificate.number == "2025-kommunstyrelsen-001"
    assert certificate.rehearsal
    gone = [before["1"], before["5"]]
    assert [part.sha256 for part in certificate.culled] == [each.sha256 for each in gone]
    (channel,) = certificate.channels
    assert (channel.threads, channel.items, channel.versions) == (2, 4, 4)
    assert channel.size == certificate.size == done.size == sum(each.gist.size for each in gone)
    assert (channel.earliest, channel.latest) == (dt.date(2025, 12, 1), dt.date(2025, 12, 2))
    assert (channel.there, channel.removed, channel.unknown) == (2, 0, 0)
    assert [(part.row, part.kept) for part in certificate.excepted] == [(2, "case")]
    assert certificate.packages == 2
    assert certificate.remaining == 0
    assert [part.rule for part in certificate.classes] == ["veckan/1"]
    assert {guard.passed for guard in certificate.guards} == {2}
    assert {guard.stopped for guard in certificate.guards} == {0}
    assert certificate.approver.name == "Ingrid Almlöv"
    assert certificate.backups_until == dt.date(2026, 1, 10)
    (intent,) = bath.archive.entries(event="cull-intent")
    assert certificate.journal is not None
    assert (certificate.journal.seq, certificate.journal.sha256) == (intent.seq, intent.sha256)
    assert intent.retirement == "culled"
    assert len(intent.retired) == 2


def test_the_certificate_holds_no_word_and_no_author(bath: World) -> None:
    done = bath.cull(keep={2: "unique"})
    for phrase in (*BATH, "Lånekort", "Snöröjning"):
        assert bath.says(phrase, "certificates") == []
        assert bath.says(phrase, "journal") == []
    author = bath.blog.items["c2"].words
    assert author is not None
    for name in (author.author_name, author.permalink):
        assert bath.says(name, "certificates") == []
    assert bath.says(done.certificate, "certificates")


def test_a_certificate_survives_being_written_and_read(bath: World) -> None:
    certificate = read_certificate(bath.archive, bath.cull().certificate)
    assert from_json(to_json(certificate)) == certificate
    assert json.loads(to_json(certificate))["proposed"] == "2025-12-11T09:00:00Z"
    (package,) = certificates(bath.archive)
    assert bath.archive.read(package, FILE) == to_json(certificate)
    with pytest.raises(MissingError, match="certificate-unknown"):
        read_certificate(bath.archive, "2025-kommunstyrelsen-002")


def test_a_certificate_is_stored_as_one_indented_object(bath: World) -> None:
    number = bath.cull().certificate
    stored = to_json(read_certificate(bath.archive, number)).decode()
    assert stored == json.dumps(json.loads(stored), indent=2, ensure_ascii=False) + "\n"
    assert stored.startswith('{\n  "format"')


def test_certificates_are_numbered_and_chained_by_board_and_year(bath: World) -> None:
    first = read_certificate(bath.archive, bath.cull().certificate)
    assert first.previous is None
    for number, year in ((2, 2025), (1, 2026), (2, 2026)):
        bath.later(0.1)
        bath.post(f"Nr {number}")
        bath.harvest()
        bath.later(15)
        bath.harvest()
        certificate = read_certificate(bath.archive, bath.cull().certificate)
        assert certificate.number == f"{year}-kommunstyrelsen-{number:03d}"
        assert certificate.previous is not None
        before = certificates(bath.archive)[-2]
        assert certificate.previous.number == before.labels["number"]
        files = bath.archive.manifest(before)["files"]
        assert certificate.previous.sha256 == files[0]["sha256"]


def test_snapshots_of_the_same_time_are_cited(bath: World) -> None:
    def snapshot(when: str, since: str | None) -> Draft:
        return Draft(
            base=f"snapshots/informationsenheten/{CHANNEL}/2025/{when}T2300-forandring",
            files={"pdf": b"%PDF-1.7"},
            about={"period_from": since},
            labels={
                "kind": "snapshot",
                "channel": CHANNEL,
                "unit": "informationsenheten",
                "occasion": "forandring",
                "state": "preliminary",
                "whole": "yes",
            },
        )

    drafts = (snapshot("2025-12-05", None), snapshot("2025-12-11", "2025-12-10"))
    bath.archive.commit(Commit(event="snapshot", now=bath.now, actor="snapshot", drafts=drafts))
    certificate = read_certificate(bath.archive, bath.cull().certificate)
    (part,) = certificate.snapshots
    assert part.key.endswith("/2025-12-05T2300-forandring")
    assert (part.occasion, part.state) == ("forandring", "preliminary")


def test_where_absence_cannot_be_told_the_standing_is_unknown(bath: World) -> None:
    bath.blog.complete = False
    bath.later(0.1)
    bath.harvest()
    certificate = read_certificate(bath.archive, bath.cull().certificate)
    (channel,) = certificate.channels
    assert (channel.there, channel.removed, channel.unknown) == (0, 0, 3)
