"""What a directory does beyond the contract: files for people, and no trace of the half written."""

import errno
import os
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive_store.directory import Directory
from archive_store.errors import ArchiveError, ExistsError
from archive_store.process import this_process

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def directory(root: Path) -> Directory:
    return Directory(root)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def temporary(root: Path) -> list[Path]:
    return sorted((root / ".tmp").iterdir())


def dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_files_are_read_only_and_the_secret_is_its_owners(directory: Directory, root: Path) -> None:
    directory.create("posts/a.pdf", b"x")
    directory.create("tombstones/key", b"x", secret=True)
    directory.replace("index.html", b"x")
    assert mode(root / "posts/a.pdf") == 0o444
    assert mode(root / "index.html") == 0o444
    assert mode(root / "tombstones/key") == 0o600


def test_the_umask_narrows_who_may_read(directory: Directory, root: Path) -> None:
    before = os.umask(0o077)
    try:
        directory.create("posts/a.pdf", b"x")
    finally:
        os.umask(before)
    assert mode(root / "posts/a.pdf") == 0o400
    assert mode(root) == 0o700


def test_bytes_are_on_disk_before_they_get_their_name_and_the_name_before_it_is_told(
    directory: Directory, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    sync, link = os.fsync, Path.hardlink_to

    def synced(descriptor: int) -> None:
        sync(descriptor)
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode):
            assert status.st_size == 5
            done.append("bytes")
        else:
            done.append(next(str(p) for p in root.rglob("*") if p.stat().st_ino == status.st_ino))

    def linked(self: Path, target: Path) -> None:
        link(self, target)
        done.append("name")

    directory.create("posts/other", b"")
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "hardlink_to", linked)
    directory.create("posts/new/a", b"words")
    assert done == ["bytes", str(root / "posts"), "name", str(root / "posts/new")]


def test_settling_synchronises_the_bytes_and_every_folder_up_to_the_root(
    directory: Directory, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    sync = os.fsync

    def synced(descriptor: int) -> None:
        sync(descriptor)
        done.append(os.fstat(descriptor).st_ino)

    directory.create("posts/first", b"")
    monkeypatch.setattr(os, "fsync", synced)
    keys = ["posts/a/b/c", "posts/a/d", "lists/e"]
    for key in keys:
        directory.create(key, b"words", settled=False)
    assert done == []
    directory.settle(keys)
    expected = [*keys, ".", "posts", "posts/a", "posts/a/b", "lists"]
    assert sorted(done) == sorted((root / name).stat().st_ino for name in expected)


def test_a_new_archives_own_folder_is_synchronised_too(
    directory: Directory, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: set[int] = set()
    monkeypatch.setattr(os, "fsync", lambda descriptor: done.add(os.fstat(descriptor).st_ino))
    directory.create("posts/a", b"", settled=False)
    assert root.parent.stat().st_ino in done


def test_what_cannot_be_made_durable_is_an_error(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    directory.create("posts/a", b"x", settled=False)
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(ArchiveError, match="store-refused"):
        directory.settle(["posts/a"])


def test_nothing_temporary_is_left_by_success_or_refusal(directory: Directory, root: Path) -> None:
    directory.create("posts/a", b"x")
    with pytest.raises(ExistsError):
        directory.create("posts/a", b"y")
    directory.replace("index.html", b"x")
    assert temporary(root) == []


def test_deleting_removes_emptied_folders_but_not_the_archive(
    directory: Directory, root: Path
) -> None:
    directory.create("posts/a/b/c", b"")
    directory.create("posts/x", b"")
    directory.delete("posts/a/b/c")
    assert not (root / "posts/a").exists()
    directory.delete("posts/x")
    assert sorted(path.name for path in root.iterdir()) == [".tmp"]


def test_a_folder_taken_away_while_a_file_is_linked_is_made_again(
    directory: Directory, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, times = Path.hardlink_to, []

    def taken_away_once(self: Path, target: Path) -> None:
        if not times:
            times.append(1)
            self.parent.rmdir()
        link(self, target)

    monkeypatch.setattr(Path, "hardlink_to", taken_away_once)
    directory.create("posts/a", b"x")
    assert times
    assert (root / "posts/a").read_bytes() == b"x"


def test_a_lost_answer_to_our_own_link_counts_as_written(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = Path.hardlink_to

    def linked_but_refused(self: Path, target: Path) -> None:
        link(self, target)
        raise FileExistsError(errno.EEXIST, "as NFS answers a repeated request")

    monkeypatch.setattr(Path, "hardlink_to", linked_but_refused)
    directory.create("posts/a", b"x")
    assert directory.get("posts/a") == b"x"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk-full"),
        (errno.ENOTSUP, "no-hard-links"),
        (errno.EPERM, "no-hard-links"),
        (errno.EIO, "store-refused"),
        (errno.EROFS, "store-refused"),
    ],
)
def test_what_the_file_system_refuses_is_said_so_that_a_person_can_act(
    directory: Directory, root: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(number, os.strerror(number), str(self), None, str(target))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    with pytest.raises(ArchiveError) as caught:
        directory.create("posts/a", b"x")
    assert caught.value.code == code
    assert caught.value.sv != caught.value.en
    assert str(root) not in str(caught.value)
    assert temporary(root) == []
    assert list(directory.list()) == []


def test_a_folder_protected_against_change_is_not_told_as_a_file_system_without_links(
    directory: Directory, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory.create("posts/old", b"x")
    protected = root / "posts"
    link, unlink = Path.hardlink_to, Path.unlink

    def refused(path: Path) -> None:
        if path.parent == protected:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(path))

    def linked(self: Path, target: Path) -> None:
        refused(self)
        link(self, target)

    def unlinked(self: Path, **how: bool) -> None:
        refused(self)
        unlink(self, **how)

    monkeypatch.setattr(Path, "hardlink_to", linked)
    monkeypatch.setattr(Path, "unlink", unlinked)
    for call in (lambda: directory.create("posts/a", b"x"), lambda: directory.delete("posts/old")):
        with pytest.raises(ArchiveError) as caught:
            call()
        assert caught.value.code == "store-refused"
        assert "skyddat mot ändring" in caught.value.sv
        assert "protected against change" in caught.value.en
    assert temporary(root) == []


@pytest.mark.skipif(IS_ROOT, reason="root may write everywhere")
def test_a_read_only_folder_refuses_with_a_clear_error(directory: Directory, root: Path) -> None:
    directory.create("posts/a", b"x")
    (root / "posts").chmod(0o555)
    try:
        for call in (lambda: directory.create("posts/b", b""), lambda: directory.delete("posts/a")):
            with pytest.raises(ArchiveError) as caught:
                call()
            assert caught.value.code == "store-refused"
    finally:
        (root / "posts").chmod(0o755)


def test_files_that_are_no_keys_are_listed_so_that_a_check_sees_them(
    directory: Directory, root: Path
) -> None:
    directory.create("posts/a", b"")
    (root / "posts/Thumbs db").write_bytes(b"")
    (root / "posts/.DS_Store").write_bytes(b"")
    (root / "posts/link").symlink_to("/")
    keys = [stored.key for stored in directory.list()]
    assert keys == ["posts/.DS_Store", "posts/Thumbs db", "posts/a", "posts/link"]


def test_sweeping_takes_what_the_dead_left_and_spares_the_living_and_strangers(
    directory: Directory, root: Path
) -> None:
    host = this_process().host
    folder = root / ".tmp"
    folder.mkdir(parents=True)
    spared = [
        folder / f"{host}-{os.getpid()}-aa",
        folder / f"other-host-{dead_pid()}-bb",
        folder / "something",
        folder / "not-a-number",
    ]
    swept = [folder / f"{host}-{dead_pid()}-cc", folder / "other-host-1-dd"]
    for path in spared + swept:
        path.write_bytes(b"words")
    long_ago = time.time() - 25 * 3600
    os.utime(swept[1], (long_ago, long_ago))
    directory.sweep()
    assert temporary(root) == sorted(spared)


def test_a_process_killed_while_writing_leaves_a_temporary_file_that_goes_with_the_next_sweep(
    directory: Directory, root: Path
) -> None:
    code = (
        "import os, sys, pathlib; from archive_store.directory import Directory;"
        "pathlib.Path.hardlink_to = lambda *_: os._exit(137);"
        "Directory(pathlib.Path(sys.argv[1])).create('posts/a', b'words')"
    )
    child = subprocess.run([sys.executable, "-c", code, str(root)], check=False)
    assert child.returncode == 137
    (left,) = temporary(root)
    assert left.read_bytes() == b"words"
    assert list(directory.list()) == []
    directory.sweep()
    assert temporary(root) == []


def test_a_host_is_told_apart_by_more_than_its_name() -> None:
    name = socket.gethostname()
    assert this_process().host != name
    assert "/" not in this_process().host
