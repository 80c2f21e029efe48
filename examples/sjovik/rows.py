"""How WordPress tells of a post, a comment, a picture and an author: its JSON, field by field."""

import dataclasses as dc
import datetime as dt
import hashlib
import html
from collections.abc import Mapping
from typing import Any

from markup import to_html
from story import STOCKHOLM, Channel, Comment, Moment, Post

PICTURE = {"width": 960, "height": 540}
Row = dict[str, Any]


@dc.dataclass(frozen=True, slots=True)
class Rows:
    """One channel at one moment, under ``base`` (ends with ``/``)."""

    moment: Moment
    base: str

    def of(self, kind: str, *statuses: str) -> list[Row]:
        """All ``posts``, ``pages``, ``media``, ``users`` or ``comments`` (of those statuses)."""
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

    def index(self) -> Row:
        """What the interface says of the site itself."""
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
            "site_icon_url": "",
        }

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
            "_links": {
                **self._links(f"{post.kind}s", post.id),
                "author": [self._link("users", post.author, embeddable=True)],
                "replies": [{"href": f"{self._root('comments')}?post={post.id}"}],
                **self._featured(post),
            },
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

    def embedded(self, row: Row) -> Row:
        """What WordPress puts beside a post when asked to: its author and its picture."""
        users = {a["id"]: self._user(a) for a in self.moment.channel.about["authors"]}
        pictures = [self._media(p) for p in self.moment.posts() if p.media == row["featured_media"]]
        found: Row = {"author": [users[row["author"]]]}
        return found | ({"wp:featuredmedia": pictures} if row["featured_media"] else {})

    def _featured(self, post: Post) -> Row:
        if not post.media:
            return {}
        return {"wp:featuredmedia": [self._link("media", post.media, embeddable=True)]}

    def _links(self, kind: str, number: int) -> Row:
        return {"self": [self._link(kind, number)], "collection": [{"href": self._root(kind)}]}

    def _link(self, kind: str, number: int, *, embeddable: bool = False) -> Row:
        flag: Row = {"embeddable": True} if embeddable else {}
        return {**flag, "href": f"{self._root(kind)}/{number}"}

    def _root(self, kind: str) -> str:
        return f"{self.base}wp-json/wp/v2/{kind}"


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
