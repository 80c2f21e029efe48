"""What lacks a token of trusted time gets it, whatever the authority does in between."""

import datetime as dt
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tsa import Certificates, Tsa, nobody, served

from archive_store import Archive, Commit, Directory, Draft
from archive_store.errors import InputError
from archive_store.stamping import Stamped, stamp_pending
from archive_store.timestamps import Authority, check

DOCUMENT = Path(__file__).parents[2] / "docs" / "trusted-time.md"
AT_ONCE, YEARS_LATER = re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
NOW = dt.datetime(2025, 12, 31, 22, tzinfo=dt.UTC)
KEYS = [f"snapshots/info/blogg/2025/{day}.json" for day in ("first", "second", "third")]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def tsa(certificates: Certificates, tmp_path: Path) -> Iterator[Tsa]:
    (tmp_path / "tsa").mkdir()
    with served(certificates, tmp_path / "tsa") as tsa:
        yield tsa


@pytest.fixture
def authority(tsa: Tsa) -> Authority:
    return Authority(tsa.url, ca=tsa.certificates.ca)


@pytest.fixture
def archive(root: Path) -> Archive:
    archive = Archive.create(Directory(root), now=NOW)
    for key in KEYS:
        add(archive, key)
    return archive


def add(archive: Archive, key: str) -> None:
    draft = Draft(base=key.removesuffix(".json"), files={"pdf": b"%PDF"})
    archive.commit(Commit(event="snapshot", now=NOW, actor="test", drafts=(draft,)))


def test_every_object_gets_the_token_that_openssl_accepts_beside_it(
    archive: Archive, root: Path, authority: Authority
) -> None:
    assert archive.unstamped() == KEYS
    assert stamp_pending(archive, authority, now=NOW) == Stamped(stamped=3, left=0)
    assert archive.unstamped() == []
    for key in KEYS:
        place = root / key.replace(".json", ".tsr")
        assert archive.token(key) == place.read_bytes()
        assert check(place.read_bytes(), archive.get(key), ca=authority.ca)
        command = ("openssl", "ts", "-verify", "-data", root / key, "-in", place, "-CAfile")
        done = subprocess.run((*command, str(authority.ca)), check=True, capture_output=True)
        assert b"Verification: OK" in done.stdout + done.stderr


def test_a_second_run_asks_for_nothing_and_writes_nothing(
    archive: Archive, authority: Authority, tsa: Tsa
) -> None:
    stamp_pending(archive, authority, now=NOW)
    last = archive.last
    assert stamp_pending(archive, authority, now=NOW) == Stamped(stamped=0, left=0)
    assert (archive.last, len(tsa.asked)) == (last, 3)


def test_all_tokens_of_a_run_are_one_commit_and_the_oldest_come_first(
    archive: Archive, authority: Authority
) -> None:
    last = archive.last.seq
    assert stamp_pending(archive, authority, now=NOW, limit=2) == Stamped(stamped=2, left=1)
    assert (archive.last.seq, archive.last.event) == (last + 1, "stamped")
    assert archive.unstamped() == KEYS[2:]


def test_an_authority_that_is_away_stops_nothing_and_is_asked_again_in_the_next_run(
    archive: Archive, authority: Authority
) -> None:
    last = archive.last
    away = stamp_pending(archive, Authority(nobody()), now=NOW)
    assert (away.stamped, away.left, away.away) == (0, 3, True)
    assert away.flaw is not None
    assert away.flaw.code == "tsa-away"
    assert archive.last == last
    add(archive, "snapshots/info/blogg/2025/fourth.json")
    assert stamp_pending(archive, authority, now=NOW) == Stamped(stamped=4, left=0)


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [("gone", "tsa-away"), ("garbage", "tsa-answered-wrong"), ("unsupported", "tsa-refused")],
)
def test_what_came_before_it_failed_is_kept_and_it_is_asked_once_more_only(
    archive: Archive, authority: Authority, tsa: Tsa, behaviour: str, code: str
) -> None:
    tsa.behave("right", behaviour)
    done = stamp_pending(archive, authority, now=NOW)
    assert (done.stamped, done.left, done.away) == (1, 2, True)
    assert done.flaw is not None
    assert done.flaw.code == code
    assert archive.unstamped() == KEYS[1:]
    assert len(tsa.asked) == 2


def test_checkpoints_of_the_journal_get_tokens_and_tokens_outlive_checkpoints(
    archive: Archive, root: Path, authority: Authority
) -> None:
    stamp_pending(archive, authority, now=NOW)
    archive.checkpoint()
    voucher = f"journal/{archive.last.seq:012}.json"
    assert archive.unstamped() == [voucher]
    assert stamp_pending(archive, authority, now=NOW) == Stamped(stamped=1, left=0)
    archive.checkpoint()
    again = Archive.open(Directory(root))
    assert again.unstamped() == [f"journal/{again.last.seq:012}.json"]
    for key in (*KEYS, voucher):
        assert check(again.token(key) or b"", again.get(key), ca=authority.ca)


def test_a_damaged_object_gets_none_and_hinders_no_other(
    archive: Archive, root: Path, authority: Authority, tsa: Tsa
) -> None:
    (root / KEYS[0]).unlink()
    (root / KEYS[0]).write_bytes(b"{}")
    done = stamp_pending(archive, authority, now=NOW)
    assert (done.stamped, done.left, done.away) == (2, 1, False)
    assert done.flaw is not None
    assert KEYS[0] in done.flaw.en
    assert archive.unstamped() == KEYS[:1]
    assert len(tsa.asked) == 2


def test_a_second_run_at_the_same_time_leaves_it_to_the_first(
    archive: Archive, root: Path, authority: Authority, tsa: Tsa
) -> None:
    other = Archive.open(Directory(root))
    with other.lease("timestamps"):
        assert stamp_pending(archive, authority, now=NOW) == Stamped(stamped=0, left=3)
    assert tsa.asked == []


def test_what_another_run_has_stamped_is_not_stamped_again(
    archive: Archive, root: Path, authority: Authority, tsa: Tsa
) -> None:
    stamp_pending(Archive.open(Directory(root)), authority, now=NOW)
    assert stamp_pending(archive, authority, now=NOW) == Stamped(stamped=0, left=0)
    assert len(tsa.asked) == 3


def test_a_token_left_by_a_killed_run_is_replaced(archive: Archive, authority: Authority) -> None:
    archive.bucket.create(KEYS[0].replace(".json", ".tsr"), b"fetched but never journalled")
    assert archive.token(KEYS[0]) is None
    assert stamp_pending(archive, authority, now=NOW).left == 0
    assert check(archive.token(KEYS[0]) or b"", archive.get(KEYS[0]), ca=authority.ca)


def test_a_trust_file_that_vanishes_is_told_and_nothing_is_stored(
    archive: Archive, tsa: Tsa, tmp_path: Path
) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_bytes(tsa.certificates.ca.read_bytes())
    authority = Authority(tsa.url, ca=ca)
    ca.unlink()
    with pytest.raises(InputError):
        stamp_pending(archive, authority, now=NOW)
    assert archive.unstamped() == KEYS


@pytest.mark.skipif(sys.platform != "linux", reason="the document's commands are GNU's")
@pytest.mark.parametrize("script", [AT_ONCE, YEARS_LATER], ids=["at once", "years later"])
def test_the_commands_of_the_document_find_the_one_that_was_changed(
    archive: Archive, root: Path, authority: Authority, script: str
) -> None:
    def run() -> list[str]:
        found = os.environ | {"CA": str(authority.ca)}
        done = subprocess.run(
            ("bash", "-c", script), cwd=root, env=found, check=True, capture_output=True, text=True
        )
        assert done.stderr == ""
        return [line for line in done.stdout.splitlines() if line.startswith("not proven")]

    archive.checkpoint()
    stamp_pending(archive, authority, now=NOW)
    assert run() == []
    (root / KEYS[1]).chmod(0o644)
    (root / KEYS[1]).write_bytes(b"{}")
    assert run() == [f"not proven: {KEYS[1]}"]


def test_an_expired_signers_token_is_checked_as_of_its_own_time(
    archive: Archive, root: Path, authority: Authority
) -> None:
    """What the document's second script is for: without ``-attime`` it would be refused."""
    stamp_pending(archive, authority, now=NOW, limit=1)
    data, token = root / KEYS[0], root / KEYS[0].replace(".json", ".tsr")
    command = ("openssl", "ts", "-verify", "-data", data, "-in", token, "-CAfile")
    then = int(check(token.read_bytes(), data.read_bytes(), ca=authority.ca).timestamp())
    said = {}
    for at in (then, then + 10 * 365 * 86400):
        whole = (*command, str(authority.ca), "-attime", str(at))
        done = subprocess.run(whole, check=False, capture_output=True, text=True)
        said[at - then] = done.stdout + done.stderr
    assert "Verification: OK" in said.pop(0)
    assert "certificate has expired" in said.popitem()[1]
