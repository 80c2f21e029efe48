"""The archive's default store: a directory, as safe as the file system under it.

A file is written under ``.tmp/``, synchronised, and given its name by a hard link, which (unlike a
rename) fails where the name is taken: design 10 of the notes. Files are read-only for everybody.
"""

import concurrent.futures
import contextlib
import datetime as dt
import errno
import hashlib
import itertools
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from io import FileIO
from pathlib import Path
from typing import Final

from archive_store.bucket import Pace, Stored
from archive_store.errors import ArchiveError, ExistsError, MissingError, UnsureError
from archive_store.keys import check_key, check_prefix
from archive_store.process import Process, is_dead, this_host

_TMP: Final = ".tmp"
_READ_ONLY: Final = 0o444
_OWNER_ONLY: Final = 0o600
_TOGETHER: Final = 128  # what lies about unsynchronised slows down what is written next
_AT_ONCE: Final = 8  # threads that synchronise; on ext4 several times as fast as one
_FORGOTTEN: Final = 24 * 3600.0  # seconds; no write takes so long, whichever machine began it
_READ_ONLY_DISK: Final = (errno.EROFS, errno.EACCES, errno.EPERM)
_NO_LINKS: Final = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK)
_REASONS: Final = {
    errno.EACCES: ("behörighet saknas", "permission denied"),
    errno.EPERM: (
        "det är skyddat mot ändring (chattr, eller en spärr i systemet)",
        "it is protected against change (chattr, or a bar in the system)",
    ),
    errno.EROFS: (
        "filsystemet är monterat bara för läsning",
        "the file system is mounted read-only",
    ),
    errno.EIO: ("disken svarar med fel", "the disk answers with an error"),
}
"""Why a file system refuses, where the system's own word is short or in English alone."""


class Directory:
    """A bucket in a directory; the directory itself comes with the first object.

    Args:
        path: the directory.
    """

    pace = Pace(together=_TOGETHER)
    locks = False

    def __init__(self, path: Path) -> None:
        self._root = path.absolute()
        self._tmp = self._root / _TMP

    def __repr__(self) -> str:
        return f"Directory({str(self._root)!r})"

    def __str__(self) -> str:
        return str(self._root)

    def create(  # noqa: PLR0913 - see ``Bucket``
        self,
        key: str,
        data: bytes | memoryview,
        *,
        secret: bool = False,
        settled: bool = True,
        until: dt.datetime | None = None,
        digest: str | None = None,
    ) -> None:
        """See ``Bucket.create``."""
        check_key(key)
        del digest  # a file system has no use for it
        if until is not None:
            raise _no_locks()
        path, linked = self._root / key, False
        mode = _OWNER_ONLY if secret else _READ_ONLY
        with (
            _told(key, unsure=lambda: linked),
            self._written(data, mode, settled=settled) as temporary,
        ):
            while True:
                _make_parents(path, settled=settled)
                try:
                    path.hardlink_to(temporary)
                except FileNotFoundError:
                    if not temporary.exists():
                        raise
                    continue  # a delete took the emptied parent away in between
                except FileExistsError:
                    # Over NFS the answer to our own link may be lost; two names tell.
                    if temporary.stat().st_nlink > 1:
                        break
                    raise _taken(key) from None
                except OSError as error:
                    if error.errno in _NO_LINKS and not _can_link(temporary):
                        raise _no_links() from None
                    raise  # of this name alone
                break
            linked = True
            if settled:
                _sync(path.parent)

    def settle(self, keys: Iterable[str]) -> set[str]:
        """See ``Bucket.settle``. Side by side, since a file system writes many out as one."""
        paths = [self._root / key for key in keys]
        # Who made a folder may not have synchronised it: every one up to the root.
        folders = {
            folder
            for path in paths
            for folder in path.parents
            if folder == self._root or self._root in folder.parents
        }
        with _told("."), concurrent.futures.ThreadPoolExecutor(_AT_ONCE) as pool:
            for _ in pool.map(_sync, [*paths, *folders]):
                pass
        return set()

    def replace(self, key: str, data: bytes) -> None:
        """See ``Bucket.replace``."""
        check_key(key)
        path = self._root / key
        with _told(key), self._written(data, _READ_ONLY) as temporary:
            _make_parents(path)
            temporary.replace(path)
            _sync(path.parent)

    def get(self, key: str, *, digest: str | None = None) -> bytes:
        """See ``Bucket.get``."""
        del digest  # there is one version
        with self._opened(key) as file:
            return file.read()

    def sha256(self, key: str, *, digest: str | None = None) -> str:
        """See ``Bucket.sha256``."""
        del digest
        with self._opened(key) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @contextlib.contextmanager
    def _opened(self, key: str) -> Iterator[FileIO]:
        check_key(key)
        try:
            with (self._root / key).open("rb", buffering=0) as file:
                yield file
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise MissingError(
                "missing-object",
                sv=f"Det finns inget objekt {key} i arkivet.",
                en=f"There is no object {key} in the archive.",
            ) from None
        except OSError as error:
            raise _failed(key, error) from None

    def list(self, prefix: str = "", *, after: str = "") -> Iterator[Stored]:
        """See ``Bucket.list``. Names that are no keys are listed too, so that a check sees them."""
        check_prefix(prefix)
        folder = prefix.rpartition("/")[0]
        yield from self._below(f"{folder}/" if folder else "", prefix, after)

    def delete(self, key: str, *, withdrawn: bool = False) -> None:
        """See ``Bucket.delete``. Parents that become empty go too."""
        del withdrawn  # no locks stand against it
        check_key(key)
        path = self._root / key
        with _told(key):
            try:
                path.unlink()
            except (FileNotFoundError, NotADirectoryError):
                return
            while (path := path.parent) != self._root:
                try:
                    path.rmdir()
                except FileNotFoundError:
                    continue  # another delete was here first
                except OSError as error:
                    if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                        raise
                    break
            _sync(path)

    def lock(self, key: str, until: dt.datetime) -> None:
        """See ``Bucket.lock``: it never can."""
        del key, until
        raise _no_locks()

    def hold(self, key: str, *, on: bool) -> None:
        """See ``Bucket.hold``: it never can."""
        del key, on
        raise _no_locks()

    def path(self, key: str) -> Path | None:
        """See ``Bucket.path``."""
        check_key(key)
        return self._root / key

    def sweep(self) -> None:
        """See ``Bucket.sweep``: temporary files of dead processes, and forgotten ones."""
        for temporary in self._tmp.glob("*-*-*"):
            host, pid, _ = temporary.name.rsplit("-", 2)
            dead = pid.isdigit() and is_dead(Process(host=host, pid=int(pid), started=""))
            with _told(_TMP), contextlib.suppress(FileNotFoundError):
                if dead or time.time() - temporary.stat().st_mtime > _FORGOTTEN:
                    try:
                        temporary.unlink()
                    except OSError as error:
                        if error.errno not in _READ_ONLY_DISK:
                            raise
                        return  # whoever may only read need not tidy up

    @contextlib.contextmanager
    def _written(
        self, data: bytes | memoryview, mode: int, *, settled: bool = True
    ) -> Iterator[Path]:
        """A temporary file with ``data``, safely on disk if ``settled``, gone afterwards."""
        _make_parents(self._tmp / "_")  # and with it the root, always synchronised
        temporary = self._tmp / f"{this_host()}-{os.getpid()}-{secrets.token_hex(8)}"
        try:
            # The process's umask may narrow the mode further: the operator's choice.
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                view = memoryview(data)
                while view:
                    view = view[file.write(view) or 0 :]
                if settled:
                    os.fsync(file.fileno())
            yield temporary
        finally:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()

    def _below(self, folder: str, prefix: str, after: str) -> Iterator[Stored]:
        reached = after.removeprefix(folder).partition("/")[0] if after.startswith(folder) else ""
        try:
            with os.scandir(self._root / folder) as entries:
                # A folder sorts with its slash, so that keys come in the order of their bytes.
                found = sorted(
                    folder + entry.name + ("/" if entry.is_dir(follow_symlinks=False) else "")
                    for entry in entries
                    # What comes before is not even looked at: a journal has many entries.
                    if (entry.name >= reached or reached.startswith(entry.name))
                    and (folder or entry.name != _TMP)
                )
        except (FileNotFoundError, NotADirectoryError):
            return
        for key in found:
            if not key.startswith(prefix):
                continue
            if key.endswith("/"):
                if after < key or after.startswith(key):
                    yield from self._below(key, prefix, after)
                continue
            if key <= after:
                continue
            with contextlib.suppress(FileNotFoundError):
                status = os.lstat(f"{self._root}/{key}")  # pathlib would take the longest of it all
                yield Stored(
                    key=key,
                    size=status.st_size,
                    modified=dt.datetime.fromtimestamp(status.st_mtime, dt.UTC),
                )


def _make_parents(path: Path, *, settled: bool = True) -> None:
    missing = list(itertools.takewhile(lambda parent: not parent.is_dir(), path.parents))
    for folder in reversed(missing):
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        except FileNotFoundError:
            return  # a delete took its parent; the caller begins anew
        if settled:
            _sync(folder.parent)


def _sync(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return  # gone again; whoever took it away synchronises its parent
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _told(key: str, *, unsure: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """The system's refusals, said as the archive's."""
    try:
        yield
    except OSError as error:
        flaw = _failed(key, error)
        if unsure():  # it has its name already
            raise UnsureError(flaw.code, sv=flaw.sv, en=flaw.en) from None
        raise flaw from None


def _can_link(temporary: Path) -> bool:
    """Whether the file system gives this file another name at all, here beside it."""
    beside = temporary.with_name(f"{temporary.name}l")
    try:
        beside.hardlink_to(temporary)
    except OSError:
        return False
    beside.unlink()
    return True


def _no_locks() -> ArchiveError:
    return ArchiveError(
        "no-locks",
        sv="En katalog kan inte låsa filer mot förstöring. Lägg arkivet i en S3-hink med Object "
        "Lock om lås krävs.",
        en="A directory cannot lock files against destruction. Put the archive in an S3 bucket "
        "with Object Lock where locks are required.",
    )


def _taken(key: str) -> ExistsError:
    return ExistsError(
        "key-taken",
        sv=f"Det finns redan ett objekt {key} i arkivet; inget skrevs.",
        en=f"There already is an object {key} in the archive; nothing was written.",
    )


def _failed(key: str, error: OSError) -> ArchiveError:
    if error.errno == errno.ENOSPC:
        return ArchiveError(
            "disk-full",
            sv=f"Disken där arkivet ligger är full; {key} skrevs inte. Frigör plats och kör igen.",
            en=f"The archive's disk is full; {key} was not written. Free some space, run again.",
        )
    said = os.strerror(error.errno or 0)
    sv, en = _REASONS.get(error.errno or 0, (said, said))
    return ArchiveError(
        "store-refused",
        sv=f"Filsystemet nekade åtkomst till {key}: {sv}. Kontrollera rättigheter och disk.",
        en=f"The file system refused access to {key}: {en}. Check permissions and disk.",
    )


def _no_links() -> ArchiveError:
    return ArchiveError(
        "no-hard-links",
        sv="Filsystemet där arkivet ligger medger inte hårda länkar (eller inte åt den här "
        "användaren). Flytta arkivet till ett vanligt filsystem, till exempel ext4 eller APFS.",
        en="The archive's file system allows no hard links (or not for this user). Move the "
        "archive to an ordinary file system, such as ext4 or APFS.",
    )
