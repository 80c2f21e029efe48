"""The basis ``api``: our own page of what the platform's data say, where no page may be opened.

It looks sober and unlike any platform, and every sheet says that it is a rendering and not a
picture of the page. It shows what the public could see: what is hidden, held, deleted or answers
something hidden is left out. Comments are shown in full, without names, or not at all, as the
board's decision says.
"""

import dataclasses as dc
import datetime as dt
import functools
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import jinja2
from babel.dates import format_date
from babel.numbers import format_decimal

from tasks.bases.articles import Shelf, articles_of, day_of
from tasks.bases.wording import one_line, safe_address
from tasks.model import Channel, Thread
from tasks.office_time import STOCKHOLM

MARK: Final = "Återgivning ur plattformens data, inte en bild av sidan"
"""What every sheet says (notes: texts-sv)."""

POST_TEXT: Final = 80
"""Characters of each post that tell whether a document holds it."""

_COMMENTS: Final = {
    "full": "Kommentarer återges i sin helhet.",
    "unnamed": "Kommentarer återges utan namn; den som skrev dem är numrerad inom varje inlägg.",
    "none": "Kommentarer återges inte.",
}
_PLATFORMS: Final = {
    "blog": "Blogg",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "linkedin": "LinkedIn",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "threads": "Threads",
    "tiktok": "TikTok",
    "x": "X",
    "youtube": "YouTube",
}


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A channel's posts as one HTML document for A4, and what it holds.

    Attributes:
        html: a whole document; it asks for nothing from elsewhere.
        text: what a reader finds in it, in reading order, one line a block.
        posts: the beginning of each post shown, in order: heading, name, time and first paragraph,
            at most 80 characters (white space folded). It ends where something is written from
            right to left: in which order that is read in a PDF, the printer decides.
        post_times: when each of them was published (UTC).
        comments: how many comments and replies are shown.
        links: addresses of the links, each once, in order.
        images: pictures shown; images_missing: those that could not be.
    """

    html: str
    text: str
    posts: tuple[str, ...]
    post_times: tuple[dt.datetime, ...]
    comments: int
    links: tuple[str, ...]
    images: int
    images_missing: int


def rendering(  # noqa: PLR0913 - what a rendering may be told, each by name
    channel: Channel,
    threads: Iterable[Thread],
    *,
    now: dt.datetime,
    comments: str,
    period: tuple[dt.date | None, dt.date],
    media: Callable[[dt.date, str], bytes | None],
    organisation: str = "",
    source: str = "api",
    remarks: Sequence[str] = (),
) -> Rendering:
    """Render a channel's public posts of a period, newest first.

    Args:
        channel: as the register has it.
        threads: as the archive or an export knows them, in any order.
        now: the time that the data show.
        comments: ``"full"``, ``"unnamed"`` or ``"none"``.
        period: first (``None``: from the beginning) and last Stockholm date of the posts shown.
        media: gives a stored picture's bytes by its thread's day and its name, or ``None``.
        organisation: the public body's name.
        source: ``"api"`` or ``"export"``: where the data come from.
        remarks: sentences in Swedish to be told about the data.

    Raises:
        ValueError: an unknown choice of comments or source.
    """
    if comments not in _COMMENTS or source not in _SOURCES:
        raise ValueError("comments or source")
    chosen = [thread for thread in threads if _within(thread.day, period)]
    posts_with = (post for thread in chosen for post in thread.posts)
    shelf = Shelf(media=media, expected=sum(len(post.words.media) for post in posts_with))
    articles, loose = articles_of(channel, chosen, comments=comments, shelf=shelf)
    posts = [article for article in articles if article.name]
    html = _template().render(
        lang="sv",
        mark=MARK,
        channel_name=one_line(channel.name),
        organisation=one_line(organisation),
        platform=_PLATFORMS.get(channel.platform, channel.platform),
        address=safe_address(channel.address),
        moment=moment(now),
        period=_period(period),
        source=_SOURCES[source],
        comment_rule=_comment_rule(comments, source),
        remarks=[one_line(remark) for remark in remarks],
        count=_count(len(posts)),
        articles=articles,
        loose=loose,
    )
    seen = _Seen()
    seen.feed(html)
    seen.close()
    return Rendering(
        html=html,
        text=seen.text(),
        posts=tuple(_left_to_right(text)[:POST_TEXT].strip() for text in seen.posts),
        post_times=tuple(post.published for post in posts),
        comments=sum(len(article.comments) for article in articles) + len(loose),
        links=tuple(dict.fromkeys(seen.links)),
        images=shelf.shown,
        images_missing=shelf.missing,
    )


_SOURCES: Final = {
    "api": "plattformens API, så som arkivet har samlat in dem",
    "export": "kontots egen export från plattformen",
}


def _comment_rule(comments: str, source: str) -> str:
    if source == "export" and comments != "none":
        return "Av kommentarer återges kontots egna."
    return _COMMENTS[comments]


def moment(time: dt.datetime) -> str:
    """Swedish date and clock time, such as ``30 december 2025 kl. 10.15``."""
    return f"{day_of(time)} kl. {time.astimezone(STOCKHOLM):%H.%M}"


def _day(day: dt.date) -> str:
    return str(format_date(day, "d MMMM y", locale="sv_SE"))


def _within(day: dt.date, period: tuple[dt.date | None, dt.date]) -> bool:
    first, last = period
    return (first is None or first <= day) and day <= last


def _left_to_right(text: str) -> str:
    turned = (n for n, sign in enumerate(text) if unicodedata.bidirectional(sign) in {"R", "AL"})
    return text[: next(turned, len(text))]


def _period(period: tuple[dt.date | None, dt.date]) -> str:
    first, last = period
    return f"till och med {_day(last)}" if first is None else f"{_day(first)} – {_day(last)}"


def _count(posts: int) -> str:
    if not posts:
        return "Inga offentliga inlägg under perioden."
    return f"{format_decimal(posts, locale='sv_SE')} inlägg, det nyaste först."


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["moment"] = moment
    environment.filters["iso"] = lambda time: f"{time.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    environment.filters["css"] = css_string
    return environment.get_template("rendering.html")


def css_string(text: str) -> str:
    r"""``text`` for a CSS string: every character that could end it as ``\hex``."""
    return "".join(c if c.isalnum() or c in " ·.,-" else f"\\{ord(c):x} " for c in text)


_LINES: Final = frozenset(
    {"p", "h1", "h2", "h3", "h4", "li", "figure", "figcaption", "blockquote", "article", "ol", "ul"}
    | {"br", "section", "header", "div", "dt", "dd"}
)


class _Seen(HTMLParser):
    """Reads our own document as its reader would: text, links, and how each post begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.posts: list[str] = []
        self._parts: list[str] = []
        self._start: int | None = None
        self._in_words = False
        self._silent = True  # until the body begins

    def text(self) -> str:
        return _lines("".join(self._parts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "body":
            self._silent = False
        if tag in _LINES:
            self._parts.append("\n")
        if tag == "a" and told.get("href"):
            self.links.append(told["href"] or "")
        if tag == "article" and told.get("class") == "post":
            self._start, self._in_words = len(self._parts), False
        elif tag == "div":
            self._in_words = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _LINES:
            self._parts.append("\n")
        # the first paragraph stands on the sheet of its heading; what follows may be on the next
        if self._start is not None and self._in_words and tag in {"p", "li", "div"}:
            self.posts.append(" ".join("".join(self._parts[self._start :]).split()))
            self._start = None

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._parts.append(" ".join(data.split("\n")))


def _lines(text: str) -> str:
    folded = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in folded if line)
