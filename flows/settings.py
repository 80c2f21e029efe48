"""Settings: flag before environment before ``kanalarkiv.toml``; the one place that reads them.

Also sets Prefect's environment, which must happen before ``prefect`` is imported: offline, private
(no analytics, no promotion), results never persisted, its home inside the state folder.
"""

import dataclasses as dc
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from archive_store.errors import InputError

FILE = "kanalarkiv.toml"

PREFECT_DEFAULTS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_UI_V2_ENABLED": "false",  # V2 calls an analytics host even with analytics off
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",  # a result could hold words
    "PREFECT_LOGGING_LEVEL": "INFO",
    "PREFECT_CLI_PROMPT": "false",
}


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where things are and how people are spoken to.

    Attributes:
        archive: folder of the archive, or ``s3://bucket/prefix``; what reaches the bucket
            (endpoint, region, credentials, certificate authority) is told by boto3's own variables.
        register: the channel register.
        decision: a decision file, or a folder with one a board.
        state: Prefect's home and other things that may be thrown away; never inside the archive.
        lang: language of messages, ``"sv"`` or ``"en"``.
        browser: path of a Chromium, or ``""`` to look for one.
        browser_proxy: address of a proxy for captures, or ``""`` for what the environment says.
        browser_ca: PEM file with certificate authorities that captures trust besides the usual
            ones, or ``""``.
        browser_sandbox: whether Chromium's sandbox is on; ``None`` turns it off for root only.
        own_hosts: hosts inside the body's network, as ``host`` or ``host:port``, that every page
            which is captured may read from besides its own.
        pictures: how snapshots keep the page's pictures: ``"png"``, lossless, or ``"jpeg"``.
        port: port of ``kanalarkiv up``; 0 takes a free one.
        harvest_cron: when channels are harvested, Stockholm time.
        tsa_url: address of an RFC 3161 authority of trusted time, or ``""`` for none.
        tsa_ca: the roots that its tokens are checked against, or ``""``.
    """

    archive: str = "./archive"
    register: Path = Path("register.toml")
    decision: Path = Path("decisions")
    state: Path = Path(".kanalarkiv")
    lang: str = "sv"
    browser: str = ""
    browser_proxy: str = ""
    browser_ca: str = ""
    browser_sandbox: bool | None = None
    own_hosts: tuple[str, ...] = ()
    pictures: Literal["png", "jpeg"] = "png"
    port: int = 4200
    harvest_cron: str = "0 3 * * *"
    tsa_url: str = ""
    tsa_ca: str = ""

    @property
    def prefect_home(self) -> Path:
        """Prefect's home: database, profiles and storage."""
        return self.state.absolute() / "prefect"


def load_settings(**flags: Any) -> Settings:
    """Settings from flags (those not ``None``), environment and file, in that order.

    Raises:
        InputError: a key is unknown, or a value malformed.
    """
    given = _from_file() | _from_environment()
    given |= {key: value for key, value in flags.items() if value is not None}
    fields = {f.name: f for f in dc.fields(Settings)}
    return Settings(**{key: _formed(key, fields[key].type, raw) for key, raw in given.items()})


def _from_environment() -> dict[str, Any]:
    names = {f.name: f"KANALARKIV_{f.name.upper()}" for f in dc.fields(Settings)}
    return {key: os.environ[name] for key, name in names.items() if os.environ.get(name)}


def _from_file() -> dict[str, Any]:
    path = Path(FILE)
    if not path.exists():
        return {}
    try:
        found: Mapping[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            "settings-refused",
            sv=f"{path.absolute()} är inte giltig TOML: {error}",
            en=f"{path.absolute()} is not valid TOML: {error}",
        ) from None
    known = [f.name for f in dc.fields(Settings)]
    unknown = sorted(set(found) - set(known))
    if unknown:
        raise InputError(
            "settings-refused",
            sv=f"{path.absolute()}: okänd nyckel {', '.join(unknown)}. Kända: {', '.join(known)}.",
            en=f"{path.absolute()}: unknown key {', '.join(unknown)}. Known: {', '.join(known)}.",
        )
    return dict(found)


def _formed(key: str, kind: Any, raw: Any) -> Any:
    try:
        return _FORMS.get(key, kind)(raw)
    except (TypeError, ValueError, KeyError):
        raise _malformed(key) from None


def _port(raw: Any) -> int:
    port = int(raw)
    if not 0 <= port < 1 << 16:
        raise ValueError
    return port


def _hosts(raw: Any) -> tuple[str, ...]:
    """Hosts as a list (in the file) or with commas between (in the environment)."""
    parts = raw.split(",") if isinstance(raw, str) else list(raw)
    named = [part.strip().encode("idna").decode().lower() for part in map(str, parts)]
    if not all(_HOST.fullmatch(host) for host in named if host):
        raise ValueError
    return tuple(filter(None, named))


_HOST: Final = re.compile(r"[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?|[0-9a-f]*:[0-9a-f:]+")
_FORMS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "lang": {each: each for each in ("sv", "en")}.__getitem__,
    "port": _port,
    "browser_sandbox": {True: True, "true": True, False: False, "false": False}.__getitem__,
    "own_hosts": _hosts,
    "pictures": {each: each for each in ("png", "jpeg")}.__getitem__,
}
"""How a value is read and judged, where its type alone does not tell."""


def _malformed(key: str) -> InputError:
    name = f"KANALARKIV_{key.upper()}"
    return InputError(
        "settings-refused",
        sv=f"Inställningen {key} har fel form. Rätta flaggan, {name} eller {FILE}.",
        en=f"The setting {key} is malformed. Mend the flag, {name} or {FILE}.",
    )


def prepare_environment(settings: Settings) -> None:
    """Set Prefect's environment, and pass our own settings on to the processes that flows start.

    Must be called before ``prefect`` is imported. What the operator has set is left alone.
    """
    for key, value in PREFECT_DEFAULTS.items():
        os.environ.setdefault(key, value)
    os.environ.setdefault("PREFECT_HOME", str(settings.prefect_home))
    settings.prefect_home.mkdir(parents=True, exist_ok=True)
    for field in dc.fields(settings):
        value = getattr(settings, field.name)
        os.environ[f"KANALARKIV_{field.name.upper()}"] = _from_anywhere(field.name, value)


def _from_anywhere(key: str, value: Any) -> str:
    """The setting as it means the same in whichever folder it is read."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(value)
    placed = isinstance(value, Path) or (key in {"archive", "tsa_ca", "browser_ca"} and value)
    return str(Path(value).absolute()) if placed and "://" not in str(value) else str(value)
