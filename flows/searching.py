"""Finding words in the archive: the catalogue for what lasts, a scan of the open days for posts.

Being easy to search is a legal condition for keeping records so (docs/search.md). A phrase is data
about the one who searches: it is neither logged nor stored, and stands in no message.
"""

import dataclasses as dc
import logging
import re
from collections.abc import Callable, Iterable, Iterator

from archive_store import Archive, Package
from archive_store.catalogue import Catalogue, Progress, Refreshed
from archive_store.errors import CaptureError, DamageError, KanalarkivError
from archive_store.keys import file_key
from archive_store.reader import Reader
from archive_store.scanning import scan
from archive_store.texts import Hit, Text
from archive_store.words import Query, joined
from flows.settings import Settings
from tasks.days import THREADS, thread_from_json
from tasks.model import Post, Thread

FILE = "catalogue.sqlite"
POSTS = "posts"
LIMIT = 50

_HYPHEN = re.compile("[\u00ad\u2010]\n")  # a word that the printer parted at a line's end


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search gives.

    Attributes:
        hits: latest first.
        more: whether there are more than were asked for.
        flaws: what could not be read, and so not searched.
        catalogue: what refreshing it did; ``None`` where it was not asked.
    """

    hits: tuple[Hit, ...]
    more: bool
    flaws: tuple[KanalarkivError, ...]
    catalogue: Refreshed | None


def catalogue_of(settings: Settings) -> Catalogue:
    """The catalogue in the state folder, never in the archive."""
    return Catalogue(settings.state / FILE, {"snapshot": snapshot_texts, "kept": kept_texts})


def find(  # noqa: PLR0913 - a search has these sides
    archive: Archive,
    settings: Settings,
    query: Query,
    *,
    zone: str = "",
    channel: str = "",
    limit: int = LIMIT,
    on_progress: Progress | None = None,
    on_wait: Callable[[], None] | None = None,
) -> Found:
    """Search the archive as it is now.

    Args:
        archive: opened.
        settings: where the catalogue is.
        query: what for.
        zone: only there; ``""`` everywhere.
        channel: only in packages of this channel; ``""`` for all.
        limit: how many hits at most.
        on_progress: told how reading for the catalogue goes on.
        on_wait: told where another process builds the catalogue, which is waited for.

    Raises:
        ArchiveError: the catalogue cannot be written.
    """
    labels = {"channel": channel} if channel else {}
    hits: list[Hit] = []
    flaws: list[KanalarkivError] = []
    whole, refreshed = True, None
    if zone != POSTS:
        catalogue = catalogue_of(settings)
        refreshed = catalogue.refresh(archive, on_progress=on_progress, on_wait=on_wait)
        for number, hit in enumerate(catalogue.find(query, prefix=zone and f"{zone}/", **labels)):
            if number == limit:
                whole = False
                break
            hits.append(hit)
        flaws += [
            KanalarkivError(unread.code, sv=unread.sv, en=unread.en)
            for unread in catalogue.unread()
        ]
    if zone in {"", POSTS}:
        posts, unreadable, all_read = _in_posts(archive, query, labels, limit)
        hits += posts
        flaws += unreadable
        whole = whole and all_read
    hits.sort(key=lambda hit: hit.time, reverse=True)
    return Found(
        hits=tuple(hits[:limit]),
        more=not whole or len(hits) > limit,
        flaws=tuple(flaws),
        catalogue=refreshed,
    )


def forget(archive: Archive, settings: Settings) -> None:
    """Let the catalogue, where there is one, hold nothing that the archive has destroyed.

    To be called when kept threads were culled or a snapshot withdrawn.
    """
    catalogue = catalogue_of(settings)
    if catalogue.path.exists():
        catalogue.refresh(archive)


def snapshot_texts(reader: Reader, package: Package) -> Iterator[Text]:
    """A text a page of each PDF of a snapshot."""
    from tasks.documents import read_back  # noqa: PLC0415 - heavy; few searches need it

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings quote the file's bytes
    for file in reader.manifest(package)["files"]:
        name = file["name"]
        if name == "pdf" or name.endswith(".pdf"):
            data = reader.read(package, name)
            try:
                pages = read_back(data).texts
            except CaptureError:
                raise _unreadable(package, name) from None
            for number, words in enumerate(pages, 1):
                yield Text(parts=(_HYPHEN.sub("", words),), file=name, page=number)


def _unreadable(package: Package, name: str) -> DamageError:
    key = file_key(package.key, name)
    return DamageError(
        "text-unreadable",
        sv=f"Texten i {key} går inte att läsa, så den är inte sökbar. Öppna filen för hand; är den "
        "hel, anmäl felet.",
        en=f"The text of {key} cannot be read, so it cannot be searched. Open the file by hand; "
        "report the fault if it is whole.",
    )


def kept_texts(reader: Reader, package: Package) -> Iterator[Text]:
    """The text of a kept thread."""
    name = "thread.json"
    thread = thread_from_json(reader.read(package, name).strip())
    yield dc.replace(thread_text(thread), file=name)


def thread_text(thread: Thread) -> Text:
    """What is said in a thread, in all its versions, and who says it."""
    return Text(
        parts=tuple(part for post in thread.posts for part in _parts(post)),
        part=thread.id,
        time=thread.posts[0].published,
    )


def answers(thread: Thread, queries: Iterable[Query]) -> str | None:
    """The words around what answers any of the queries; ``None`` where nothing does."""
    words = joined(thread_text(thread).parts)
    found = (query.snippet(words) for query in queries)
    return next((snippet.text for snippet in found if snippet is not None), None)


def _parts(post: Post) -> Iterator[str]:
    for version in reversed(post.versions):
        words = version.words
        yield from (words.author_name, words.title, words.text)
        yield from (picture.alt for picture in words.media)


def _in_posts(
    archive: Archive, query: Query, labels: dict[str, str], limit: int
) -> tuple[list[Hit], list[KanalarkivError], bool]:
    """Search the open days, the latest first; a day rewritten meanwhile is read in its new form."""
    hits: list[Hit] = []
    flaws: list[KanalarkivError] = []
    seen: set[str] = set()
    while True:
        days = [
            package
            for package in archive.packages(f"{POSTS}/", kind="day", **labels)
            if package.key not in seen
        ]
        days.sort(key=lambda package: package.labels["day"], reverse=True)
        seen |= {package.key for package in days}
        found = scan(archive, days, query, name=THREADS, parse=_parse, limit=limit + 1)
        hits += found.hits
        flaws += found.flaws
        if not found.gone:
            return hits, flaws, found.whole
        archive.refresh()


def _parse(_package: Package, line: bytes) -> Text:
    return thread_text(thread_from_json(line))
