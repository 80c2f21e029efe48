"""Reads a download, a zip file or a folder, without unpacking it and without believing it.

Nothing is written anywhere. Names that lead out of the download, links, locked files and sizes that
no download has are refused before anything is read (CWE-22, CWE-59, CWE-409).
"""

import contextlib
import io
import json
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final, Protocol

from archive_store.errors import InputError

MAX_FILES: Final = 200_000
MAX_BYTES: Final = 200_000_000_000
"""Bytes that a download's files may come to: a page's films of many years."""

MAX_RATIO: Final = 200
"""How many times smaller a file may be packed than it is; checked from ``_SMALL`` bytes on."""

MAX_JSON: Final = 100_000_000
MAX_PICTURE: Final = 40_000_000
MAX_DEPTH: Final = 40
"""Lists and objects inside one another; the deepest that the platforms write is about 12."""

_SMALL: Final = 1_000_000
_CHUNK: Final = 1 << 20
_LOCKED: Final = 0x1
_BAD_ZIP: Final = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


class Package(Protocol):
    """A download's files by name, ``/`` between folders."""

    @property
    def names(self) -> frozenset[str]:
        """Names of all files."""

    def read(self, name: str, *, limit: int) -> bytes:
        """Bytes of a file; ``InputError`` where it is larger than ``limit`` or damaged."""


@contextlib.contextmanager
def opened(source: Path | bytes) -> Iterator[Package]:
    """The download at ``source`` (a zip file, its bytes, or a folder) while the context lasts.

    Raises:
        InputError: ``export-missing``, ``export-damaged``, ``export-unsafe`` or
            ``export-too-large``.
    """
    if isinstance(source, Path) and source.is_dir():
        yield _Folder(source)
        return
    try:
        packed = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except FileNotFoundError:
        raise _refusal(
            "export-missing",
            "Filen finns inte. Kontrollera sökvägen.",
            "There is no such file. Check the path.",
        ) from None
    except _BAD_ZIP:
        raise damaged("") from None
    with packed:
        yield _Zip(packed)


def read_json(package: Package, name: str) -> Any:
    """The JSON of a file: strict, and no deeper than a download is.

    Raises:
        InputError: ``export-json``: it is not JSON, or deeper than ``MAX_DEPTH``.
    """
    data = package.read(name, limit=MAX_JSON)
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        document = _TOO_DEEP
    if document is _TOO_DEEP or _depth(document) > MAX_DEPTH:
        raise _refusal(
            "export-json",
            f"{told(name)} går inte att läsa som JSON. Ladda ned exporten på nytt och välj "
            "formatet JSON.",
            f"{told(name)} cannot be read as JSON. Download the export anew and choose the "
            "format JSON.",
        )
    return document


def told(name: str) -> str:
    """The file's name for a message: the last folder and the file, never where it lay."""
    return "/".join(PurePosixPath(name).parts[-2:])


def damaged(name: str) -> InputError:
    """The download cannot be read."""
    sv, en = (
        (f"{told(name)} i exporten", f"{told(name)} in the export") if name else ("Filen", "It")
    )
    return _refusal(
        "export-damaged",
        f"{sv} är skadad eller ingen hel zip-fil. Ladda ned exporten på nytt.",
        f"{en} is damaged or no whole zip file. Download the export anew.",
    )


_TOO_DEEP: Final = object()


class _Zip:
    """A zip file, its directory checked whole before anything is read."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        entries = packed.infolist()
        _refuse_many(len(entries), sum(entry.file_size for entry in entries))
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for number, entry in enumerate(entries, 1):
            _refuse_entry(entry, number)
            if entry.filename in self._entries:
                raise _unsafe(
                    f"fil nr {number} finns två gånger", f"file no {number} is there twice"
                )
            if not entry.is_dir():
                self._entries[entry.filename] = entry

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._entries)

    def read(self, name: str, *, limit: int) -> bytes:
        entry = self._entries[name]
        parts: list[bytes] = []
        size = 0
        try:
            with self._packed.open(entry) as file:
                # what the directory says of the size is not believed
                while chunk := file.read(_CHUNK):
                    size += len(chunk)
                    if size > limit:
                        break
                    parts.append(chunk)
        except _BAD_ZIP:
            raise damaged(name) from None
        if size > limit:
            raise _too_large(name)
        return b"".join(parts)


class _Folder:
    """A folder into which a download was unpacked; links are not followed."""

    def __init__(self, root: Path) -> None:
        self._files: dict[str, Path] = {}
        total = 0
        for number, path in enumerate(sorted(root.rglob("*")), 1):
            if path.is_symlink():
                raise _unsafe(f"fil nr {number} är en länk", f"file no {number} is a link")
            if path.is_file():
                self._files[path.relative_to(root).as_posix()] = path
                total += path.stat().st_size
            _refuse_many(number, total)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._files)

    def read(self, name: str, *, limit: int) -> bytes:
        try:
            with self._files[name].open("rb") as file:
                data = file.read(limit + 1)
        except OSError:
            raise damaged(name) from None
        if len(data) > limit:
            raise _too_large(name)
        return data


def _refuse_many(files: int, size: int) -> None:
    if files > MAX_FILES or size > MAX_BYTES:
        raise _refusal(
            "export-too-large",
            f"Exporten är orimligt stor ({files} filer, {size} byte). Ladda ned en kortare period.",
            f"The export is too large ({files} files, {size} bytes). Download a shorter period.",
        )


def _refuse_entry(entry: zipfile.ZipInfo, number: int) -> None:
    name = entry.orig_filename
    steps = PurePosixPath(name).parts
    leads_out = name.startswith(("/", "\\")) or ".." in steps or "\\" in name or "\0" in name
    if leads_out or name[1:2] == ":" or not steps:
        raise _unsafe(f"fil nr {number} leder ut ur den", f"file no {number} leads out of it")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _unsafe(f"fil nr {number} är en länk", f"file no {number} is a link")
    if entry.flag_bits & _LOCKED:
        raise _unsafe(f"fil nr {number} är låst", f"file no {number} is locked by a password")
    if entry.file_size > _SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise _unsafe(
            f"fil nr {number} är orimligt hårt packad", f"file no {number} is packed beyond reason"
        )


def _depth(document: Any) -> int:
    """How many lists and objects lie inside one another, without recursion."""
    deepest = 0
    waiting = [(document, 1)]
    while waiting:
        value, depth = waiting.pop()
        inside = value.values() if isinstance(value, Mapping) else value
        if isinstance(value, Mapping | list):
            deepest = max(deepest, depth)
            waiting.extend((one, depth + 1) for one in inside if isinstance(one, Mapping | list))
    return deepest


def _no_constant(_: str) -> Any:
    raise ValueError("no JSON number")


def _unsafe(sv: str, en: str) -> InputError:
    return _refusal(
        "export-unsafe",
        f"Exporten tas inte emot: {sv}. Ladda ned den på nytt direkt från plattformen.",
        f"The export is refused: {en}. Download it anew straight from the platform.",
    )


def _too_large(name: str) -> InputError:
    return _refusal(
        "export-too-large",
        f"{told(name)} i exporten är för stor. Ladda ned en kortare period.",
        f"{told(name)} in the export is too large. Download a shorter period.",
    )


def _refusal(code: str, sv: str, en: str) -> InputError:
    return InputError(code, sv=sv, en=en)
