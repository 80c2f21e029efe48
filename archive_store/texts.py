"""What is searched, and what a search answers with."""

import dataclasses as dc
import datetime as dt

from archive_store.keys import file_key
from archive_store.records import Package
from archive_store.words import Snippet


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words of a package that are found together.

    Attributes:
        parts: the words; a phrase in quotes lies within one part.
        file: the file that holds them; ``""`` for what the manifest says.
        page: number of the page in it, from 1, where it has pages.
        part: id of the part in it, such as a thread, where it has such.
        time: when it was said, where that is another time than the package's.
    """

    parts: tuple[str, ...]
    file: str = ""
    page: int | None = None
    part: str = ""
    time: dt.datetime | None = None


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A text that answers a query.

    Attributes:
        package: where.
        file, page, part: where in it, as in ``Text``.
        time: when it was said, else the package's time.
        snippet: the words around what was found.
    """

    package: Package
    file: str
    page: int | None
    part: str
    time: dt.datetime
    snippet: Snippet

    @classmethod
    def of(cls, package: Package, text: Text, snippet: Snippet) -> "Hit":
        """The hit of a text."""
        return cls(
            package=package,
            file=text.file,
            page=text.page,
            part=text.part,
            time=text.time or package.time,
            snippet=snippet,
        )

    @property
    def key(self) -> str:
        """Key of the file that holds it, as ``kanalarkiv get`` takes it."""
        return file_key(self.package.key, self.file) if self.file else self.package.key
