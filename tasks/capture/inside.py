"""A look into the page from a world of its own, which the page's scripts can neither see nor fool.

The page's own scripts share a world: they may replace what a script there would ask of. This one
has the browser's own interfaces (Chrome DevTools Protocol, ``Page.createIsolatedWorld``), and its
answers are data.
"""

import asyncio
from typing import Any, Self

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as BrowserError

from tasks.capture.limits import Limits
from tasks.capture.waiting import within


class Inside:
    """The main frame of one page, as it stands: made anew when the page goes elsewhere."""

    def __init__(self, cdp: CDPSession, world: int, limits: Limits) -> None:
        self.cdp = cdp
        self.world = world
        self.limits = limits

    @classmethod
    async def of(cls, page: Page, limits: Limits) -> Self:
        """A world inside ``page``.

        Raises:
            TimeoutError: the page's own script does not let go of it.
        """
        async with asyncio.timeout(limits.answer):
            cdp = await page.context.new_cdp_session(page)
            tree = await cdp.send("Page.getFrameTree")
            given = {"frameId": tree["frameTree"]["frame"]["id"], "worldName": "kanalarkiv"}
            world = await cdp.send("Page.createIsolatedWorld", given)
        return cls(cdp, world["executionContextId"], limits)

    async def ask(self, script: str, given: Any = None, *, patience: float = 0) -> Any:
        """What the function ``script`` answers to ``given``; both are plain data.

        Args:
            script: source of one JavaScript function.
            given: its argument.
            patience: seconds that it may take beyond ``limits.answer``.

        Raises:
            TimeoutError: it did not answer in time.
            BrowserError: it threw.
        """
        call = {
            "functionDeclaration": script,
            "executionContextId": self.world,
            "arguments": [{"value": given}],
            "returnByValue": True,
            "awaitPromise": True,
        }
        answer = await self.send("Runtime.callFunctionOn", call, patience=patience)
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"].get("exception", {})
            raise BrowserError(str(thrown.get("description", "the look inside the page failed")))
        return answer["result"].get("value")

    async def send(self, method: str, given: dict[str, Any], *, patience: float = 0) -> Any:
        """One command to the browser.

        Raises:
            TimeoutError: it was not carried out in time.
        """
        return await within(self.limits.answer + patience, self.cdp.send(method, given))

    async def still(self, *, stopped: bool) -> None:
        """Let no script of the page's run from now on; or let them run again."""
        await self.send("Emulation.setScriptExecutionDisabled", {"value": stopped})
