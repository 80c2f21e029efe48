"""What is to be registered waits for its dnr, and goes on as its class says."""

import dataclasses as dc

import pytest

from archive_store.errors import InputError, MissingError, RefusalError
from tasks.culling.classifying import classify
from tasks.culling.filing import ToFile, filed, put_document, to_file
from tasks.culling.ground import Ground
from tests.tasks.culling.world import APPROVER, BATH, CHANNEL, World

DNR = "KS 2025/41"


def ground(world: World) -> Ground:
    return Ground(decision=world.decision, now=world.now)


def waiting(world: World) -> list[ToFile]:
    return to_file(world.archive, {CHANNEL: ground(world)})


def enter(world: World, reference: str, dnr: str = DNR) -> bool:
    entry = filed(
        world.archive, ground(world), CHANNEL, reference, dnr=dnr, by=APPROVER, now=world.now
    )
    return entry is not None


def say(world: World, record_class: str) -> None:
    classify(
        world.archive,
        world.decision,
        CHANNEL,
        "1",
        record_class=record_class,
        reason="case",
        by=APPROVER,
        now=world.now,
    )


@pytest.fixture
def case(bath: World) -> World:
    """Thread 1 is of a case."""
    say(bath, "arende")
    return bath


def test_a_thread_of_a_case_waits_and_is_not_culled(case: World) -> None:
    (found,) = waiting(case)
    assert (found.thread.id, found.reason, found.document) == ("1", "arende", None)
    assert case.cull().culled == 2
    assert set(case.threads()) == {"1"}


def test_its_document_is_made_once_and_anew_when_the_thread_has_changed(case: World) -> None:
    put_document(case.archive, waiting(case)[0], b"%PDF 1", case.now)
    (found,) = waiting(case)
    assert found.document is not None
    assert case.archive.read(found.document, "pdf") == b"%PDF 1"
    case.later(0.1)
    case.comment("1", "Och på söndag?")
    case.harvest()
    (changed,) = waiting(case)
    assert changed.document is None
    assert [package.key for package in changed.stale] == [found.document.key]
    put_document(case.archive, changed, b"%PDF 2", case.now)
    assert len(case.archive.packages("kept/", kind="to-file")) == 1
    assert case.says("%PDF 1") == []


def test_neither_key_nor_journal_names_the_thread(case: World) -> None:
    put_document(case.archive, waiting(case)[0], b"%PDF", case.now)
    (package,) = case.archive.packages("kept/", kind="to-file")
    assert package.base == f"kept/{CHANNEL}/2025/2025-12-01-att-registrera"
    assert set(package.labels) == {"kind", "channel", "reason"}


@pytest.mark.parametrize(("then", "gone"), [("cull", 1), ("keep", 0)])
def test_with_its_dnr_it_goes_on_as_the_class_says(case: World, then: str, gone: int) -> None:
    classes = tuple(
        dc.replace(each, then=then) if each.id == "arende" else each  # type: ignore[arg-type]
        for each in case.decision.classes
    )
    case.decision = dc.replace(case.decision, classes=classes)
    put_document(case.archive, waiting(case)[0], b"%PDF", case.now)
    assert enter(case, "c2")
    assert waiting(case) == []
    assert case.archive.packages("kept/", kind="to-file") == []
    assert case.threads()["1"].thread.filed == DNR
    done = case.cull()
    assert (done.culled, done.kept) == (2 + gone, 1 - gone)
    assert bool(case.says(BATH[0])) is not bool(gone)


def test_entering_it_twice_does_nothing_twice(case: World) -> None:
    assert enter(case, "1")
    entries = case.archive.last.seq
    assert not enter(case, "1")
    assert case.archive.last.seq == entries
    (entry,) = case.archive.entries(event="filed")
    assert dict(entry.facts) == {"channel": CHANNEL, "dnr": "KS%202025/41"}


def test_what_an_approver_kept_for_a_case_waits_too(bath: World) -> None:
    bath.cull(keep={1: "complaint", 2: "unique"})
    (found,) = waiting(bath)
    assert (found.thread.id, found.reason, found.package.zone) == ("1", "complaint", "kept")
    put_document(bath.archive, found, b"%PDF", bath.now)
    before = bath.archive.read(found.package, "media/0001.png")
    assert enter(bath, "1")
    assert waiting(bath.reopened()) == []
    kept = {p.labels["reason"]: p for p in bath.archive.packages("kept/")}
    assert set(kept) == {"complaint", "unique"}
    about = bath.archive.manifest(kept["complaint"])["about"]
    assert (about["dnr"], about["by"]) == (DNR, APPROVER)
    assert bath.archive.read(kept["complaint"], "media/0001.png") == before
    assert not enter(bath, "1")


@pytest.mark.parametrize("dnr", ["", "Majken Sjöberg", "KS", "KS 2025/41 om Majken", "850101-1234"])
def test_only_a_number_of_a_diary_is_taken(case: World, dnr: str) -> None:
    with pytest.raises(InputError, match="dnr-form") as refused:
        enter(case, "1", dnr)
    assert "Majken" not in refused.value.sv


@pytest.mark.parametrize("dnr", ["KS 2025/17-4", "2025-000123", "BUN/2025:12", "KS2025.123"])
def test_diaries_write_their_numbers_in_many_ways(case: World, dnr: str) -> None:
    assert enter(case, "1", dnr)


def test_what_is_not_to_be_registered_is_refused(bath: World) -> None:
    with pytest.raises(RefusalError, match="not-to-file"):
        enter(bath, "1")
    with pytest.raises(MissingError, match="thread-unknown"):
        enter(bath, "99")
