"""The authority of trusted time that the settings name, refused where it will not do.

Whoever stands at a terminal is told before anything is begun (``kanalarkiv up``, and every command
that runs a flow). A run by the clock is not: a snapshot of half-year's end is worth more than its
token, which comes in a later run.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from flows.settings import Settings

if TYPE_CHECKING:
    from archive_store.timestamps import Authority


def authority_of(settings: Settings) -> "Authority | None":
    """The authority; ``None`` where none is named.

    Raises:
        InputError: ``tsa-url`` or ``tsa-ca``, the setting will not do.
    """
    if not settings.tsa_url:
        return None
    from archive_store.timestamps import Authority  # noqa: PLC0415 - heavy, and only where named

    return Authority(settings.tsa_url, ca=Path(settings.tsa_ca) if settings.tsa_ca else None)
