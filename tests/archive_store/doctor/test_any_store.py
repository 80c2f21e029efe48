"""doctor on a store of another kind: tried through its protocol."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive_store.bucket import Pace, Stored
from archive_store.directory import Directory
from archive_store.doctor import examine, require
from archive_store.errors import InputError
from tests.archive_store.doctor.reports import codes


class Other:
    """A store of another kind, over a directory; ``taken`` says whether a taken key is refused."""

    pace = Pace()
    locks = False

    def __init__(self, inner: Directory, *, taken: bool) -> None:
        self._inner, self._taken = inner, taken

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def create(self, key: str, data: bytes, **_: Any) -> None:
        if not self._taken:
            self._inner.delete(key)
        self._inner.create(key, data)

    def list(self, prefix: str = "", *, after: str = "") -> Iterator[Stored]:
        return self._inner.list(prefix, after=after)


def test_a_store_of_another_kind_is_tried_through_its_protocol(root: Path) -> None:
    other: Any = Other(Directory(root), taken=True)
    assert examine(other).ok
    require(other, locks=False)
    assert list(Directory(root).list()) == []


def test_a_store_of_another_kind_that_overwrites_is_refused(root: Path) -> None:
    other: Any = Other(Directory(root), taken=False)
    assert codes(examine(other))[0] == "taken-refused"
    with pytest.raises(InputError, match="silently overwritten"):
        require(other, locks=False)
    assert list(Directory(root).list()) == []
