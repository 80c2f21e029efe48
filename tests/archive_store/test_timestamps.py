"""Tokens of trusted time: real ones from ``openssl ts``, and all that an authority can do wrong."""

import dataclasses as dc
import datetime as dt
import hashlib
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tsa import Certificates, Tsa, nobody, served

from archive_store.errors import ArchiveError, DamageError, InputError
from archive_store.timestamps import Authority, check, time_of

DATA = b'{"package":"snapshots/x.json"}\n'
WRONG = {
    "over_other_bytes": "over other bytes",
    "with_another_nonce": "nonce",
    "without_certificate": "the signer's certificate is not in it",
    "garbage": "no token",
    "nothing": "no token",
    "cut": "no token",
    "huge": "longer than",
}
NOT_VOUCHED_FOR = ("tampered", "with_an_expired_certificate")
AWAY = {"busy": "HTTP 503", "moved": "HTTP 302", "gone": "RemoteDisconnected"}


@pytest.fixture(scope="session")
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
def openssl(tmp_path: Path, certificates: Certificates) -> Callable[[bytes, bytes], str]:
    """What ``openssl ts -verify`` says of data and token, as docs/trusted-time.md calls it."""

    def verify(data: bytes, token: bytes) -> str:
        (tmp_path / "x.json").write_bytes(data)
        (tmp_path / "x.tsr").write_bytes(token)
        run = subprocess.run(
            ("openssl", "ts", "-verify", "-data", "x.json", "-in", "x.tsr", "-CAfile",
             certificates.ca),
            cwd=tmp_path, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert (run.returncode == 0) == ("Verification: OK" in run.stdout + run.stderr)
        return run.stdout + run.stderr

    return verify


def test_openssl_alone_accepts_a_token_and_rejects_a_changed_file(
    authority: Authority, openssl: Callable[[bytes, bytes], str]
) -> None:
    token = authority.token(DATA)
    assert "Verification: OK" in openssl(DATA, token)
    assert "message imprint mismatch" in openssl(DATA.replace(b"x", b"y"), token)


def test_a_token_says_when_and_is_over_these_bytes_alone(authority: Authority) -> None:
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    token = authority.token(DATA)
    assert before <= check(token, DATA, ca=authority.ca) <= dt.datetime.now(dt.UTC)
    assert time_of(token) == check(token, DATA, ca=None)
    for ca in (authority.ca, None):
        with pytest.raises(DamageError) as caught:
            check(token, DATA + b"\n", ca=ca)
        assert caught.value.code == "token-wrong"
        assert "over other bytes" in caught.value.en


def test_only_a_digest_leaves_the_machine_and_each_question_has_a_nonce_of_its_own(
    authority: Authority, tsa: Tsa
) -> None:
    for _ in range(2):
        authority.token(DATA)
    first, second = tsa.asked
    assert hashlib.sha256(DATA).digest() in first
    assert DATA not in first
    assert first != second
    assert len(first) < 80


def test_a_token_granted_with_modifications_is_as_good(
    authority: Authority, tsa: Tsa, openssl: Callable[[bytes, bytes], str]
) -> None:
    tsa.behave("with_modifications")
    token = authority.token(DATA)
    assert "Verification: OK" in openssl(DATA, token)
    assert check(token, DATA, ca=authority.ca) == time_of(token)


@pytest.mark.parametrize("behaviour", WRONG)
@pytest.mark.parametrize("trust", [True, False])
def test_what_is_no_token_over_these_bytes_is_refused(
    authority: Authority, tsa: Tsa, behaviour: str, *, trust: bool
) -> None:
    tsa.behave(behaviour)
    with pytest.raises(DamageError) as caught:
        (authority if trust else Authority(tsa.url)).token(DATA)
    assert caught.value.code == "tsa-answered-wrong"
    assert WRONG[behaviour] in caught.value.en
    assert tsa.url.split("/")[2] in caught.value.sv


@pytest.mark.parametrize("behaviour", NOT_VOUCHED_FOR)
def test_a_signature_that_nobody_trusted_made_is_refused(
    authority: Authority, tsa: Tsa, behaviour: str, openssl: Callable[[bytes, bytes], str]
) -> None:
    tsa.behave(behaviour)
    with pytest.raises(DamageError) as caught:
        authority.token(DATA)
    assert caught.value.code == "tsa-answered-wrong"
    assert "its signature is wrong, or leads to no certificate" in caught.value.en
    unchecked = Authority(tsa.url).token(DATA)
    assert "Verification: FAILED" in openssl(DATA, unchecked)
    with pytest.raises(DamageError):
        check(unchecked, DATA, ca=authority.ca)


def test_a_stranger_with_the_right_name_is_not_trusted(tsa: Tsa) -> None:
    with pytest.raises(DamageError) as caught:
        Authority(tsa.url, ca=tsa.certificates.stranger).token(DATA)
    assert "stranger.pem" in caught.value.en


def test_a_file_of_several_certificates_is_trusted_as_a_whole(tsa: Tsa, tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes(tsa.certificates.stranger.read_bytes() + tsa.certificates.ca.read_bytes())
    assert Authority(tsa.url, ca=both).token(DATA)


def test_a_refusal_says_its_status(authority: Authority, tsa: Tsa) -> None:
    tsa.behave("unsupported")
    with pytest.raises(ArchiveError) as caught:
        authority.token(DATA)
    assert caught.value.code == "tsa-refused"
    assert "status 2" in caught.value.en


@pytest.mark.parametrize("behaviour", AWAY)
def test_no_answer_is_an_authority_that_is_away(
    authority: Authority, tsa: Tsa, behaviour: str
) -> None:
    tsa.behave(behaviour)
    with pytest.raises(ArchiveError) as caught:
        authority.token(DATA)
    assert caught.value.code == "tsa-away"
    assert AWAY[behaviour] in caught.value.en
    assert "next run" in caught.value.en
    assert len(tsa.asked) == 1


def test_nobody_there_is_an_authority_that_is_away() -> None:
    with pytest.raises(ArchiveError) as caught:
        Authority(nobody()).token(DATA)
    assert caught.value.code == "tsa-away"
    assert "Connection refused" in caught.value.en


@pytest.mark.parametrize("behaviour", ["hanging", "dripping"])
def test_patience_has_an_end_whatever_the_authority_sends(
    authority: Authority, tsa: Tsa, behaviour: str
) -> None:
    tsa.behave(behaviour)
    start = time.monotonic()
    with pytest.raises(ArchiveError) as caught:
        dc.replace(authority, timeout=0.3).token(DATA)
    assert caught.value.code == "tsa-away"
    assert time.monotonic() - start < 10
    assert len(tsa.asked) == 1


def test_https_works_with_a_private_authority_and_not_without(
    certificates: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(certificates, tmp_path, tls=True) as tsa:
        authority = Authority(tsa.url, ca=certificates.ca)
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        with pytest.raises(ArchiveError) as caught:
            authority.token(DATA)
        assert caught.value.code == "tsa-away"
        assert "not trusted" in caught.value.en
        assert tsa.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates.ca))
        assert authority.token(DATA)


def test_no_proxy_is_asked_for_what_runs_on_this_machine_but_for_all_else(
    authority: Authority, tsa: Tsa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", nobody())
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert authority.token(DATA)
    monkeypatch.setenv("http_proxy", tsa.url)
    assert Authority("http://tsa.example/tsr", ca=authority.ca).token(DATA)
    assert len(tsa.asked) == 2


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tsa.example/tsr",
        "ftp://tsa.example/tsr",
        "file:///etc/passwd",
        "http://",
        "http://anna:hemligt@tsa.example/",
        "http://tsa.example:port/",
        "http://tsa.example/a b",
        "http://tsa.example/\n",
        "http://tidstämpel.example/",
    ],
)
def test_an_address_that_will_not_do_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(InputError) as caught:
        Authority(url)
    assert caught.value.code == "tsa-url"
    assert "hemligt" not in str(caught.value)


@pytest.mark.parametrize("pem", [None, b"", b"no certificate"])
def test_certificates_that_cannot_be_read_are_told_at_once(
    tmp_path: Path, pem: bytes | None
) -> None:
    ca = tmp_path / "ca.pem"
    if pem is not None:
        ca.write_bytes(pem)
    with pytest.raises(InputError) as caught:
        Authority("http://tsa.example/tsr", ca=ca)
    assert caught.value.code == "tsa-ca"
    assert str(ca) in caught.value.sv


@pytest.mark.parametrize("token", [b"", b"\x30", b"\x30\x80", b"0" * 100])
def test_what_is_no_token_has_no_time(token: bytes) -> None:
    with pytest.raises(DamageError) as caught:
        time_of(token)
    assert caught.value.code == "token-wrong"


def test_a_refusal_is_no_token(authority: Authority, tsa: Tsa) -> None:
    refusal = tsa.unsupported(_question(authority, tsa))
    for ask in (time_of, lambda token: check(token, DATA, ca=None)):
        with pytest.raises(DamageError) as caught:
            ask(refusal)
        assert "a refusal" in caught.value.en


def test_every_byte_of_a_token_may_be_wrong_and_is_told_as_damage(authority: Authority) -> None:
    """A flipped bit is either told or leaves time and digest as they were."""
    token = authority.token(DATA)
    time = time_of(token)
    told = 0
    for at in range(len(token)):
        broken = token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]
        try:
            assert check(broken, DATA, ca=authority.ca) == time
        except DamageError:
            told += 1
    assert told > len(token) * 0.97


def _question(authority: Authority, tsa: Tsa) -> bytes:
    authority.token(DATA)
    return tsa.asked[-1]
