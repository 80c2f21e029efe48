"""Files that a person brings: read whole, within bounds, or refused with what to do."""

from pathlib import Path
from typing import Final

from archive_store.errors import InputError

LARGEST: Final = 2 * 1024**3


def file_bytes(path: Path, *, largest: int = LARGEST) -> bytes:
    """The file's bytes.

    Args:
        path: as given.
        largest: how many bytes are accepted.

    Raises:
        InputError: ``file-missing``, ``file-empty`` or ``file-too-large``.
    """
    try:
        size = path.stat().st_size if path.is_file() else -1
        if not 0 < size <= largest:
            raise _refused(path, size)
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            "file-missing",
            sv=f"{path.name} kan inte läsas: {error.strerror}. Kontrollera sökväg och rättigheter.",
            en=f"{path.name} cannot be read: {error.strerror}. Check path and permissions.",
        ) from None


def _refused(path: Path, size: int) -> InputError:
    if size < 0:
        return InputError(
            "file-missing",
            sv=f"{path.name} finns inte, eller är ingen fil. Kontrollera sökvägen.",
            en=f"{path.name} does not exist, or is no file. Check the path.",
        )
    if size == 0:
        return InputError(
            "file-empty",
            sv=f"{path.name} är tom. Spara den på nytt och försök igen.",
            en=f"{path.name} is empty. Save it anew and try again.",
        )
    return InputError(
        "file-too-large",
        sv=f"{path.name} är större än vad som tas emot. Dela upp den.",
        en=f"{path.name} is larger than what is accepted. Split it.",
    )
