"""A channel's day as it is stored: the package that harvest writes and culling rewrites.

DESIGN section 1: a thread is the unit of judgement, a channel's day the unit of storage. A day lies
at ``posts/<channel>/<day>/<generation>/`` with ``threads.jsonl`` (one salted document a thread, all
its versions inside), their gists in the same order (``tasks.gists``) and ``media/``. It is never
changed in place: a new generation is committed and the old one retired in the same commit.
"""

import dataclasses as dc
import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import pydantic

from archive_store import Archive, Draft, Package
from archive_store.bucket import Bucket
from archive_store.drafts import changed, read_checked
from archive_store.errors import DamageError
from archive_store.keys import file_key
from tasks import gists
from tasks.gists import Gist, gist_of, gists_from_json, gists_json, pictures_of
from tasks.marks import marks_of
from tasks.model import Thread

THREADS = "threads.jsonl"
MEDIA = "media/"

# A tuple, because pydantic takes no configuration for a bare dataclass; errors must show no words.
_CODEC = pydantic.TypeAdapter(
    tuple[Thread],
    config=pydantic.ConfigDict(hide_input_in_errors=True, ser_json_timedelta="iso8601"),
)


def living_days(archive: Archive, channel_id: str) -> list[Package]:
    """The channel's living days, oldest first, each in its newest generation."""
    newest: dict[str, Package] = {}
    for package in archive.packages(f"posts/{channel_id}/", kind="day", channel=channel_id):
        day = package.labels["day"]
        if day not in newest or _order(newest[day]) < _order(package):
            newest[day] = package
    return [newest[day] for day in sorted(newest)]


def day_of(package: Package) -> dt.date:
    """The Stockholm date that the package holds."""
    return dt.date.fromisoformat(package.labels["day"])


def generation_of(package: Package) -> int:
    """1 for a day written once, one more for every time that it was rewritten."""
    # The archive appends "-2" where a key was taken: the number before it is the generation.
    return int(package.base.rsplit("/", 1)[1].partition("-")[0])


def load_day(archive: Archive, package: Package) -> tuple[Thread, ...]:
    """The day's threads, in the order they began; ``DamageError`` where they cannot be read."""
    lines = archive.read(package, THREADS).splitlines()
    return tuple(thread_from_json(line) for line in lines)


def day_media(archive: Archive, package: Package) -> dict[str, bytes]:
    """Bytes of every picture of the day, by name (``"media/0001.jpg"``)."""
    names = [entry["name"] for entry in archive.manifest(package)["files"]]
    return {name: archive.read(package, name) for name in names if name.startswith(MEDIA)}


def day_draft(  # noqa: PLR0913 - which day, and everything that it holds
    channel_id: str,
    day: dt.date,
    generation: int,
    threads: Sequence[Thread],
    media: Mapping[str, bytes],
    *,
    secret: bytes,
) -> Draft:
    """A generation of a day, with the pictures that its threads name and no others.

    ``secret`` is the archive's own, under which the threads are marked (``tasks.marks``).
    """
    ordered = sorted(threads, key=lambda thread: (thread.posts[0].published, thread.id))
    if len({thread.id for thread in ordered}) < len(ordered):
        raise AssertionError(day)  # a thread is judged, listed and culled by its id
    named = media_names(ordered)
    lines = [thread_json(thread) for thread in ordered]
    sizes = {name: len(data) for name, data in media.items()}
    told = [gist_of_line(*each, sizes, secret) for each in zip(ordered, lines, strict=True)]
    return Draft(
        base=f"posts/{channel_id}/{day.isoformat()}/{generation}",
        files={
            THREADS: b"".join(line + b"\n" for line in lines),
            gists.FILE: gists_json(told),
            **{name: data for name, data in sorted(media.items()) if name in named},
        },
        about={"channel": channel_id, "day": day.isoformat(), "generation": generation},
        labels={
            "kind": "day",
            "channel": channel_id,
            "day": day.isoformat(),
            "threads": str(len(ordered)),
        },
        folder=True,
    )


def rest_draft(
    archive: Archive, package: Package, *, gone: Collection[str], threads: int, media: Iterable[str]
) -> Draft:
    """The next generation of a day that loses threads: the others' stored lines, byte for byte.

    Lines, gists and pictures are read when they are written, so that a commit over very many days
    holds no more than one of them at a time.

    Args:
        archive: where the day lies; it must live until the draft is committed.
        package: the day.
        gone: hex digests of the stored lines that leave.
        threads: how many stay.
        media: names of the pictures that those show.
    """
    channel, day = package.labels["channel"], package.labels["day"]
    generation = generation_of(package) + 1
    digests = {file["name"]: file["sha256"] for file in archive.manifest(package)["files"]}
    stays = {
        name: digests[name] for name in (THREADS, gists.FILE, *sorted(media)) if name in digests
    }
    return Draft(
        base=f"posts/{channel}/{day}/{generation}",
        files=_Rest(archive.bucket, package.key, stays, frozenset(gone)),
        about={"channel": channel, "day": day, "generation": generation},
        labels={"kind": "day", "channel": channel, "day": day, "threads": str(threads)},
        folder=True,
    )


def media_names(threads: Iterable[Thread]) -> set[str]:
    """Names of the stored pictures that any version in the threads shows."""
    return {name for thread in threads for name in pictures_of(thread)}


def gist_of_line(thread: Thread, line: bytes, sizes: Mapping[str, int], secret: bytes) -> Gist:
    """The gist of a thread that is stored as ``line``; ``sizes`` of the day's files by name."""
    pictures = sum(sizes.get(name, 0) for name in pictures_of(thread))
    return gist_of(
        thread,
        sha256=line_digest(line),
        length=len(line),
        size=len(line) + pictures,
        marks=marks_of(thread, secret),
    )


def thread_json(thread: Thread) -> bytes:
    """One line of JSON without line break; times in UTC with ``Z``."""
    return _CODEC.dump_json((thread,))[1:-1]


def line_digest(line: bytes | memoryview) -> str:
    """Hex SHA-256 of a thread's stored line, by which lists and certificates know it."""
    return hashlib.sha256(line).hexdigest()


def thread_from_json(data: bytes) -> Thread:
    """The thread of one line; ``DamageError`` without any of its words where it is not one."""
    try:
        return _CODEC.validate_json(b"[" + data + b"]")[0]
    except pydantic.ValidationError as error:
        raise DamageError(
            "thread-unreadable",
            sv=f"En tråd i arkivet går inte att läsa ({error.error_count()} fel i dess fält). "
            "Kör kanalarkiv verify.",
            en=f"A thread in the archive cannot be read ({error.error_count()} fields are wrong). "
            "Run kanalarkiv verify.",
        ) from None


@dc.dataclass(frozen=True, slots=True, eq=False)
class _Rest(Mapping[str, bytes]):
    """What stays of a day; nothing is held here.

    Read from the bucket, since the archive is busy committing when it is asked for.
    """

    bucket: Bucket
    package: str
    digests: Mapping[str, str]
    gone: frozenset[str]

    def __getitem__(self, name: str) -> bytes:
        if name == THREADS:
            return b"".join(line + b"\n" for line in self._lines())
        if name == gists.FILE:
            return gists_json(each for each in self._gists() if each.sha256 not in self.gone)
        return self._read(name)

    def _lines(self) -> Iterator[bytes]:
        """The lines that stay: only those are read closely, as mostly few do."""
        if gists.FILE not in self.digests:  # from before there were gists
            lines = self._read(THREADS).splitlines()
            yield from (line for line in lines if line_digest(line) not in self.gone)
            return
        key, start = file_key(self.package, THREADS), 0
        stored = self.bucket.get(key, digest=self.digests[THREADS])
        for each in self._gists():
            line = memoryview(stored)[start : start + each.length]
            start += each.length + 1
            if each.sha256 not in self.gone:
                if line_digest(line) != each.sha256:
                    raise changed(key)
                yield bytes(line)
        if start != len(stored):  # a thread that no gist tells of must not be left out
            raise changed(key)

    def _gists(self) -> list[Gist]:
        return gists_from_json(self._read(gists.FILE))

    def _read(self, name: str) -> bytes:
        return read_checked(self.bucket, file_key(self.package, name), self.digests[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.digests)

    def __len__(self) -> int:
        return len(self.digests)


def _order(package: Package) -> tuple[int, int]:
    return generation_of(package), package.seq
