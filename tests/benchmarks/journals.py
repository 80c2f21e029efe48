"""Opening, committing and listing in an archive with a long history, from its checkpoints.

The history is synthesised: as many entries as that many commits would leave, chained and decodable,
nine of ten of which replace the package before; their packages' own objects are not there, since
nothing here reads them. docs/benchmarks.md.
"""

import datetime as dt
import hashlib
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from archive_store import Archive, Commit, Directory, Draft
from archive_store.bucket import Bucket
from archive_store.checkpoint import Checkpoint
from archive_store.journal import Head, decode, encode, entry_key
from archive_store.opening import CHECKPOINT, checkpoint_key
from archive_store.records import Entry, Package
from archive_store.state import State
from tests.benchmarks.rows import Row, most_memory

NOW: Final = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)
COMMITS: Final = 1_000_000
LIMIT: Final = 2.0  # seconds for all three together
BEHIND: Final = 400  # entries since the checkpoint: nearly as many as there may be
_FOLD: Final = 50_000


def opening(folder: Path, *, scale: float, rounds: int) -> list[Row]:
    """A million commits (at scale 1) on a directory."""
    commits = max(BEHIND * 2, round(COMMITS * scale))
    root = folder / "archive"
    entries = lengthen(root, to=commits)

    def peer() -> None:
        for seq in range(1, commits + 1):
            data = (root / entry_key(seq)).read_bytes()
            hashlib.sha256(data).hexdigest()
            json.loads(data)

    began = time.perf_counter()
    peer()
    peer_seconds = time.perf_counter() - began
    name = f"open + commit + list at {commits} commits ({entries} living), on a directory"
    return [
        timed(
            name,
            lambda: Directory(root),
            living=entries,
            rounds=rounds,
            peer=(peer_seconds, "json.loads + sha256 of all entries, which a replay must do"),
        )
    ]


def lengthen(root: Path, *, to: int) -> int:
    """Make an archive with that long a journal and a checkpoint; how many packages live in it."""
    Archive.create(Directory(root), now=NOW, rehearsal=True)
    state = State()
    state.take(decode((root / entry_key(1)).read_bytes(), seq=1))
    living: list[str] = []
    while state.head.seq < to - BEHIND:
        _append(root, state, _made(state.head.seq + 1, living))
        if len(state.since) == _FOLD:
            path = root / "folded.sqlite"
            state = State(base=Checkpoint.write(state, path))
            path.unlink()
    key = checkpoint_key(state.head.seq)
    (root / key).parent.mkdir()
    state = State(base=Checkpoint.write(state, root / key))
    with (root / key).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    facts = {"seq": state.head.seq, "sha256": digest, "size": (root / key).stat().st_size}
    _append(root, state, (Commit(event=CHECKPOINT, now=NOW, actor="kanalarkiv", facts=facts), ()))
    while state.head.seq < to:
        _append(root, state, _made(state.head.seq + 1, living))
    return len(living)


def timed(
    name: str,
    bucket: Callable[[], Bucket],
    *,
    living: int,
    rounds: int,
    peer: tuple[float, str],
) -> Row:
    """A row about opening, committing to and listing the archive in ``bucket()``."""
    turns: list[float] = []
    numbers = iter(range(10_000))

    def turn() -> None:
        began = time.perf_counter()
        archive = Archive.open(bucket())
        draft = Draft(base=f"lists/turn-{next(numbers)}", files={"jsonl": b"{}"})
        archive.commit(Commit(event="turn", now=NOW, actor="bench", drafts=(draft,)))
        listed = sum(1 for _ in archive.packages())
        turns.append(time.perf_counter() - began)
        if not living < listed < living + 10_000:
            raise AssertionError((living, listed))

    memory = most_memory(turn)
    turns.clear()
    for _ in range(rounds):
        turn()
    ours = statistics.median(turns)
    return Row(
        name=name,
        ours=round(ours, 3),
        peer=round(peer[0], 3),
        peer_name=peer[1],
        unit="s",
        ratio=round(peer[0] / ours, 3),
        target=round(peer[0] / LIMIT, 3),
        ok=ours <= LIMIT,
        memory_mb=round(memory / 1e6, 1),
    )


def _made(seq: int, living: list[str]) -> tuple[Commit, tuple[Package, ...]]:
    """The commit with that number; every tenth replaces nothing."""
    base = f"posts/kanal-{seq % 50:02}/{seq:09}/1"
    retire = () if seq % 10 == 0 or not living else (living.pop(),)
    package = Package(
        key=f"{base}/manifest.json",
        sha256=f"{seq:064x}",
        size=200_000,
        files=1,
        labels={"kind": "day", "channel": f"kanal-{seq % 50:02}", "threads": "7"},
        seq=seq,
        time=NOW,
    )
    living.append(package.key)
    change = Commit(
        event="harvest",
        now=NOW,
        actor="harvest",
        retire=retire,
        once=f"harvest:kanal-{seq % 50:02}:{seq}",
        facts={"channel": f"kanal-{seq % 50:02}", "threads": 7, "told_posts": 120},
    )
    return change, (package,)


def _append(root: Path, state: State, made: tuple[Commit, tuple[Package, ...]]) -> None:
    change, added = made
    head: Head = state.head
    data = encode(
        change,
        head=head,
        nonce=f"{head.seq:032x}",
        time=NOW,
        destroyed=head.seq,
        added=added,
    )
    (root / entry_key(head.seq + 1)).write_bytes(data)
    entry: Entry = decode(data, seq=head.seq + 1)
    state.take(entry)
    state.destroying.clear()
