"""Writes a culling list as a page to a file of the approver's own; the archive keeps none."""

import os
from pathlib import Path
from typing import Any

from archive_store.errors import InputError
from flows.house import House
from tasks.culling import decision_for, load_decisions
from tasks.culling.list_page import list_html
from tasks.culling.lists import read_list

OWNER_ONLY = 0o600


def write_list_page(house: House, list_id: str, target: Path) -> dict[str, Any]:
    """A living list as HTML in a new file that its owner alone can read.

    Returns:
        The list, the file, its bytes and its rows: what the command tells.

    Raises:
        InputError: ``file-exists``, ``file-inside-archive`` or ``file-not-written``.
        MissingError, RefusalError, DamageError: as ``read_list``.
    """
    place = house.settings.archive
    if "://" not in place and target.absolute().resolve().is_relative_to(Path(place).resolve()):
        raise InputError(
            "file-inside-archive",
            sv=f"{target} ligger i arkivet, som inte ska ha någon kopia. Välj en annan mapp.",
            en=f"{target} is in the archive, which is to have no copy. Choose another folder.",
        )
    list_ = read_list(house.archive, list_id)
    decision = decision_for(load_decisions(house.settings.decision), list_.board)
    page = list_html(house.archive, decision, list_id).encode()
    try:
        opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError:
        raise InputError(
            "file-exists",
            sv=f"{target} finns redan. Välj ett annat namn.",
            en=f"{target} exists already. Choose another name.",
        ) from None
    except OSError as error:
        raise _not_written(target, error) from None
    try:
        with os.fdopen(opened, "wb") as file:
            file.write(page)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise _not_written(target, error) from None
    return {"list": list_id, "file": str(target), "bytes": len(page), "rows": len(list_.rows)}


def _not_written(target: Path, error: OSError) -> InputError:
    return InputError(
        "file-not-written",
        sv=f"{target} kunde inte skrivas: {error.strerror}.",
        en=f"{target} could not be written: {error.strerror}.",
    )
