"""Where the seconds of a capture go."""

import contextlib
import time
from collections.abc import Iterator


class Stages:
    """Seconds by stage, in the order in which they were begun; one begun again adds up."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what the block takes to ``name``, also where it fails."""
        began = time.perf_counter()
        self.seconds.setdefault(name, 0.0)
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - began

    def told(self) -> tuple[tuple[str, float], ...]:
        """As they stand in ``Capture.stages``."""
        return tuple((name, round(seconds, 3)) for name, seconds in self.seconds.items())
