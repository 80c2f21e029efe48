"""Settings of trusted time that will not do are told before anything is begun, and by doctor."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tsa import Certificates, Tsa, nobody, served

from flows.cli import main as cli
from flows.cli import runs, setup
from flows.cli.out import DONE, SHORT, WRONG, call
from flows.settings import load_settings

pytestmark = pytest.mark.usefixtures("alone")


@pytest.fixture
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tsa]:
    certificates = Certificates(tmp_path_factory.mktemp("certificates"))
    with served(certificates, tmp_path_factory.mktemp("tsa")) as tsa:
        yield tsa


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Names an authority in the environment."""

    def name(url: str, ca: object = "") -> None:
        monkeypatch.setenv("KANALARKIV_TSA_URL", url)
        monkeypatch.setenv("KANALARKIV_TSA_CA", str(ca))

    return name


def doctor(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any], dict[str, Any]]:
    call.json = False
    code = cli.main(["doctor", "--json"])
    document = json.loads(capsys.readouterr().out)
    (row,) = [row for row in document["rows"] if row["code"] == "trusted-time"]
    return code, document, row


def test_doctor_gets_a_token_that_the_root_vouches_for(
    named: Any, tsa: Tsa, capsys: pytest.CaptureFixture[str]
) -> None:
    named(tsa.url, tsa.certificates.ca)
    code, document, row = doctor(capsys)
    assert (code, document["ok"], row["ok"], row["needed"]) == (DONE, True, "yes", "promised")


def test_doctor_says_what_is_wrong_with_the_settings(
    named: Any, tsa: Tsa, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "no.pem").write_text("no certificate", "utf-8")
    for url, ca, seen in (
        ("ftp://tsa.example", "", "tsa-url"),
        (tsa.url, tmp_path / "no.pem", "tsa-ca"),
        (tsa.url, tmp_path / "nowhere.pem", "tsa-ca"),
        (tsa.url, tsa.certificates.stranger, "tsa-answered-wrong"),
    ):
        named(url, ca)
        code, document, row = doctor(capsys)
        assert (code, document["ok"], row["ok"], row["seen"]) == (SHORT, False, "no", seen)
        assert row["advice"]
    call.json = False
    assert cli.main(["doctor"]) == SHORT
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "Tidsstämplar kommer inte: se ovan."
    assert any("Lagret duger för ett arkiv." in line for line in lines)  # it is not the store


def test_an_authority_that_is_away_or_unchecked_is_no_failure_but_is_told(
    named: Any, tsa: Tsa, capsys: pytest.CaptureFixture[str]
) -> None:
    for url, ca, seen in ((nobody(), tsa.certificates.ca, "inget svar"), (tsa.url, "", "ingen")):
        named(url, ca)
        code, document, row = doctor(capsys)
        assert (code, document["ok"], row["ok"], row["needed"]) == (DONE, True, "no", "useful")
        assert seen in row["seen"]
        assert row["advice"]


@pytest.mark.parametrize("words", ["harvest", "up"])
def test_who_stands_at_the_terminal_is_told_before_a_server_is_started(
    named: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    named("http://tsa.example", "nowhere.pem")
    monkeypatch.setattr("flows.house.open_house", lambda *_, **__: None)
    for room in (runs, setup):
        monkeypatch.setattr(room, "prepared", lambda **_: load_settings())
    assert cli.main([words]) == WRONG
    assert "tsa_ca" in capsys.readouterr().err
