"""Takes values out of others' JSON, each of the kind that it must be, or says where it is not."""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from archive_store.errors import InputError
from tasks.bases.unpacking import told

_FIRST: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).timestamp()
_LAST: Final = dt.datetime(2100, 1, 1, tzinfo=dt.UTC).timestamp()


@dc.dataclass(frozen=True, slots=True)
class Value:
    """A value of a file, and its place there (``[3].media[0].uri``)."""

    value: Any
    file: str
    place: str = ""

    def items(self) -> Iterator["Value"]:
        """The items of a list."""
        if not isinstance(self.value, list):
            raise self.wrong("en lista", "a list")
        for number, one in enumerate(self.value):
            yield Value(one, self.file, f"{self.place}[{number}]")

    def part(self, *names: str) -> "Value | None":
        """The first of those members of an object that is there and not null."""
        if not isinstance(self.value, dict):
            raise self.wrong("ett objekt", "an object")
        for name in names:
            if self.value.get(name) is not None:
                return Value(self.value[name], self.file, f"{self.place}.{name}")
        return None

    def keys(self) -> frozenset[str]:
        """The names of an object's members."""
        if not isinstance(self.value, dict):
            raise self.wrong("ett objekt", "an object")
        return frozenset(self.value)

    def list_of(self, name: str) -> Iterator["Value"]:
        """The items of a member that is a list; none where it is absent."""
        found = self.part(name)
        return found.items() if found is not None else iter(())

    def text_of(self, name: str) -> str:
        """A member that is text; ``""`` where it is absent."""
        found = self.part(name)
        if found is None:
            return ""
        if not isinstance(found.value, str):
            raise found.wrong("text", "text")
        return found.value

    def moment_of(self, name: str) -> dt.datetime | None:
        """A member that is a time in whole seconds since 1970, in UTC; ``None`` where absent."""
        found = self.part(name)
        if found is None:
            return None
        seconds = found.value
        if isinstance(seconds, bool) or not isinstance(seconds, int):
            raise found.wrong("en tid i sekunder", "a time in seconds")
        if not _FIRST <= seconds < _LAST:
            raise found.wrong("en tid mellan år 2000 och 2100", "a time between 2000 and 2100")
        return dt.datetime.fromtimestamp(seconds, tz=dt.UTC)

    def wrong(self, sv: str, en: str) -> InputError:
        """The value is not what a download has there."""
        where = f"{told(self.file)}{f', {self.place}' if self.place else ''}"
        return InputError(
            "export-shape",
            sv=f"{where}: här väntades {sv}. Inget har tagits emot. Ladda ned exporten på nytt; "
            "händer det igen har plattformen ändrat formatet: anmäl det.",
            en=f"{where}: {en} was expected here. Nothing was taken in. Download the export anew; "
            "if it happens again the platform has changed the format: report it.",
        )
