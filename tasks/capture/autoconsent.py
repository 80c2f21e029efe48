"""DuckDuckGo's autoconsent, which knows how to refuse the consent platforms that most sites use.

It stands beside our own rules by text (consent.py), and comes second: at rest, where no text told
what to press. Its bundle talks to whoever has bound ``autoconsentSendMessage``: a few lines in the
page here, so that nothing of the page's choosing runs in our process. It refuses only; rules that
press the same button to refuse as to accept, or that only hide, are left out, and a button whose
text accepts is not pressed whatever a rule says. What it leaves standing is hidden and named.
"""

import asyncio
import functools
import json
import re
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import duckduckgo_autoconsent
from playwright.async_api import Error as BrowserError
from playwright.async_api import Frame, Page

from tasks.capture.consent import ACCEPTS, CONSENT_WORDS
from tasks.capture.limits import Limits
from tasks.capture.waiting import within

_DECLINE: Final = (Path(__file__).parent / "decline.js").read_text(encoding="utf-8")
_SPEAKS: Final = (
    "(words) => new RegExp(words, 'iu').test((document.body?.innerText ?? '').slice(0, 20000))"
)
_TOOL: Final = "autoconsent"
_GLANCE = 300  # ms for an answer; what takes longer is asked for at the next rest
_FRAMES = 8
_FRAME = 2.0  # seconds for a frame to answer


class Decliner:
    """autoconsent in one page and its frames, asked again and again while the page settles.

    Attributes:
        busy: a refusal is under way; the page's clock decides how fast it goes on.
        gone: a frame that asked went away while it was being refused.
    """

    def __init__(self, page: Page, limits: Limits) -> None:
        self.page = page
        self.limits = limits
        self.busy = False
        self.gone = False
        self.since = 0.0
        self.seen = ""
        self.over: set[Frame] = set()

    async def decline(self, shape: str) -> str:
        """Name of the rule that refused, or ``""``.

        Args:
            shape: of the page; one that has not changed holds no banner that it did not hold.

        Raises:
            TimeoutError: the page's own script does not let go of it.
        """
        if shape == self.seen and not self.busy:
            return ""
        self.seen, self.busy = shape, False
        rules = [await self._decline_in(self.page.main_frame)]
        speaking = await self._each(_SPEAKS, CONSENT_WORDS)
        rules += await asyncio.gather(*(self._decline_in(f) for f, told in speaking if told))
        declined = next(filter(None, rules), "")
        self.busy &= not declined
        return declined

    async def ask_frames(self, script: str, given: Any) -> list[Any]:
        """What ``script`` answers in the frames of the page that answer at all."""
        return [told for _, told in await self._each(script, given)]

    async def _each(self, script: str, given: Any) -> list[tuple[Frame, Any]]:
        frames = [f for f in self.page.frames[1 : _FRAMES + 1] if f not in self.over]

        async def asked(frame: Frame) -> tuple[Frame, Any] | None:
            try:
                return frame, await within(_FRAME, frame.evaluate(script, given))
            except BrowserError:
                return None  # it went away, or on to another document
            except TimeoutError:
                self.over.add(frame)  # a frame that hangs is not the page
                return None

        return [told for told in await asyncio.gather(*map(asked, frames)) if told]

    async def _decline_in(self, frame: Frame) -> str:
        if frame in self.over:
            return ""
        try:
            told = await self._asked(frame)
            if told["state"] == "absent":
                await within(self.limits.answer, frame.evaluate(_installation()))
                told = await self._asked(frame)
        except BrowserError:
            # a banner that is a frame goes away when it is refused, or by itself: nobody can tell
            self.gone |= frame.is_detached()
            return ""
        except TimeoutError:
            if frame is self.page.main_frame:
                raise
            self.over.add(frame)
            return ""
        if told["state"] == "declining":
            self.since = self.since or time.monotonic()
            self.busy |= time.monotonic() - self.since < self.limits.consent
        if told["state"] in {"declined", "failed"}:
            self.over.add(frame)
        if told["state"] != "declined":
            return ""
        return f"{_TOOL}: {told['rule']}" if told["rule"] in _names() else _TOOL

    async def _asked(self, frame: Frame) -> Mapping[str, Any]:
        asked = frame.evaluate(_DECLINE, {"accepts": ACCEPTS, "patience": _GLANCE})
        told: Mapping[str, Any] = await within(self.limits.answer, asked)
        return told


def usable(rules: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those that refuse by pressing or asking, and press nothing that accepts as well."""
    return [rule for rule in rules if not rule.get("cosmetic") and _refuses(rule)]


def _refuses(rule: Mapping[str, Any]) -> bool:
    refusing, accepting = _pressed(rule.get("optOut")), _pressed(rule.get("optIn"))
    return bool(refusing) and not refusing & accepting


def _pressed(steps: Iterable[Mapping[str, Any]] | None) -> set[str]:
    """What a rule's steps press or ask of the platform, each as its own words."""
    found: set[str] = set()
    for step in steps or ():
        for key in ("click", "waitForThenClick", "eval"):
            if key in step:
                found.add(json.dumps(step[key]))
        for key in ("then", "else", "any"):
            found |= _pressed(step.get(key))
    return found


@functools.cache
def _rules() -> tuple[Mapping[str, Any], ...]:
    return tuple(usable(json.loads(duckduckgo_autoconsent.rules_json())))


@functools.cache
def _names() -> frozenset[str]:
    """Names that the provenance page may bear: a page could tell any other."""
    told = (str(rule["name"]) for rule in _rules())
    in_code = re.findall(r'this\.name = "([^"]{1,60})"', duckduckgo_autoconsent.bundle())
    return frozenset((*told, *in_code))


@functools.cache
def _installation() -> str:
    """The bundle, told whom to talk to, with every rule; it picks a site's own itself."""
    return f"""(() => {{
      const memory = (window.__kanalarkivConsent =
        {{ said: [], told: () => undefined, state: "", rules: {json.dumps(_rules())} }});
      window.autoconsentSendMessage = (message) => {{
        memory.said.push(message.state ? {{ ...message, state: {{ ...message.state }} }} : message);
        memory.told();
      }};
      {duckduckgo_autoconsent.bundle()}
    }})()"""
