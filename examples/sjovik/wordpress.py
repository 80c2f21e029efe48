"""The part of WordPress's REST interface that a reader of blogs meets: shapes, paging, refusals.

Modelled on recorded answers of a real WordPress 6.1 (namespaces ``wp/v2``). Only reading; what
needs a login is refused in WordPress's own words.
"""

import base64
import binascii
import datetime as dt
import functools
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from rows import Row, Rows
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from story import STOCKHOLM, Moment

USER = "arkiv"


class Refused(HTTPException):
    """An error of WordPress: status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, message)
        self.answer = {"code": code, "message": message, "data": {"status": status}}


class Rest:
    """The interface of one channel at one moment, under ``base`` (ends with ``/``)."""

    def __init__(self, moment: Moment, base: str, *, secret: str) -> None:
        self.rows = Rows(moment, base)
        self.secret = secret

    def answer(self, request: Request, path: str) -> JSONResponse:
        """The answer to ``GET <base>wp-json/<path>``; refusals are raised as ``Refused``."""
        known = self._logged_in(request.headers.get("authorization", ""))
        query = request.query_params
        match path.strip("/").split("/"):
            case [""]:
                return JSONResponse(self.rows.index())
            case ["wp", "v2", "posts" | "pages" | "media" | "comments" | "users" as kind]:
                return self._collection(kind, query, request, known=known)
            case ["wp", "v2", "posts" | "pages" | "media" | "comments" | "users" as kind, number]:
                row = next((r for r in self.rows.of(kind) if str(r["id"]) == number), None)
                if row is None:
                    of = {"comments": "comment", "users": "user"}.get(kind, "post")
                    raise Refused(404, f"rest_{of}_invalid_id", f"Invalid {of} ID.")
                return JSONResponse(self._told(row, query))
        raise Refused(
            404, "rest_no_route", "No route was found matching the URL and request method."
        )

    def _collection(
        self, kind: str, query: Mapping[str, str], request: Request, *, known: bool
    ) -> JSONResponse:
        per_page, page = _number(query, "per_page", 10, 100), _number(query, "page", 1, 10**6)
        if query.get("context", "view") == "edit":
            raise Refused(
                403 if known else 401,
                "rest_forbidden_context",
                "Sorry, you are not allowed to edit posts in this post type.",
            )
        if kind == "comments" and not known:
            _for_visitors(query)
        statuses = _statuses(kind, query.get("status", ""))
        rows = list(_fitting(self.rows.of(kind, *statuses), query))
        rows.sort(key=_sorter(kind, query), reverse=query.get("order", "desc") != "asc")
        if query.get("orderby") == "include":
            wanted = _ids(query.get("include", ""))
            rows.sort(key=lambda r: wanted.index(r["id"]) if r["id"] in wanted else 0)
        pages = -(-len(rows) // per_page)
        if kind not in ("comments", "users") and page > pages and rows:
            raise Refused(
                400,
                "rest_post_invalid_page_number",
                "The page number requested is larger than the number of pages available.",
            )
        links = [
            f'<{request.url.include_query_params(page=n)}>; rel="{rel}"'
            for n, rel in ((page - 1, "prev"), (page + 1, "next"))
            if 1 <= n <= pages
        ]
        headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
        if links:
            headers["Link"] = ", ".join(links)
        shown = rows[(page - 1) * per_page : page * per_page]
        return JSONResponse([self._told(r, query) for r in shown], headers=headers)

    def _told(self, row: Row, query: Mapping[str, str]) -> Row:
        """A row as asked for: with what belongs to it, or with chosen fields alone."""
        if "_embed" in query and row.get("type") in ("post", "page"):
            row = {**row, "_embedded": self.rows.embedded(row)}
        return _only(row, query.get("_fields", ""))

    def _logged_in(self, header: str) -> bool:
        if not header.lower().startswith("basic "):
            return False
        try:
            user, _, word = base64.b64decode(header[6:]).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            user, word = "", ""
        plain = word.replace(" ", "").encode()
        if user == USER and hmac.compare_digest(plain, self.secret.replace(" ", "").encode()):
            return True
        raise Refused(
            401, "incorrect_password", "The provided password is an invalid application password."
        )


def _for_visitors(query: Mapping[str, str]) -> None:
    """What only those who moderate may ask of comments."""
    open_to_all = {"status": "approve", "type": "comment", "author": ""}
    closed = [name for name, value in open_to_all.items() if query.get(name, value) != value]
    if closed:
        names = ", ".join(closed)
        raise Refused(401, "rest_forbidden_param", f"Query parameter not permitted: {names}")


def _statuses(kind: str, asked: str) -> Sequence[str]:
    if kind != "comments":
        if asked not in ("", "publish", "inherit", "any"):
            raise Refused(400, "rest_invalid_param", "Invalid parameter(s): status")
        return ()
    both = ("approve", "hold")
    named = {"": ("approve",), "all": both, "any": both}
    return named.get(asked, (asked,))


def _fitting(rows: Iterable[Row], query: Mapping[str, str]) -> Iterable[Row]:
    tests: list[Callable[[Row], bool]] = []
    for name, field, later in (
        ("after", "date_gmt", True),
        ("before", "date_gmt", False),
        ("modified_after", "modified_gmt", True),
        ("modified_before", "modified_gmt", False),
    ):
        if name in query:
            edge = _moment(name, query[name])
            tests.append(functools.partial(_on_side, field=field, edge=edge, later=later))
    for name, field in (
        ("include", "id"),
        ("post", "post"),
        ("parent", "parent"),
        ("author", "author"),
    ):
        if query.get(name):
            wanted = set(_ids(query[name], name))
            tests.append(functools.partial(_among, field=field, wanted=wanted))
    if query.get("slug"):
        tests.append(lambda r: r.get("slug") == query["slug"])
    if query.get("exclude"):
        unwanted = set(_ids(query["exclude"], "exclude"))
        tests.append(lambda r: r["id"] not in unwanted)
    return (r for r in rows if all(test(r) for test in tests))


def _on_side(row: Row, *, field: str, edge: str, later: bool) -> bool:
    told = str(row.get(field, edge))
    return field not in row or (told > edge if later else told < edge)


def _among(row: Row, *, field: str, wanted: set[int]) -> bool:
    return row.get(field) in wanted


def _sorter(kind: str, query: Mapping[str, str]) -> Callable[[Row], Any]:
    field = query.get("orderby", "name" if kind == "users" else "date")
    fields = {
        "date": "date_gmt",
        "date_gmt": "date_gmt",
        "modified": "modified_gmt",
        "name": "name",
    }
    if field in ("id", "include"):
        return lambda r: r["id"]
    if field == "title":
        return lambda r: r["title"]["rendered"]
    if field not in fields:
        raise Refused(400, "rest_invalid_param", "Invalid parameter(s): orderby")
    return lambda r: (r.get(fields[field], ""), r["id"])


def _number(query: Mapping[str, str], name: str, otherwise: int, most: int) -> int:
    text = query.get(name, str(otherwise))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise Refused(400, "rest_invalid_param", f"Invalid parameter(s): {name}")
    return int(text)


def _ids(text: str, name: str = "include") -> list[int]:
    parts = [p for p in text.replace(" ", ",").split(",") if p]
    if not all(p.isdecimal() for p in parts):
        raise Refused(400, "rest_invalid_param", f"Invalid parameter(s): {name}")
    return [int(p) for p in parts]


def _moment(name: str, text: str) -> str:
    """A time asked for, in UTC and without offset; naive ones are the site's own time."""
    try:
        moment = dt.datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise Refused(400, "rest_invalid_param", f"Invalid parameter(s): {name}") from None
    local = moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM)
    return f"{local.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}"


def _only(row: Row, fields: str) -> Row:
    if not fields:
        return row
    chosen: Row = {}
    for field in fields.split(","):
        name, _, inner = field.strip().partition(".")
        if name in row and inner and isinstance(row[name], dict):
            chosen.setdefault(name, {})[inner] = row[name].get(inner)
        elif name in row:
            chosen[name] = row[name]
    return chosen
