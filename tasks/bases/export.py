"""The basis ``export``: an account's own download of Facebook or Instagram as threads.

A download holds what the account itself wrote. Others' comments, hidden or not, are not in it, nor
where a post stands on the web; the rendering says so.
"""

import collections
import contextlib
import dataclasses as dc
import datetime as dt
import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive_store.errors import InputError
from tasks.bases import meta_posts
from tasks.bases.mending import mended
from tasks.bases.shapes import Value
from tasks.bases.unpacking import MAX_PICTURE, Package, opened, read_json
from tasks.bases.wording import sound
from tasks.model import Channel, Media, Post, Thread, Version, Visibility, Words
from tasks.office_time import local_date


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What a download holds; pictures are read as long as it is open.

    Attributes:
        platform: ``"facebook"`` or ``"instagram"``.
        threads: the account's public posts, and its own comments, each as a thread of its own.
        package: the download.
        remarks: sentences in Swedish on what the data do not tell, for the rendering.
        unread: kinds of attachments that this program does not know, with how many.
    """

    platform: str
    threads: tuple[Thread, ...]
    package: Package
    remarks: tuple[str, ...]
    unread: tuple[tuple[str, int], ...]

    def media(self, _day: dt.date, name: str) -> bytes | None:
        """A picture's bytes, as ``rendering`` asks for them; ``None`` where it is no file here."""
        if name not in self.package.names or not _is_picture(name):
            return None
        return self.package.read(name, limit=MAX_PICTURE)


@contextlib.contextmanager
def exported(source: Path | bytes, channel: Channel) -> Iterator[Export]:
    """The download at ``source`` (a zip file, its bytes, or its folder) as threads.

    Args:
        source: of one account; of a download in several zip files, the folder with all of them.
        channel: whose download it is.

    Raises:
        InputError: it is no download in JSON, damaged or not safe; nothing was taken in.
    """
    with opened(source) as package:
        platform = platform_of(package)
        if platform is None:
            raise _no_posts(package)
        entries = list(_entries(package, _READERS[platform]))
        unread = collections.Counter(kind for _, entry in entries for kind in entry.unread)
        yield Export(
            platform=platform,
            threads=_threads(package, channel, entries),
            package=package,
            remarks=tuple(_remarks(unread.total())),
            unread=tuple(sorted(unread.items())),
        )


def platform_of(package: Package) -> str | None:
    """Whose download in JSON it is: ``"facebook"``, ``"instagram"`` or ``None``."""
    for platform, ((posts, _), _) in _READERS.items():
        if any(posts.search(name) for name in package.names):
            return platform
    return None


_Readers = tuple[
    tuple[re.Pattern[str], meta_posts.Reader], tuple[re.Pattern[str], meta_posts.Reader]
]

_READERS: Final[dict[str, _Readers]] = {
    "facebook": (
        (meta_posts.FACEBOOK_POSTS, meta_posts.facebook_posts),
        (meta_posts.FACEBOOK_COMMENTS, meta_posts.facebook_comments),
    ),
    "instagram": (
        (meta_posts.INSTAGRAM_POSTS, meta_posts.instagram_posts),
        (meta_posts.INSTAGRAM_COMMENTS, meta_posts.instagram_comments),
    ),
}


def _entries(package: Package, readers: _Readers) -> Iterator[tuple[str, meta_posts.Entry]]:
    """Every post and comment, with the file that it was read from."""
    for name in sorted(package.names):
        for pattern, reader in readers:
            if pattern.search(name):
                document = Value(mended(read_json(package, name)), name)
                for entry in reader(document):
                    yield name, entry


def _threads(
    package: Package, channel: Channel, entries: list[tuple[str, meta_posts.Entry]]
) -> tuple[Thread, ...]:
    numbers: collections.Counter[str] = collections.Counter()
    threads = []
    for file, entry in sorted(entries, key=lambda pair: (pair[1].published, pair[1].text)):
        # a download has no ids; a time and a number tell entries apart and hold no words
        stem = f"{entry.kind}-{int(entry.published.timestamp())}"
        numbers[stem] += 1
        threads.append(_thread(package, channel, file, entry, f"{stem}-{numbers[stem]}"))
    return tuple(threads)


def _thread(
    package: Package, channel: Channel, file: str, entry: meta_posts.Entry, entry_id: str
) -> Thread:
    words = Words(
        author="",
        author_name=channel.name,
        title="",
        text=sound(entry.text),
        html="",
        permalink="",
        media=tuple(_media(package, file, picture) for picture in entry.pictures),
    )
    post = Post(
        id=entry_id,
        parent=None,
        kind=entry.kind,
        own=True,
        published=entry.published,
        first_seen=entry.published,
        visibility=Visibility.PUBLIC,
        visibility_since=entry.published,
        address="",
        versions=(Version(digest="", seen=entry.published, modified=None, words=words),),
    )
    return Thread(
        id=entry_id if entry.kind == "post" else "",
        channel=channel.id,
        day=local_date(entry.published),
        salt="",
        permalink="",
        posts=(post,),
    )


def _media(package: Package, file: str, picture: meta_posts.Picture) -> Media:
    """The picture by its name in the download; addresses on the web are never fetched."""
    folders = file.split("/")[:-1]
    places = ["/".join([*folders[:depth], picture.uri]) for depth in range(len(folders) + 1)]
    name = next((place for place in places if place in package.names), "")
    return Media(
        url=picture.uri,
        alt=sound(picture.words),
        file=name,
        media_type=mimetypes.guess_type(name or picture.uri)[0] or "",
    )


def _is_picture(name: str) -> bool:
    kind = mimetypes.guess_type(name)[0]
    return kind is None or kind.startswith("image/")


def _remarks(unread: int) -> Iterator[str]:
    yield (
        "Exporten innehåller det som kontot självt har skrivit. Andras kommentarer, inläggens "
        "adresser och stories ingår inte."
    )
    if unread:
        what = "bilaga" if unread == 1 else "bilagor"
        yield f"{unread} {what} av okänt slag i exporten återges inte."


def _no_posts(package: Package) -> InputError:
    as_html = any(re.search(r"posts(_\d+)?\.html$", name) for name in package.names)
    if as_html:
        return InputError(
            "export-html",
            sv="Exporten är i HTML och kan inte läsas säkert. Ladda ned den på nytt och välj "
            "formatet JSON.",
            en="The export is in HTML and cannot be read safely. Download it anew and choose the "
            "format JSON.",
        )
    return InputError(
        "export-no-posts",
        sv="Här finns inga inlägg från Facebook eller Instagram. Ladda ned exporten på nytt, välj "
        "inlägg och formatet JSON; har den flera zip-filer, packa upp alla i en mapp och ange den.",
        en="There are no posts of Facebook or Instagram here. Download the export anew, choose "
        "posts and the format JSON; if it has several zip files, unpack all into one folder and "
        "name that.",
    )
