"""Where the files lie that are shipped beside the code: examples and notebooks.

In a checkout they lie at its root; in an installed wheel below ``flows/share/``.
"""

from pathlib import Path

from archive_store.errors import MissingError


def shipped(*parts: str) -> Path:
    """Path of a shipped file or folder, such as ``shipped("examples", "sjovik")``.

    Raises:
        MissingError: the installation is not whole.
    """
    here = Path(__file__).parent
    for root in (here.parent, here / "share"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    name = "/".join(parts)
    raise MissingError(
        "not-shipped",
        sv=f"{name} saknas i installationen. Installera om Kanalarkiv.",
        en=f"{name} is missing from the installation. Install Kanalarkiv anew.",
    )
