"""WordPress' REST interface as far as the connector asks, over httpx' mock transport.

What the real one does is tested in tests/real; this one does it thousands of times, and badly when
told to.
"""

import base64
import dataclasses as dc
import datetime as dt
import json
import math
from collections.abc import Callable, Mapping
from typing import Any

import httpx

Row = dict[str, Any]
SECRET = "arkiv:ett lösen ord"  # noqa: S105 -- made up
HOME = "https://blogg.sjovik.example"
SITE = {
    "name": "Sjöviks kommun &#8211; nyheter",
    "description": "Nytt",
    "home": HOME,
    "timezone_string": "Europe/Stockholm",
    "gmt_offset": 1,
}
PRIVATE = {
    "author_email": "vera@person.example",
    "author_ip": "192.0.2.77",
    "author_user_agent": "Mozilla",
    "author_url": "https://vera.example",
    "author_avatar_urls": {"24": "https://gravatar.example/vera"},
}


def gmt(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")


def post(number: int, at: dt.datetime, **changes: Any) -> Row:
    return {
        "id": number,
        "type": "post",
        "author": 1,
        "date": gmt(at),
        "date_gmt": gmt(at),
        "modified_gmt": gmt(at),
        "guid": {"rendered": f"{HOME}/?p={number}"},
        "link": f"{HOME}/rubrik-{number}/",
        "title": {"rendered": f"Rubrik {number}"},
        "content": {"rendered": f"<p>Text {number}</p>", "protected": False},
        "_embedded": {"author": [{"name": "Informationsenheten"}]},
    } | changes


def comment(number: int, on: int, at: dt.datetime, **changes: Any) -> Row:
    return {
        "id": number,
        "post": on,
        "parent": 0,
        "author": 0,
        "author_name": "Vera Vind",
        "type": "comment",
        "status": "approve",
        "date": gmt(at),
        "date_gmt": gmt(at),
        "content": {"rendered": f"<p>Svar {number}</p>\n"},
        "link": f"{HOME}/rubrik-{on}/#comment-{number}",
        **PRIVATE,
    } | changes


@dc.dataclass
class FakeWordPress:
    """A site that is asked over ``client()``; ``asked`` are the queries with their route."""

    posts: list[Row] = dc.field(default_factory=list)
    comments: list[Row] = dc.field(default_factory=list)
    site: Row = dc.field(default_factory=lambda: dict(SITE))
    asked: list[tuple[str, Mapping[str, str]]] = dc.field(default_factory=list)
    bend: Callable[[str, httpx.Response], httpx.Response] = lambda _, answer: answer

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        query = dict(request.url.params)
        route = query.pop("rest_route", None) or request.url.path.removeprefix("/wp-json")
        self.asked.append((route, query))
        token = base64.b64encode(SECRET.encode()).decode()
        known = request.headers.get("authorization") == f"Basic {token}"
        return self.bend(route, self._plain(route, query, known=known))

    def _plain(self, route: str, query: Row, *, known: bool) -> httpx.Response:
        if route == "/":
            return httpx.Response(200, json=self.site)
        if route == "/wp/v2/comments":
            return self._comments(query, known=known)
        kind = route.removeprefix("/wp/v2/").removesuffix("s")
        return _page([p for p in self.posts if p["type"] == kind and _fits(p, query)], query)

    def _comments(self, query: Row, *, known: bool) -> httpx.Response:
        public = {p["id"] for p in self.posts if not p["content"]["protected"]}
        named = {int(n) for n in query.get("post", "").split(",") if n}
        status, kind = query.get("status", "approve"), query.get("type", "comment")
        if not known and (status != "approve" or kind != "comment" or named - public):
            return httpx.Response(401, json={"code": "rest_forbidden_param", "message": "x"})
        fitting = [
            c
            for c in self.comments
            if c["status"] == status
            and (kind == "all" or c["type"] == kind)
            and (known or c["post"] in public)
            and (not named or c["post"] in named)
            and _fits(c, query)
        ]
        return _page(fitting, query)


def _fits(row: Row, query: Mapping[str, str]) -> bool:
    included = {int(n) for n in query.get("include", "").split(",") if n}
    return (
        (not included or row["id"] in included)
        and row["date_gmt"] > query.get("after", "")
        and row.get("modified_gmt", "") >= query.get("modified_after", "")
    )


def _page(rows: list[Row], query: Mapping[str, str]) -> httpx.Response:
    assert query.get("_fields"), "only what is needed is asked for"
    size, page = int(query.get("per_page", 10)), int(query.get("page", 1))
    assert size <= 100
    pages = math.ceil(len(rows) / size)
    if page > max(1, pages):
        return httpx.Response(400, json={"code": "rest_post_invalid_page_number"})
    shown = sorted(rows, key=lambda row: int(row["id"]))[(page - 1) * size : page * size]
    if "author_name" not in query["_fields"] and "title" not in query["_fields"]:
        shown = [_lean(row) for row in shown]
    headers = {"x-wp-total": str(len(rows)), "x-wp-totalpages": str(pages)}
    if page < pages:
        headers["link"] = f'<{HOME}/?page={page + 1}>; rel="next"'
    return httpx.Response(200, content=json.dumps(shown), headers=headers)  # \ud800 may pass


def _lean(row: Row) -> Row:
    lean = {k: v for k, v in row.items() if k not in {"title", "link", "author_name", "_embedded"}}
    if row["type"] in {"post", "page"}:
        return lean | {"content": {"protected": row["content"]["protected"]}}
    return {k: v for k, v in lean.items() if k != "content"}
