"""The README in the archive's root: the format, told to a person in thirty years."""


def readme() -> bytes:
    """The page's bytes."""
    return b"# Kanalarkiv\n"
