"""The way to the web from inside a house: its proxy, and its own certificate authorities.

Chromium takes no list of authorities on its command line. The honest way on Linux is the NSS
database that it reads in the home directory, filled by NSS's own ``certutil``: certificates are
verified as ever, and one authority more is trusted. Its switches that ignore certificate errors
would trust expired certificates and wrong names as well, and are not used. On macOS it trusts the
system's keychain, where an authority is added by the administrator.
"""

import os
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from playwright.async_api import ProxySettings

from archive_store.errors import CaptureError, InputError

_HERE: Final = "localhost,127.0.0.1,[::1]"  # no proxy knows this machine better than itself
_FEW: Final = 20
_CERTIFICATE: Final = re.compile(
    r"-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----", re.ASCII
)


def proxy(chosen: str) -> ProxySettings | None:
    """The proxy to use: the setting's, else the environment's or the system's; ``None``: none.

    Raises:
        InputError: ``proxy``: it is no address of one.
    """
    known = urllib.request.getproxies()
    address = chosen or next((known[k] for k in ("https", "http", "all") if known.get(k)), "")
    passed = known.get("no", "")
    if not address or (passed.strip() == "*" and not chosen):
        return None
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        good = parts.scheme in {"http", "https", "socks4", "socks5"} and bool(parts.hostname)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # no port: urlsplit's own judgement
        good, port = False, ""
    if not good:
        raise InputError(
            "proxy",
            sv="Proxyns adress är ingen adress. Ange den som http://värd:port i inställningen "
            "browser_proxy eller i miljövariabeln HTTPS_PROXY.",
            en="The proxy's address is not one. Give it as http://host:port in the setting "
            "browser_proxy or in the environment variable HTTPS_PROXY.",
        )
    told = ProxySettings(
        server=f"{parts.scheme}://{parts.hostname}{port}",
        bypass=",".join(filter(None, (_HERE, passed))),
    )
    if parts.username:
        told["username"] = unquote(parts.username)
        told["password"] = unquote(parts.password or "")
    return told


def trusting(ca: str, home: Path) -> dict[str, str]:
    """What the browser's environment needs so that it trusts the authorities in ``ca`` too.

    Args:
        ca: path of a PEM file; ``""``: those that ``SSL_CERT_FILE`` names, if they are few.
        home: an existing folder that the browser takes for its user's.

    Raises:
        InputError: ``ca-file``: no certificate can be read there.
        CaptureError: ``ca-tool``: ``certutil`` is not installed, or would not take it.
    """
    found = _certificates(ca) if ca else _own_of_environment()
    if not ca and not found:
        return {}
    if not found:
        raise InputError(
            "ca-file",
            sv=f"Inga certifikat kan läsas i {ca}. Ange en fil i PEM-format i inställningen "
            "browser_ca.",
            en=f"No certificates can be read in {ca}. Name a file in PEM format in the setting "
            "browser_ca.",
        )
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True, exist_ok=True)
    _certutil("-N", "--empty-password", database=database)
    for number, certificate in enumerate(found, 1):
        name = f"kanalarkiv {number}"
        _certutil("-A", "-t", "C,,", "-n", name, database=database, given=certificate)
    user = Path.home()  # whose fonts and settings stay in force
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": os.environ.get("XDG_CONFIG_HOME", str(user / ".config")),
        "XDG_DATA_HOME": os.environ.get("XDG_DATA_HOME", str(user / ".local" / "share")),
    }


def _certificates(path: str) -> list[str]:
    try:
        return _CERTIFICATE.findall(Path(path).read_text(encoding="ascii", errors="replace"))
    except OSError:
        return []


def _own_of_environment() -> list[str]:
    """The authorities in ``SSL_CERT_FILE``, where they are the house's own and can be entered.

    A file of many is a system's whole list, which Chromium has by itself.
    """
    named = os.environ.get("SSL_CERT_FILE", "")
    found = _certificates(named) if named and shutil.which("certutil") else []
    return found if len(found) <= _FEW else []


def _certutil(*arguments: str, database: Path, given: str = "") -> None:
    tool = shutil.which("certutil")
    done = tool and subprocess.run(  # noqa: S603 - NSS's own tool, with arguments of our own
        [tool, "-d", f"sql:{database}", *arguments],
        input=given.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    if not done or done.returncode:
        raise CaptureError(
            "ca-tool",
            sv="Webbläsaren kan inte fås att lita på den egna certifikatutfärdaren: programmet "
            "certutil saknas eller tog inte emot filen. Installera det (Debian och Ubuntu: apt-get "
            "install libnss3-tools), eller lägg till utfärdaren i systemet (macOS: nyckelringen) "
            "och töm inställningen browser_ca.",
            en="The browser cannot be made to trust your own certificate authority: the program "
            "certutil is missing or did not take the file. Install it (Debian and Ubuntu: apt-get "
            "install libnss3-tools), or add the authority to the system (macOS: the keychain) and "
            "empty the setting browser_ca.",
        )
