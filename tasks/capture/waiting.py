"""Waiting no longer than allowed."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def within(seconds: float, awaited: Awaitable[T]) -> T:
    """What ``awaited`` gives, if it comes in time.

    Not ``asyncio.wait_for``: up to Python 3.11 it forgets that it was cancelled where the answer
    comes in the same moment, and a capture's own time limit would be lost.

    Raises:
        TimeoutError: it did not.
    """
    async with asyncio.timeout(seconds):
        return await awaited
