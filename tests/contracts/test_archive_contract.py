"""What the archive promises over any store."""

import concurrent.futures
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from archive_store import Archive, Commit, Draft
from archive_store.bucket import Bucket
from archive_store.errors import (
    ConflictError,
    DamageError,
    ExistsError,
    InputError,
    MissingError,
    RefusalError,
)
from archive_store.keys import ROOT_PAGES, ZONES
from tests.contracts.stores import OPENERS, is_stand_in, new_address

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)


@pytest.fixture(params=sorted(OPENERS))
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def address(store: str, tmp_path: Path) -> str:
    return new_address(store, tmp_path)


@pytest.fixture
def open_bucket(store: str, address: str) -> Callable[[], Bucket]:
    return lambda: OPENERS[store](address)


@pytest.fixture
def archive(open_bucket: Callable[[], Bucket]) -> Archive:
    return Archive.create(open_bucket(), now=NOW, rehearsal=True)


@pytest.fixture
def reopen(archive: Archive, open_bucket: Callable[[], Bucket]) -> Callable[[], Archive]:
    assert archive.last.seq == 1  # it is there to be opened
    return lambda: Archive.open(open_bucket())


def day(generation: int = 1, words: bytes = b'{"thread":1}\n') -> Draft:
    return Draft(
        base=f"posts/blogg/2025-12-14/{generation}",
        files={"threads.jsonl": words, "media/0001.jpg": b"\xff\xd8"},
        about={"generation": generation},
        labels={"kind": "day", "channel": "blogg"},
        folder=True,
    )


def numbers(name: str = "20251215T020000Z") -> Draft:
    return Draft(
        base=f"observations/blogg/2025/{name}",
        files={"parquet": b"PAR1"},
        labels={"kind": "observations", "channel": "blogg"},
    )


def change(*drafts: Draft, retire: tuple[str, ...] = (), **more: object) -> Commit:
    fields = {"event": "harvest", "now": NOW, "actor": "harvest"} | more
    return Commit(drafts=drafts, retire=retire, **fields)  # type: ignore[arg-type]  # as given


def stored(archive: Archive) -> set[str]:
    return {each.key for each in archive.bucket.list() if each.key.split("/")[0] in ZONES}


def test_a_commit_shows_all_its_packages_to_everybody_at_once(
    archive: Archive, reopen: Callable[[], Archive]
) -> None:
    other = reopen()
    entry = archive.commit(change(day(), numbers(), facts={"threads": 1}))
    assert other.packages() == []
    other.refresh()
    assert other.packages() == archive.packages() == sorted(entry.added, key=lambda p: p.key)
    assert (other.last, other.last.facts) == (entry, {"threads": 1})
    package = other.package("posts/blogg/2025-12-14/1/manifest.json")
    assert (package.size, package.files, package.seq, package.time) == (15, 2, 2, NOW)
    assert other.read(package, "media/0001.jpg") == b"\xff\xd8"
    assert other.manifest(package)["about"] == {"generation": 1}


def test_every_stored_file_can_be_got_by_its_key(archive: Archive) -> None:
    archive.commit(change(day(), numbers()))
    for each in archive.bucket.list():
        assert archive.get(each.key) == archive.bucket.get(each.key)


@pytest.mark.parametrize(
    "key", ["posts/blogg/2025-12-14/1/none", "posts/none", "journal/000000000099.json", "leases/x"]
)
def test_other_keys_are_missing(archive: Archive, key: str) -> None:
    archive.commit(change(day()))
    with pytest.raises(MissingError):
        archive.get(key)


def test_packages_are_found_by_prefix_and_labels(archive: Archive) -> None:
    archive.commit(change(day(2), numbers("20251216T020000Z"), day(1)))
    assert [p.base for p in archive.packages("posts/blogg/")] == [
        "posts/blogg/2025-12-14/1",
        "posts/blogg/2025-12-14/2",
    ]
    assert [p.zone for p in archive.packages(channel="blogg", kind="observations")] == [
        "observations"
    ]
    assert archive.packages(channel="annan") == []


def test_the_journal_is_a_chain_of_digests_of_stored_bytes(archive: Archive) -> None:
    for generation in range(1, 4):
        archive.commit(change(day(generation)))
    previous = "0" * 64
    for entry in archive.entries():
        data = archive.bucket.get(f"journal/{entry.seq:012}.json")
        assert data.count(b"\n") == 1
        assert json.loads(data)["previous"] == previous == entry.previous
        previous = hashlib.sha256(data).hexdigest()
        assert entry.sha256 == previous
    assert archive.last.seq == 4
    assert [e.seq for e in archive.entries(event="created")] == [1]


def test_what_is_done_once_is_not_done_again_and_writes_nothing(
    archive: Archive, reopen: Callable[[], Archive]
) -> None:
    other = reopen()
    first = archive.commit(change(day(), once="harvest:blogg:2025-12-15"))
    before = stored(archive)
    for again in (archive, other, reopen()):
        assert again.commit(change(day(7), once="harvest:blogg:2025-12-15")) == first
        assert again.once("harvest:blogg:2025-12-15") == first
    assert stored(archive) == before
    assert archive.once("harvest:blogg:2025-12-16") is None


def test_superseding_destroys_the_old_and_leaves_the_new(archive: Archive) -> None:
    old = archive.commit(change(day(1))).added[0]
    entry = archive.commit(change(day(2), retire=(old.key,)))
    assert (entry.retired, entry.retirement) == ((old.key,), "superseded")
    assert archive.remains([old.key]) == []
    assert {key.split("/")[3] for key in stored(archive)} == {"2"}
    with pytest.raises(MissingError) as caught:
        archive.package(old.key)
    assert caught.value.code == "destroyed"
    with pytest.raises(MissingError):
        archive.read(old, "threads.jsonl")


def test_remains_are_told_as_long_as_there_are_any(archive: Archive) -> None:
    package = archive.commit(change(numbers())).added[0]
    assert archive.remains([package.key]) == [
        "observations/blogg/2025/20251215T020000Z.json",
        "observations/blogg/2025/20251215T020000Z.parquet",
    ]


def test_a_package_destroyed_by_another_run_is_missing_not_damaged(
    archive: Archive, reopen: Callable[[], Archive]
) -> None:
    package = archive.commit(change(day(1))).added[0]
    reopen().commit(change(retire=(package.key,), retirement="culled"))
    with pytest.raises(MissingError):
        archive.read(package, "threads.jsonl")


def test_a_commit_on_a_package_that_another_run_took_away_writes_nothing(
    archive: Archive, reopen: Callable[[], Archive]
) -> None:
    old = archive.commit(change(day(1))).added[0]
    reopen().commit(change(day(2), retire=(old.key,)))
    before = stored(archive)
    with pytest.raises(ConflictError):
        archive.commit(change(day(3), retire=(old.key,)))
    assert stored(archive) == before


def test_sixteen_writers_at_once_make_one_chain_and_each_once_key_is_won_by_one(
    reopen: Callable[[], Archive], address: str
) -> None:
    turns = 1 if is_stand_in(address) else 4  # it answers one at a time: its races are slow

    def write(who: int) -> int:
        mine = reopen()
        for turn in range(turns):
            mine.commit(change(numbers(f"{who}-{turn}")))
            mine.commit(change(numbers(f"once-{who}-{turn}"), once=f"turn-{turn}"))
        return who

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(16)))
    final = reopen()
    assert len(final.packages()) == 16 * turns + turns
    assert final.last.seq == 1 + 16 * turns + turns
    assert len(stored(final)) == 2 * len(final.packages())


def test_of_writers_that_retire_the_same_package_one_wins(
    archive: Archive, reopen: Callable[[], Archive]
) -> None:
    old = archive.commit(change(day(1))).added[0]

    def write(who: int) -> bool:
        mine = reopen()
        try:
            mine.commit(change(day(who + 2), retire=(old.key,)))
        except ConflictError:
            return False
        return True

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(write, range(8))).count(True) == 1
    final = reopen()
    assert len(final.packages()) == 1
    assert len(stored(final)) == 3


def test_a_taken_base_gets_a_number_and_a_key_never_names_a_second_package(
    archive: Archive,
) -> None:
    first, second = archive.commit(change(numbers(), numbers())).added
    assert second.base == first.base + "-2"
    archive.bucket.create("observations/blogg/2025/leftover.parquet", b"of a killed run")
    (third,) = archive.commit(change(numbers("leftover"))).added
    assert third.base == "observations/blogg/2025/leftover-2"
    old = archive.commit(change(day())).added[0]
    (new,) = archive.commit(change(day(), retire=(old.key,))).added
    (newer,) = archive.commit(change(day(), retire=(new.key,))).added
    assert [new.base, newer.base] == [old.base + "-2", old.base + "-3"]


def test_no_package_lies_inside_another_and_goes_with_it(archive: Archive) -> None:
    outer = Draft(base="posts/blogg/2025-12-14", files={"x": b""}, folder=True)
    inner = day()
    with pytest.raises(InputError) as caught:
        archive.commit(change(outer, inner))
    assert caught.value.code == "package-in-package"
    archive.commit(change(inner))
    (moved,) = archive.commit(change(outer)).added
    assert moved.base == "posts/blogg/2025-12-14-2"
    with pytest.raises(InputError):
        archive.commit(change(Draft(base=moved.base + "/1", files={"x": b""})))
    archive.commit(change(retire=(moved.key,), retirement="culled"))
    assert len(stored(archive)) == 3


def test_leftovers_are_invisible_until_swept_and_nothing_else_is_swept(archive: Archive) -> None:
    archive.secret()
    archive.commit(change(day(), numbers()))
    before = {each.key for each in archive.bucket.list()}
    leftovers = {
        "posts/blogg/2025-12-14/2/threads.jsonl": b"x",
        "posts/blogg/2025-12-14/2/manifest.json": b"{}",
        "posts/blogg/2025-12-14/1/media/0002.jpg": b"in a living package's folder",
        "posts/annan/2025-12-14/1/threads.jsonl": b"of another channel",
        "observations/blogg/2025/20251215T020000Z.csv": b"x",
    }
    for key, data in leftovers.items():
        archive.bucket.create(key, data)
    assert len(archive.packages()) == 2
    assert archive.sweep("posts/blogg/") == 3
    assert archive.sweep("") == 2
    # Where writes may come late each sweep takes the next number: no entry names what is gone.
    swept = {f"journal/{entry.seq:012}.json" for entry in archive.entries(event="swept")}
    assert {each.key for each in archive.bucket.list()} == before | swept
    assert len(swept) == (2 if archive.bucket.pace.late else 0)


@pytest.mark.parametrize("zone", ["register", "snapshots", "certificates", "reports"])
@pytest.mark.parametrize("retirement", ["superseded", "culled", "expired"])
def test_what_is_written_once_is_never_retired(
    archive: Archive, zone: str, retirement: str
) -> None:
    draft = Draft(base=f"{zone}/x/y", files={"pdf": b"%PDF"})
    package = archive.commit(change(draft)).added[0]
    with pytest.raises(RefusalError) as caught:
        archive.commit(change(draft, retire=(package.key,), retirement=retirement))
    assert caught.value.code == "kept-for-ever"
    assert archive.read(package, "pdf") == b"%PDF"


@pytest.mark.parametrize("zone", ["observations", "statistics"])
def test_numbers_are_compacted_but_never_culled_nor_lost(archive: Archive, zone: str) -> None:
    draft = Draft(base=f"{zone}/blogg/monthly", files={"parquet": b"PAR1"})
    package = archive.commit(change(draft)).added[0]
    for retirement in ("culled", "expired"):
        with pytest.raises(RefusalError):
            archive.commit(change(draft, retire=(package.key,), retirement=retirement))
    with pytest.raises(RefusalError) as caught:
        archive.commit(change(day(), retire=(package.key,)))
    assert caught.value.code == "nothing-instead"
    archive.commit(change(draft, retire=(package.key,)))
    assert len(archive.packages(zone)) == 1


@pytest.mark.parametrize("zone", ["posts", "kept", "restricted", "lists", "requests"])
def test_transient_packages_are_culled(archive: Archive, zone: str) -> None:
    package = archive.commit(change(Draft(base=f"{zone}/x/y", files={"json2": b"x"}))).added[0]
    archive.commit(change(retire=(package.key,), retirement="culled"))
    assert stored(archive) == set()


@pytest.mark.parametrize(
    "draft",
    [
        Draft(base="posts/../x", files={"a": b""}),
        Draft(base="journal/x", files={"a": b""}),
        Draft(base="leases/x", files={"a": b""}),
        Draft(base="elsewhere/x", files={"a": b""}),
        Draft(base="posts", files={"a": b""}),
        Draft(base="posts/x.y", files={"a": b""}),
        Draft(base="posts/x/manifest", files={"a": b""}),
        Draft(base="posts/x", files={}),
        Draft(base="posts/x", files={"json": b""}),
        Draft(base="posts/x", files={"a/b": b""}),
        Draft(base="posts/x", files={"manifest.json": b""}, folder=True),
        Draft(base="posts/x", files={"../a": b""}, folder=True),
        Draft(base="posts/x", files={"a": b""}, about={"no": {1, 2}}),
        Draft(base="posts/x", files={"a": b""}, about={"no": float("nan")}),
        Draft(base="posts/x", files={"a": b""}, labels={"said": "hej på dig"}),
    ],
    ids=lambda draft: f"{draft.base}:{','.join(draft.files)}",
)
def test_malformed_drafts_are_refused_and_nothing_is_written(
    archive: Archive, draft: Draft
) -> None:
    with pytest.raises(InputError):
        archive.commit(change(day(), draft))
    assert stored(archive) == set()
    assert archive.last.seq == 1


@pytest.mark.parametrize(
    "more",
    [
        {"facts": {"text": "words of somebody"}},
        {"facts": {"deep": [{"x": ["åäö"]}]}},
        {"facts": {"x": float("inf")}},
        {"facts": {"x": b"bytes"}},
        {"actor": "Anna Andersson"},
        {"event": "Two words"},
        {"once": "a b"},
        {"now": NOW.replace(tzinfo=None)},
    ],
)
def test_words_and_odd_values_do_not_come_into_the_journal(
    archive: Archive, more: dict[str, object]
) -> None:
    with pytest.raises(InputError) as caught:
        archive.commit(change(day(), **more))
    assert "somebody" not in str(caught.value)
    assert stored(archive) == set()


def test_ids_codes_and_counts_come_into_the_journal(
    archive: Archive, reopen: Callable[[], Archive]
) -> None:
    facts = {
        "n": 3,
        "share": 0.5,
        "ok": True,
        "none": None,
        "ids": ["c17", "/?p=17"],
        "by": {"a": 1},
    }
    archive.commit(change(facts=facts))
    assert reopen().last.facts == facts


def test_changed_and_lost_bytes_are_damage(archive: Archive) -> None:
    package = archive.commit(change(day())).added[0]
    archive.bucket.delete("posts/blogg/2025-12-14/1/threads.jsonl")
    with pytest.raises(DamageError):
        archive.read(package, "threads.jsonl")
    archive.bucket.create("posts/blogg/2025-12-14/1/threads.jsonl", b"other words")
    with pytest.raises(DamageError) as caught:
        archive.read(package, "threads.jsonl")
    assert "other words" not in str(caught.value)
    with pytest.raises(MissingError):
        archive.read(package, "media/0009.jpg")


def test_an_archive_is_made_once_and_only_where_nothing_lies(
    open_bucket: Callable[[], Bucket],
) -> None:
    with pytest.raises(MissingError) as caught:
        Archive.open(open_bucket())
    assert "kanalarkiv init" in caught.value.sv
    Archive.create(open_bucket(), now=NOW)
    with pytest.raises(ExistsError):
        Archive.create(open_bucket(), now=NOW)
    assert [each.key for each in open_bucket().list()] == [
        ROOT_PAGES[0],
        "journal/000000000001.json",
    ]


def test_an_archive_is_not_made_among_other_files(open_bucket: Callable[[], Bucket]) -> None:
    open_bucket().create("README.md", b"of something else")
    with pytest.raises(ExistsError):
        Archive.create(open_bucket(), now=NOW)
    assert open_bucket().get("README.md") == b"of something else"


def test_in_a_rehearsal_time_may_lie_in_the_past_but_not_go_backwards(
    archive: Archive,
) -> None:
    assert archive.rehearsal
    archive.accept_time(NOW)
    archive.commit(change(now=NOW + dt.timedelta(days=1)))
    archive.accept_time(NOW + dt.timedelta(days=1))
    with pytest.raises(InputError) as caught:
        archive.accept_time(NOW)
    assert caught.value.code == "time-goes-backwards"
    with pytest.raises(InputError):
        archive.accept_time(NOW.replace(tzinfo=None))


def test_real_time_is_recorded_beside_the_rules_time(open_bucket: Callable[[], Bucket]) -> None:
    real = dt.datetime(2026, 1, 7, 12, 30, tzinfo=dt.UTC)
    archive = Archive.create(open_bucket(), now=NOW, clock=lambda: real)
    package = archive.commit(change(numbers())).added[0]
    assert (archive.last.time, archive.last.now, archive.rehearsal) == (real, NOW, False)
    assert archive.manifest(package)["written"] == "2026-01-07T12:30:00Z"
    assert archive.manifest(package)["now"] == "2025-12-15T02:00:00Z"


def test_the_secret_is_made_once_by_one_of_many_and_its_loss_is_told(
    archive: Archive, reopen: Callable[[], Archive]
) -> None:
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: reopen().secret(), range(8)))
    assert len(secrets) == 1
    assert len(secrets.pop()) == 32
    stone = Draft(base="tombstones/blogg/list-1", files={"marks.json": b"{}"})
    archive.commit(change(stone))
    archive.bucket.delete("tombstones/key")
    with pytest.raises(DamageError):
        archive.secret()
    with pytest.raises(InputError):
        archive.secret("tombstones/other")
