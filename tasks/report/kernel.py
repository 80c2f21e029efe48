"""Runs a notebook by papermill in a process of its own, with a kernel of the running interpreter.

Everything that Jupyter would put into or read from the user's home lies in a folder of the run; no
other kernel, configuration or extension is found. Whatever the notebook says when it fails stays in
that folder: the error that leaves here holds a cell's number and an error's name, never output.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archive_store.errors import KanalarkivError

Notebook = dict[str, Any]
"""A notebook as its JSON says (nbformat 4)."""

KERNEL = "kanalarkiv"
_MARKS = {"papermill-error-cell-tag", "injected-parameters"}
"""Tags of cells that papermill puts in: not counted, so that a number says which of ours."""

_ROOT = Path(__file__).resolve().parents[2]
_CODE = re.compile(r"[a-z][a-z0-9-]*(?=: )")


def execute(
    notebook: Notebook,
    parameters: Mapping[str, Any],
    workdir: Path,
    *,
    timeout: float,
) -> Notebook:
    """The notebook with its outputs.

    Args:
        notebook: with one cell tagged ``parameters``.
        parameters: numbers and strings by name.
        workdir: an existing folder for what the run leaves behind.
        timeout: seconds until the run is given up.

    Raises:
        KanalarkivError: ``report-failed``; the notebook failed or took too long.
    """
    asked, done, told = workdir / "in.ipynb", workdir / "out.ipynb", workdir / "parameters.json"
    asked.write_text(json.dumps(notebook), "utf-8")
    told.write_text(json.dumps(dict(parameters)), "utf-8")
    papermill = [sys.executable, "-m", "papermill", str(asked), str(done), "-f", str(told)]
    options = ["--kernel", KERNEL, "--no-progress-bar", "--no-log-output", "--cwd", str(workdir)]
    try:
        run = subprocess.run(  # noqa: S603 - our own interpreter and files
            [*papermill, *options],
            cwd=workdir,
            env=_environment(workdir),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _failed(f"efter {timeout:.0f} s", f"after {timeout:.0f} s", "timeout") from None
    if run.returncode:
        raise _failure(done)
    return _read(done)


def _environment(workdir: Path) -> dict[str, str]:
    """The process's environment with Jupyter's and IPython's folders inside ``workdir``."""
    data = workdir / "jupyter"
    spec = data / "kernels" / KERNEL
    spec.mkdir(parents=True, exist_ok=True)
    start = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {
        "argv": [*start, "--HistoryManager.enabled=False"],
        "display_name": "Kanalarkiv",
        "language": "python",
    }
    (spec / "kernel.json").write_text(json.dumps(kernel), "utf-8")
    search = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
    return os.environ | {
        "IPYTHONDIR": str(workdir / "ipython"),
        "JUPYTER_CONFIG_DIR": str(workdir / "config"),
        "JUPYTER_DATA_DIR": str(data),
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_PATH": "",
        "JUPYTER_RUNTIME_DIR": str(workdir / "runtime"),
        "PYTHONPATH": search,
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def _tags(cell: Mapping[str, Any]) -> set[str]:
    return set(cell["metadata"].get("tags", ()))


def _read(path: Path) -> Notebook:
    notebook: Notebook = json.loads(path.read_text("utf-8"))
    return notebook


def _failure(done: Path) -> KanalarkivError:
    """Which cell failed and with what kind of error, read from the half-done notebook."""
    if done.exists():
        told = [cell for cell in _read(done)["cells"] if not _MARKS & _tags(cell)]
        for number, cell in enumerate(told, start=1):
            for output in cell.get("outputs", ()):
                if output["output_type"] == "error":
                    code = _CODE.match(output["evalue"])
                    kind = code.group() if code else output["ename"]
                    return _failed(f"i cell {number}", f"in cell {number}", kind)
    return _failed("innan första cellen", "before the first cell", "kernel")


def _failed(where_sv: str, where_en: str, kind: str) -> KanalarkivError:
    return KanalarkivError(
        "report-failed",
        sv=f"Årsrapportens anteckningsbok stannade {where_sv} ({kind}). Öppna den i notebooks/ och "
        "kör den för att se varför; kör sedan om rapporten.",
        en=f"The yearly report's notebook stopped {where_en} ({kind}). Open it in notebooks/ and "
        "run it to see why; then run the report again.",
    )
