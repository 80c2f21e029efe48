"""The part of WordPress's REST interface that a reader of blogs meets: shapes, paging, refusals.

Modelled on recorded answers of a real WordPress 6.1 (namespaces ``wp/v2``). Only reading; what
needs a login is refused in WordPress's own words.
"""

import base64
import binascii
import datetime as dt
import functools
import hashlib
import hmac
import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from markup import to_html
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from story import STOCKHOLM, Channel, Comment, Moment, Post

USER = "arkiv"
PICTURE = {"width": 960, "height": 540}
Row = dict[str, Any]


class Refused(HTTPException):
    """An error of WordPress: status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, message)
        self.answer = {"code": code, "message": message, "data": {"status": status}}


class Rest:
    """The interface of one channel at one moment, under ``base`` (ends with ``/``)."""

    def __init__(self, moment: Moment, base: str, *, secret: str) -> None:
        self.moment = moment
        self.base = base
        self.secret = secret

    def answer(self, request: Request, path: str) -> JSONResponse:
        """The answer to ``GET <base>wp-json/<path>``; refusals are raised as ``Refused``."""
        known = self._logged_in(request.headers.get("authorization", ""))
        query = request.query_params
        match path.strip("/").split("/"):
            case [""]:
                return JSONResponse(self._index())
            case ["wp", "v2", "posts" | "pages" | "media" | "comments" | "users" as kind]:
                return self._collection(kind, query, request, known=known)
            case ["wp", "v2", "posts" | "pages" | "media" | "comments" | "users" as kind, number]:
                row = next((r for r in self._rows(kind) if str(r["id"]) == number), None)
                if row is None:
                    of = {"comments": "comment", "users": "user"}.get(kind, "post")
                    raise Refused(404, f"rest_{of}_invalid_id", f"Invalid {of} ID.")
                return JSONResponse(_only(row, query.get("_fields", "")))
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
        statuses = _statuses(kind, query.get("status", ""), known=known)
        rows = list(_fitting(self._rows(kind, *statuses), query))
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
        return JSONResponse([_only(r, query.get("_fields", "")) for r in shown], headers=headers)

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

    def _index(self) -> Row:
        about = self.moment.channel.about
        return {
            "name": about["name"],
            "description": about["tagline"],
            "url": self.base.rstrip("/"),
            "home": self.base.rstrip("/"),
            "gmt_offset": "1",
            "timezone_string": "Europe/Stockholm",
            "namespaces": ["oembed/1.0", "wp/v2"],
            "authentication": {},
            "routes": {
                f"/wp/v2/{kind}": {"namespace": "wp/v2", "methods": ["GET"]}
                for kind in ("posts", "pages", "media", "comments", "users")
            },
            "site_logo": 0,
            "site_icon": 0,
        }

    def _rows(self, kind: str, *statuses: str) -> list[Row]:
        moment = self.moment
        match kind:
            case "posts" | "pages":
                return [self._post(p) for p in moment.posts(kind[:-1])]
            case "media":
                return [self._media(p) for p in moment.posts() if p.media]
            case "users":
                return [self._user(a) for a in moment.channel.about["authors"]]
        posts = [p for k in ("post", "page") for p in moment.posts(k)]
        return [self._comment(c, p) for p in posts for c in moment.comments(p, *statuses)]

    def _post(self, post: Post) -> Row:
        wording = post.wording(self.moment.now)
        content = picture_html(post, self.base) + to_html(wording.body)
        first = to_html(wording.body.split("\n\n")[0])
        return {
            "id": post.id,
            **_dates(post.at, wording.since),
            "guid": {"rendered": f"{self.base}?p={post.id}"},
            "slug": post.slug,
            "status": "publish",
            "type": post.kind,
            "link": permalink(post, self.base),
            "title": {"rendered": html.escape(wording.title, quote=False)},
            "content": {"rendered": f"\n{content}\n", "protected": False},
            "excerpt": {"rendered": f"{first}\n", "protected": False},
            "author": post.author,
            "featured_media": post.media,
            "comment_status": "open",
            "ping_status": "closed",
            "sticky": False,
            "template": "",
            "format": "standard",
            "meta": {"gilla": post.liked(self.moment.now)},
            "categories": [category_id(self.moment.channel, post.category)],
            "tags": [],
            "_links": self._links(f"{post.kind}s", post.id),
        }

    def _comment(self, comment: Comment, post: Post) -> Row:
        name = author_name(self.moment.channel, comment)
        face = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
        status = comment.status(self.moment.now)
        dates = _dates(comment.at, comment.at)
        return {
            "id": comment.id,
            "post": comment.post,
            "parent": comment.parent,
            "author": comment.author,
            "author_name": name,
            "author_url": self.base.rstrip("/") if comment.author else "",
            "date": dates["date"],
            "date_gmt": dates["date_gmt"],
            "content": {"rendered": f"{to_html(comment.text)}\n"},
            "link": f"{permalink(post, self.base)}#comment-{comment.id}",
            "status": "approved" if status == "approve" else status,
            "type": "comment",
            "author_avatar_urls": {
                size: f"{self.base}avatar/{face}?s={size}&d=mm&r=g" for size in ("24", "48", "96")
            },
            "meta": [],
            "_links": self._links("comments", comment.id),
        }

    def _media(self, post: Post) -> Row:
        name = picture_name(post)
        return {
            "id": post.media,
            **_dates(post.at, post.at),
            "guid": {"rendered": picture_address(post, self.base)},
            "slug": name.removesuffix(".jpg"),
            "status": "inherit",
            "type": "attachment",
            "link": f"{self.base}?attachment_id={post.media}",
            "title": {"rendered": name.removesuffix(".jpg")},
            "author": post.author,
            "caption": {"rendered": ""},
            "alt_text": post.alt,
            "media_type": "image",
            "mime_type": "image/jpeg",
            "media_details": {**PICTURE, "file": f"{post.folder()}/{name}", "sizes": {}},
            "post": post.id,
            "source_url": picture_address(post, self.base),
            "_links": self._links("media", post.media),
        }

    def _user(self, author: Mapping[str, Any]) -> Row:
        return {
            "id": author["id"],
            "name": author["name"],
            "url": self.base.rstrip("/"),
            "description": author["role"],
            "link": f"{self.base}?author={author['id']}",
            "slug": f"redaktor-{author['id']}",
            "_links": self._links("users", author["id"]),
        }

    def _links(self, kind: str, number: int) -> Row:
        root = f"{self.base}wp-json/wp/v2/{kind}"
        return {"self": [{"href": f"{root}/{number}"}], "collection": [{"href": root}]}


def permalink(post: Post, base: str) -> str:
    """A post's address with its slug, a page's without a date."""
    return f"{base}{post.slug}/" if post.kind == "page" else f"{base}{post.folder()}/{post.slug}/"


def picture_name(post: Post) -> str:
    """The file name of a post's own picture."""
    return f"{post.picture}-{post.media}.jpg"


def picture_address(post: Post, base: str) -> str:
    """Where a post's picture lies."""
    return f"{base}wp-content/uploads/{post.folder()}/{picture_name(post)}"


def picture_html(post: Post, base: str) -> str:
    """A post's picture as WordPress's block editor writes it; empty where it has none."""
    if not post.media:
        return ""
    return (
        '<figure class="wp-block-image size-large"><img loading="lazy" decoding="async" '
        f'width="{PICTURE["width"]}" height="{PICTURE["height"]}" '
        f'src="{picture_address(post, base)}" alt="{html.escape(post.alt)}" '
        f'class="wp-image-{post.media}"/></figure>\n'
    )


def author_name(channel: Channel, comment: Comment) -> str:
    """Who signs a comment."""
    return channel.author(comment.author)["name"] if comment.author else comment.name


def category_id(channel: Channel, category: str) -> int:
    """A category's number: the order in which the channel took them into use."""
    used = list(dict.fromkeys(p.category for p in channel.posts))
    return used.index(category) + 2


def _dates(at: dt.datetime, changed: dt.datetime) -> Row:
    def local(moment: dt.datetime) -> str:
        return f"{moment.astimezone(STOCKHOLM):%Y-%m-%dT%H:%M:%S}"

    def utc(moment: dt.datetime) -> str:
        return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}"

    return {
        "date": local(at),
        "date_gmt": utc(at),
        "modified": local(changed),
        "modified_gmt": utc(changed),
    }


def _statuses(kind: str, asked: str, *, known: bool) -> Sequence[str]:
    if kind != "comments" or asked in ("", "approve"):
        if kind != "comments" and asked not in ("", "publish", "inherit") and not known:
            raise Refused(400, "rest_invalid_param", "Invalid parameter(s): status")
        return ()
    if not known:
        raise Refused(401, "rest_forbidden_param", "Query parameter not permitted: status")
    every = ("approve", "hold")
    return {"all": every, "any": every, "approved": ("approve",)}.get(asked, (asked,))


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
    for name, field in (("include", "id"), ("post", "post"), ("parent", "parent")):
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
    told = str(row.get(field, ""))
    return told > edge if later else told < edge


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
