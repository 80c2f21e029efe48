"""WordPress' REST interface: its addresses, its fields and its paging.

Reference: developer.wordpress.org/rest-api (posts, pages, comments, pagination). Only what visitors
see is asked for: never ``context=edit``, which adds e-mail and IP addresses.
"""

import dataclasses as dc
from collections.abc import Iterable, Iterator
from typing import TypeVar
from urllib.parse import urlencode

import httpx
from pydantic import TypeAdapter, ValidationError

from tasks.channels.problems import channel_error
from tasks.channels.web import Answer, Web
from tasks.channels.wordpress_shapes import Comment, Post, Site

PER_PAGE = 100  # the most that WordPress gives, and that one question names by id
_READINGS = 3  # of a list that changes while it is read
_PAST_THE_END = 400


S = TypeVar("S", Post, Comment)
T = TypeVar("T")
_POSTS: TypeAdapter[list[Post]] = TypeAdapter(list[Post])
_COMMENTS: TypeAdapter[list[Comment]] = TypeAdapter(list[Comment])
_SITE: TypeAdapter[Site] = TypeAdapter(Site)

_LEAN_POST = "id,type,author,date,date_gmt,modified_gmt,guid,content.protected"
_FULL_POST = (
    "id,type,author,date,date_gmt,modified_gmt,guid,link,title,content,"
    "_links.author,_links.wp:featuredmedia,_embedded"
)
_LEAN_COMMENT = "id,post,parent,author,type,status,date,date_gmt"
_FULL_COMMENT = f"{_LEAN_COMMENT},author_name,content,link"
_ORDER: dict[str, str | int] = {"orderby": "id", "order": "asc"}
_SITE_FIELDS = "name,description,home,site_icon_url,timezone_string,gmt_offset"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One site's interface.

    Attributes:
        channel: the channel's id, for errors.
        root: ``https://…/wp-json`` or ``https://…/?rest_route=``.
        web: the door to the web.
        secret: user and application password, or ``None``.
    """

    channel: str
    root: str
    web: Web
    secret: tuple[str, str] | None

    def site(self) -> Site:
        """The site's own presentation."""
        answer = self._get("/", _fields=_SITE_FIELDS)
        return self._shaped(_SITE, answer)

    def count(self, route: str) -> int | None:
        """How many there are of ``"posts"`` or ``"pages"``, by WordPress' own count."""
        return _number(self._get(f"/wp/v2/{route}", per_page=1, _fields="id"), "x-wp-total")

    def posts(self, route: str, *, words: bool, **query: str | int) -> list[Post]:
        """All published ``"posts"`` or ``"pages"`` that match; always as visitors see them."""
        fields = {"_fields": _FULL_POST if words else _LEAN_POST}
        if words:
            fields["_embed"] = "author,wp:featuredmedia"
        return self._all(f"/wp/v2/{route}", _POSTS, {**query, **fields})

    def comments(self, *, words: bool, **query: str | int) -> list[Comment]:
        """All comments that match; pingbacks among them only where there is a secret."""
        fields = {"_fields": _FULL_COMMENT if words else _LEAN_COMMENT}
        if self.secret:
            fields["type"] = "all"
        return self._all("/wp/v2/comments", _COMMENTS, {**query, **fields})

    def visible(self, ids: Iterable[int]) -> set[int]:
        """Those of the comments that a visitor without login may read."""
        visitor = dc.replace(self, secret=None)
        named = batches(str(number) for number in ids)
        return {c.id for batch in named for c in visitor.comments(words=False, include=batch)}

    def _all(self, route: str, shape: TypeAdapter[list[S]], query: dict[str, str | int]) -> list[S]:
        """Every row of a list, by id; read again where it changed while it was read."""
        found: dict[int, S] = {}
        for _ in range(_READINGS):
            totals = set()
            for rows, total in self._pages(route, shape, query):
                found |= {row.id: row for row in rows}
                totals.add(total)
            if len(totals) <= 1:
                break
        return list(found.values())

    def _pages(
        self, route: str, shape: TypeAdapter[list[S]], query: dict[str, str | int]
    ) -> Iterator[tuple[list[S], int | None]]:
        """Page after page with the total as told on it; rows in the order of their ids."""
        seen: set[int] = set()
        page = 1
        while True:
            paging = {**_ORDER, "per_page": PER_PAGE, "page": page}
            answer = self._get(route, **query, **paging)
            if answer.status == _PAST_THE_END:
                if page == 1 or not _is_past_the_end(answer):
                    raise channel_error("bad-answer", self.channel, answer.status)
                return
            rows = self._shaped(shape, answer)
            yield rows, _number(answer, "x-wp-total")
            new = {row.id for row in rows} - seen
            if not rows or not _more(answer, page, len(rows)):
                return
            if not new:  # the server does not turn the page
                raise channel_error("bad-answer", self.channel, answer.status)
            seen |= new
            page += 1

    def _get(self, route: str, **query: str | int) -> Answer:
        mark = "&" if "?" in self.root else "?"
        url = f"{self.root.rstrip('/')}{route}{mark}{urlencode(query, safe=',:')}"
        also = frozenset({_PAST_THE_END} if "page" in query else ())
        return self.web.get(url, secret=self.secret, also=also)

    def _shaped(self, shape: TypeAdapter[T], answer: Answer) -> T:
        try:
            return shape.validate_python(answer.json())
        except ValidationError:
            raise channel_error("bad-answer", self.channel, answer.status) from None


def batches(ids: Iterable[str]) -> Iterator[str]:
    """``ids`` in the way that a question names them, at most 100 at a time, smallest first."""
    ordered = sorted(set(ids), key=int)
    for start in range(0, len(ordered), PER_PAGE):
        yield ",".join(ordered[start : start + PER_PAGE])


def _more(answer: Answer, page: int, rows: int) -> bool:
    """Whether another page follows; a proxy may have taken the headers that say so."""
    pages = _number(answer, "x-wp-totalpages")
    if pages is not None:
        return page < pages
    links = httpx.Response(200, headers=answer.headers).links
    return "next" in links or ("link" not in answer.headers and rows >= PER_PAGE)


def _number(answer: Answer, header: str) -> int | None:
    told = answer.headers.get(header, "")
    return int(told) if told.isascii() and told.isdigit() else None


def _is_past_the_end(answer: Answer) -> bool:
    told = answer.json()
    return isinstance(told, dict) and told.get("code") == "rest_post_invalid_page_number"
