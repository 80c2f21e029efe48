"""A register's version, ready to be archived: the file as it reads, and the activity plans beside.

The archive keeps every version that was ever used, so that it can be told later which unit and
which plan a channel had on a given day (K01: the plan's file is archived). Flows commit the draft.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path

from archive_store.records import Draft
from tasks.model import Register


def register_digest(path: Path | str, register: Register) -> str:
    """Hex SHA-256 of the file and of the activity plans beside it: a new one where any changes."""
    return _digest(_files(Path(path), register))


def register_draft(path: Path | str, register: Register, *, now: dt.datetime) -> Draft:
    """The register as a package to commit.

    Files: ``toml`` and, for each activity plan that is there, ``<channel>.<ending>``. Labels:
    ``kind=register`` and ``digest`` (as ``register_digest``). The manifest tells, as ``plans``, the
    channels whose plan lies in it.

    Args:
        path: where ``register`` was read.
        register: as loaded from there.
        now: the rule's time (aware), which names the package.
    """
    files = _files(Path(path), register)
    stamp = now.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    plans = sorted(name.partition(".")[0] for name in files if name != "toml")
    return Draft(
        base=f"register/{stamp}-register",
        files=files,
        about={"channels": [channel.id for channel in register.channels], "plans": plans},
        labels={"kind": "register", "digest": _digest(files)},
    )


def _files(path: Path, register: Register) -> dict[str, bytes]:
    files = {"toml": path.read_bytes()}
    for channel in register.channels:
        plan = path.parent / channel.plan.file if channel.plan and channel.plan.file else None
        if plan is not None and plan.is_file():
            files[f"{channel.id}{plan.suffix.lower()}"] = plan.read_bytes()
    return files


def _digest(files: Mapping[str, bytes]) -> str:
    parts = (f"{name} {hashlib.sha256(data).hexdigest()}\n" for name, data in files.items())
    return hashlib.sha256("".join(sorted(parts)).encode()).hexdigest()
