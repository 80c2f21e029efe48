"""The seam that every platform's reader keeps (DESIGN: one Protocol, one connector a platform).

The words of the seam, ``FetchRequest``, ``Fetched`` and ``Connector``, lie in ``tasks.model`` so
that the harvest need not know this room. Here is what opening and closing adds.
"""

from types import TracebackType
from typing import Protocol, Self

from tasks.model import Connector, Fetched, FetchRequest

__all__ = ["Connector", "FetchRequest", "Fetched", "OpenConnector"]


class OpenConnector(Connector, Protocol):
    """A connector that holds connections until it is closed; ``with`` closes it."""

    def close(self) -> None:
        """Let go of connections; may be called more than once."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
