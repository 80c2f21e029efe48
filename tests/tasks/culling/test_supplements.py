"""What was culled and leaves its channel later is written as a supplement, once and truly."""

import json
from pathlib import Path

import pytest

from tasks.culling import read_certificate
from tasks.culling.protocol import summary_html, supplement_html
from tasks.culling.removal import Removal, remove
from tasks.culling.summary import (
    FILE,
    Summary,
    from_summary_json,
    keep_summary,
    summarise,
    to_summary_json,
)
from tasks.culling.supplements import Supplement, supplement, supplements
from tests.tasks.culling.test_protocol import text_of
from tests.tasks.culling.world import APPROVER, CHANNEL, World

BOARD = "kommunstyrelsen"
SOFTWARE = "Kanalarkiv 0"


def look(world: World) -> tuple[Supplement, ...]:
    return supplement(world.archive, BOARD, now=world.now, software=SOFTWARE)


def year_of(world: World, year: int = 2025) -> Summary:
    return summarise(
        world.archive, BOARD, [CHANNEL], year=year, body="KS", now=world.now, software=SOFTWARE
    )


@pytest.fixture
def culled(bath: World) -> World:
    """Three threads that were culled and still stand on the channel."""
    assert bath.cull().culled == 3
    return bath


def test_while_all_still_stands_there_is_nothing_to_add(culled: World) -> None:
    culled.later(31)
    culled.harvest()
    assert look(culled) == ()


def test_a_thread_that_left_is_told_when_all_of_the_channel_was_seen(culled: World) -> None:
    culled.blog.delete("4")
    culled.later(8)
    culled.harvest()
    assert look(culled) == ()  # this harvest did not ask for all
    culled.later(23)
    culled.harvest()
    (made,) = look(culled)
    assert (made.certificate, made.number, made.gone) == ("2025-kommunstyrelsen-001", 1, 1)
    (part,) = made.channels
    assert (part.threads, part.there, part.gone, part.unknown) == (3, 2, 1, 0)
    assert part.looked == culled.now
    assert look(culled.reopened()) == ()
    (stored,) = supplements(culled.archive, made.certificate)
    assert stored == made
    path = next((culled.folder / "certificates").rglob("*tillagg-1.supplement.json"))
    assert json.loads(path.read_text())["certificate"] == made.certificate


def test_each_further_loss_is_a_supplement_of_its_own_and_none_is_unsaid(culled: World) -> None:
    for gone in ("4", "5"):
        culled.blog.delete(gone)
        culled.later(31)
        culled.harvest()
        look(culled)
    told = supplements(culled.archive)
    assert [(each.number, each.gone) for each in told] == [(1, 1), (2, 2)]
    for _ in range(4):  # the tombstones of what left are dropped by now
        culled.later(31)
        culled.harvest()
        assert look(culled) == ()
    culled.blog.delete("1")
    culled.later(31)
    culled.harvest()
    (last,) = look(culled)
    assert (last.number, last.gone, last.channels[0].there) == (3, 3, 0)


def test_a_loss_long_after_one_that_the_certificate_told_of_is_news(bath: World) -> None:
    bath.blog.delete("4")
    bath.later(0.1)
    bath.harvest()
    bath.cull()
    for _ in range(4):
        bath.later(31)
        bath.harvest()
        assert look(bath) == ()
    bath.blog.delete("5")
    bath.later(31)
    bath.harvest()
    (made,) = look(bath)
    assert (made.gone, made.channels[0].there, made.channels[0].unknown) == (2, 1, 0)


def test_where_the_channel_cannot_tell_nothing_is_added(culled: World) -> None:
    culled.blog.delete("4")
    culled.blog.complete = False
    culled.later(31)
    culled.harvest()
    assert look(culled) == ()


def test_what_was_gone_on_the_certificates_day_is_no_news(bath: World) -> None:
    bath.blog.delete("4")
    bath.later(0.1)
    bath.harvest()
    certificate = read_certificate(bath.archive, bath.cull().certificate)
    assert certificate.channels[0].removed == 1
    bath.later(31)
    bath.harvest()
    assert look(bath) == ()


def test_the_printed_supplement_says_what_is_gone(culled: World) -> None:
    culled.blog.delete("4")
    culled.later(31)
    culled.harvest()
    (made,) = look(culled)
    text = text_of(supplement_html(made))
    for said in (
        "till gallringsprotokoll nr 2025-kommunstyrelsen-001",
        made.sha256,
        "övningsarkiv",
    ):
        assert said in text
    assert "1 gallrad tråd har konstaterats borta" in text


def test_a_year_is_summed_up_from_certificates_and_journal(bath: World) -> None:
    said = Removal(ground="spam", at=bath.now, role="redaktor", told=False)
    remove(bath.archive, CHANNEL, "c2", said, by=APPROVER, now=bath.now)
    bath.cull(keep={2: "unique"})
    bath.blog.delete("5")
    bath.later(31)
    bath.harvest()
    look(bath)
    found = year_of(bath)
    assert (found.threads, found.items, len(found.certificates)) == (2, 4, 1)
    assert (found.kept, found.stopped, found.removals) == ({"unique": 1}, {}, {"spam": 1})
    assert (found.acts, found.supplements) == ({"removed": 1}, 1)
    (channel,) = found.channels
    assert (channel.there, channel.removed) == (1, 1)
    assert [(line.rule, line.threads) for line in found.classes] == [("veckan/1", 2)]
    assert year_of(bath, 2026).certificates == ()
    text = text_of(summary_html(found))
    for words in (
        "2 trådar med 4 inlägg och kommentarer",
        "innehåller unik information",
        "skräppost",
    ):
        assert words in text


def test_a_summary_that_says_the_same_is_kept_once(culled: World) -> None:
    found = year_of(culled)
    assert from_summary_json(to_summary_json(found)) == found
    key = keep_summary(culled.archive, found, b"%PDF")
    culled.later(1)
    assert keep_summary(culled.archive, year_of(culled), b"%PDF") == key
    (package,) = culled.archive.packages("certificates/", kind="culling-summary")
    assert culled.archive.read(package, FILE) == to_summary_json(found)


def test_an_empty_year_is_an_empty_page(tmp_path: Path) -> None:
    world = World(tmp_path / "archive")
    text = text_of(summary_html(year_of(world)))
    assert "0 trådar" in text
    assert "Inga." in text
