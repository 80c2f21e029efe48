"""The watch over a browser's memory ends when it is told to, whatever comes in the same moment."""

import asyncio
from typing import Any

import pytest

from tasks.capture.watching import Watch


class Session:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def send(self, *_: Any) -> Any:
        self.asked.set()
        return await self.answer


class Connected:
    """A browser that stays."""

    def __init__(self) -> None:
        self.session = Session()

    def is_connected(self) -> bool:
        return True

    async def new_browser_cdp_session(self) -> Session:
        return self.session


@pytest.mark.parametrize("turns", range(4))
def test_it_ends_also_where_an_answer_comes_as_it_is_told_to(turns: int) -> None:
    async def told() -> None:
        browser: Any = Connected()
        watch = Watch(browser, page_memory=1, memory=1)
        await browser.session.asked.wait()
        browser.session.answer.set_result({"processInfo": []})
        for _ in range(turns):
            await asyncio.sleep(0)
        over = asyncio.ensure_future(watch.over())
        done, _ = await asyncio.wait([over], timeout=30)
        assert done, "the watch goes on for ever"

    asyncio.run(told())
