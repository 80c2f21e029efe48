"""Which requests meet a fault, and over which buckets a test is tried."""

import threading
from collections.abc import Callable

import pytest

from tests.support.fault_proxy import Fault, Request

BOTH = pytest.mark.parametrize("name", ["locks", "plain"], indirect=True)


def first(fault: Fault, *methods: str, times: int = 1) -> Callable[[Request], Fault | None]:
    """The first requests by one of these methods meet the fault."""
    left, lock = [times], threading.Lock()

    def judge(request: Request) -> Fault | None:
        with lock:
            if request.method in methods and left[0]:
                left[0] -= 1
                return fault
            return None

    return judge


def always(fault: Fault, *methods: str) -> Callable[[Request], Fault | None]:
    return lambda request: fault if request.method in methods else None
