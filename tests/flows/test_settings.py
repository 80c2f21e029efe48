"""Settings: flag before environment before file; what is unknown or malformed is refused whole."""

import ast
import dataclasses as dc
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive_store.errors import InputError
from flows.browsing import browser_of
from flows.settings import PREFECT_DEFAULTS, Settings, load_settings, prepare_environment

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("KANALARKIV_", "PREFECT_")):
            monkeypatch.delenv(name)


def test_without_anything_the_defaults_hold() -> None:
    assert load_settings() == Settings()


def test_flag_goes_before_environment_before_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("kanalarkiv.toml").write_text('lang = "en"\nport = 1\narchive = "a"\n', "utf-8")
    monkeypatch.setenv("KANALARKIV_PORT", "2")
    monkeypatch.setenv("KANALARKIV_ARCHIVE", "b")
    found = load_settings(archive="c")
    assert (found.lang, found.port, found.archive) == ("en", 2, "c")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("arkiv = 'a'", "okänd nyckel arkiv"),
        ("lang = 'fi'", "lang"),
        ("port = 'x'", "port"),
        ("port = 70000", "port"),
        ("archive = ", "inte giltig TOML"),
        ("pictures = 'gif'", "pictures"),
        ("browser_sandbox = 'kanske'", "browser_sandbox"),
        ("browser_sandbox = []", "browser_sandbox"),
        ("own_hosts = ['https://sjovik.example/']", "own_hosts"),
        ("own_hosts = 7", "own_hosts"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(text: str, said: str) -> None:
    Path("kanalarkiv.toml").write_text(text, "utf-8")
    with pytest.raises(InputError) as refused:
        load_settings()
    assert said in refused.value.sv


def test_only_places_on_this_machine_are_made_absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("KANALARKIV_ARCHIVE", "KANALARKIV_TSA_CA", "KANALARKIV_TSA_URL"):
        monkeypatch.setenv(key, "")
    prepare_environment(Settings(archive="s3://hink/arkiv", tsa_ca="rot.pem"))
    assert os.environ["KANALARKIV_ARCHIVE"] == "s3://hink/arkiv"
    assert os.environ["KANALARKIV_TSA_CA"] == str(Path("rot.pem").absolute())
    prepare_environment(Settings(archive="arkiv"))
    assert os.environ["KANALARKIV_ARCHIVE"] == str(Path("arkiv").absolute())
    assert (os.environ["KANALARKIV_TSA_CA"], os.environ["KANALARKIV_TSA_URL"]) == ("", "")


def test_prefect_is_offline_private_and_at_home_in_the_state_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    prepare_environment(load_settings(state=tmp_path / "tillstånd"))
    assert os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert os.environ["PREFECT_RESULTS_PERSIST_BY_DEFAULT"] == "false"
    assert os.environ["PREFECT_HOME"] == str(tmp_path / "tillstånd" / "prefect")
    assert set(PREFECT_DEFAULTS) <= set(os.environ)


def test_what_the_operator_has_set_for_prefect_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {**os.environ, "PREFECT_HOME": "/elsewhere"})
    prepare_environment(load_settings(state=tmp_path))
    assert os.environ["PREFECT_HOME"] == "/elsewhere"


def test_what_captures_may_reach_and_keep_is_read_and_passed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Flows run in processes of their own, which read the environment."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    Path("kanalarkiv.toml").write_text(
        'browser_sandbox = false\npictures = "jpeg"\n'
        'own_hosts = ["Bilder.Sjovik.example", "10.0.0.8:8080", "sjövik.example", "fd00::1"]\n',
        "utf-8",
    )
    found = load_settings()
    assert found.own_hosts == (
        "bilder.sjovik.example",
        "10.0.0.8:8080",
        "xn--sjvik-kua.example",
        "fd00::1",
    )
    assert (found.browser_sandbox, found.pictures) == (False, "jpeg")
    prepare_environment(found)
    Path("kanalarkiv.toml").unlink()
    assert load_settings() == dc.replace(
        found,
        register=found.register.absolute(),
        decision=found.decision.absolute(),
        state=found.state.absolute(),
        archive=str(Path(found.archive).absolute()),
    )


def test_the_sandbox_is_left_to_the_browser_where_nobody_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    prepare_environment(Settings())
    assert browser_of(load_settings()).sandbox is None
    monkeypatch.setenv("KANALARKIV_BROWSER_SANDBOX", "false")
    assert browser_of(load_settings()).sandbox is False


def test_every_setting_that_an_error_names_is_one() -> None:
    known = {field.name for field in dc.fields(Settings)}
    named = {
        word
        for room in ("flows", "tasks", "archive_store")
        for file in (ROOT / room).rglob("*.py")
        for text in _texts(file)
        for word in re.findall(r"inställningen (\S+?)[.;,:]?(?: |$)", text)
    }
    assert {"browser", "browser_ca", "browser_proxy", "tsa_ca"} <= named
    assert named - known == set()


def _texts(file: Path) -> Iterator[str]:
    """The strings of a module, joined where they are written in parts."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            parts = (each.value for each in node.values if isinstance(each, ast.Constant))
            yield "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
