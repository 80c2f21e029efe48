"""A snapshot's words: why it was taken, what was seen, and how complete it is."""

import dataclasses as dc
import datetime as dt
import enum

from tasks.model.page import Band, Block, Target


class Occasion(enum.StrEnum):
    """Why a snapshot is taken; the values are the command line's and the keys' own."""

    HALF_YEAR = "halvarsskifte"
    YEAR_END = "arsskifte"
    CHANGE = "forandring"
    START = "start"
    CLOSING = "avslut"
    CRISIS = "kris"
    MANUAL = "manuell"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """Posts of the period: seen in the page, found in the PDF's text, told by the API.

    ``None`` where it could not be counted, never 0 instead.
    """

    page: int
    pdf: int | None = None
    api: int | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing that was told of is missing."""
        told = [n for n in (self.api, self.page) if n is not None]
        seen = [n for n in (self.pdf, self.page) if n is not None]
        return min(seen) >= max(told)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """What the browser yields of one page.

    Attributes:
        address: as asked for; ``final_address``: where the browser ended.
        title: the page's own.
        bands: pictures of the whole page, from the top; a document's pages.
        blocks: what is to be read, in reading order; figures among them.
        targets: where the links of ``blocks`` lead.
        text: visible text of the page, in reading order: the words of ``blocks``, a line a block.
        page_text: the same as the browser itself reads it, against which ``text`` is held; ``""``
            where no browser did.
        post_texts: the first 80 characters (white space folded) of each post seen, in order.
        links: addresses of links in the page.
        started, finished: real times, UTC.
        browser: name and version; viewport: CSS pixels.
        height: page height in CSS pixels when pictured.
        stopped: why scrolling stopped: ``"end"``, ``"depth"``, ``"time"``, ``"height"``,
            ``"bytes"``, ``"pages"`` (there is a next page that did not come), ``"batch"``
            (something that the page asked for after its last growth did not come) or
            ``"forgets"`` (posts that were there were taken out of the page again).
        pressed: texts of expanders pressed, with how often.
        consent: ``"none"`` that we know of, ``"declined: …"`` and by which text, ``"pressed: …"``
            where that did not make the question go away, ``"gone"`` where it went away while it was
            being declined, or ``"hidden: …"`` and which element.
        hidden: what was hidden, as short selectors.
        loosened: what was shown otherwise: out of its fixed place, or as a pane that was opened.
        images, images_missing: pictures in the page, and those that did not load.
        logged_in: whether a login state was used; ``login_invited``: whether the page asked its
            reader to log in all the same, so that nobody knows whether it took the login.
        post_times: when each post of ``post_texts`` was published, by its ``<time>`` element (UTC);
            ``None`` where it does not tell. Empty where nobody looked.
        clock_ahead: seconds by which the page's own clock was ahead of ``finished``: settling
            makes it jump, so that what a page waits for comes at once.
        stages: what took how many seconds, in order.
    """

    address: str
    final_address: str
    title: str
    text: str
    post_texts: tuple[str, ...]
    links: tuple[str, ...]
    started: dt.datetime
    finished: dt.datetime
    browser: str
    viewport: tuple[int, int]
    height: int
    stopped: str
    pressed: tuple[tuple[str, int], ...] = ()
    consent: str = "none"
    hidden: tuple[str, ...] = ()
    loosened: tuple[str, ...] = ()
    images: int = 0
    images_missing: int = 0
    logged_in: bool = False
    login_invited: bool = False
    post_times: tuple[dt.datetime | None, ...] = ()
    clock_ahead: int = 0
    bands: tuple[Band, ...] = ()
    blocks: tuple[Block, ...] = ()
    targets: tuple[Target, ...] = ()
    stages: tuple[tuple[str, float], ...] = ()
    page_text: str = ""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What the provenance page says beside the capture itself.

    Attributes:
        organisation, board, unit, channel_name: names for people.
        channel, platform: ids.
        occasion: why; ``reason`` the operator's code or words for it, ``""`` where none.
        basis: capture basis.
        now: the rule's time (the capture's own clock stands in the capture).
        period_from, period_to: Stockholm dates that the snapshot covers.
        api_posts: posts of the period by API, ``None`` where not told.
        rehearsal: whether the archive is a rehearsal; printed so that nobody mistakes it.
        software: product and version.
    """

    organisation: str
    board: str
    unit: str
    channel: str
    channel_name: str
    platform: str
    occasion: Occasion
    reason: str
    basis: str
    now: dt.datetime
    period_from: dt.date | None
    period_to: dt.date
    api_posts: int | None
    rehearsal: bool
    software: str
