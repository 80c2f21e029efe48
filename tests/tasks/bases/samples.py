"""Made-up threads of Sjövik, and pictures drawn for them."""

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

from PIL import Image

from tasks.bases.rendering import Rendering, rendering
from tasks.model import (
    Channel,
    LifeCycle,
    Media,
    Post,
    Thread,
    Version,
    Visibility,
    Words,
)
from tasks.office_time import local_date

NOW = dt.datetime(2025, 12, 31, 22, 0, tzinfo=dt.UTC)
YEAR = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))


def a_channel(**changes: Any) -> Channel:
    given: dict[str, Any] = {
        "id": "sjovik-facebook",
        "name": "Sjöviks kommun",
        "unit": "informationsenheten",
        "platform": "facebook",
        "address": "https://social.example/sjoviks-kommun",
        "life": LifeCycle.ACTIVE,
    }
    return Channel(**(given | changes))


def a_post(  # noqa: PLR0913 - a post's fields, each by its name
    post_id: str,
    text: str,
    *,
    at: dt.datetime = dt.datetime(2025, 12, 30, 9, 15, tzinfo=dt.UTC),
    own: bool = False,
    name: str = "",
    author: str = "",
    title: str = "",
    html: str = "",
    parent: str | None = None,
    kind: str = "comment",
    visibility: Visibility = Visibility.PUBLIC,
    media: tuple[Media, ...] = (),
    permalink: str = "",
    earlier: tuple[str, ...] = (),
) -> Post:
    def version(said: str, dressed: str) -> Version:
        words = Words(
            author=author,
            author_name=name,
            title=title,
            text=said,
            html=dressed,
            permalink=permalink,
            media=media,
        )
        return Version(digest="", seen=at, modified=at + dt.timedelta(hours=2), words=words)

    return Post(
        id=post_id,
        parent=parent,
        kind=kind,
        own=own,
        published=at,
        first_seen=at,
        visibility=visibility,
        visibility_since=at,
        address="",
        versions=(*(version(old, "") for old in earlier), version(text, html)),
    )


def a_thread(*posts: Post, **changes: Any) -> Thread:
    given: dict[str, Any] = {
        "id": posts[0].id,
        "channel": "sjovik-facebook",
        "day": local_date(posts[0].published),
        "salt": "",
        "permalink": "",
        "posts": posts,
    }
    return Thread(**(given | changes))


def own_post(post_id: str, text: str, **changes: Any) -> Post:
    given = {"own": True, "kind": "post", "permalink": f"https://social.example/p/{post_id}"}
    return a_post(post_id, text, **(given | changes))


def rendered(
    *threads: Thread, pictures: Mapping[str, bytes] | None = None, **changes: Any
) -> Rendering:
    stored = pictures or {}
    given: dict[str, Any] = {
        "now": NOW,
        "comments": "full",
        "period": YEAR,
        "media": lambda _day, name: stored.get(name),
        "organisation": "Sjöviks kommun",
    }
    return rendering(a_channel(), threads, **(given | changes))


def a_picture(
    size: tuple[int, int] = (640, 400), *, kind: str = "PNG", mode: str = "RGB", **options: Any
) -> bytes:
    """A picture of a lake under a sky."""
    image = Image.new("RGB", size, (150, 195, 225))
    image.paste((40, 95, 130), (0, size[1] * 3 // 5, size[0], size[1]))
    image.paste((235, 200, 90), (size[0] // 8, size[1] // 8, size[0] // 4, size[1] // 3))
    target = io.BytesIO()
    image.convert(mode).save(target, kind, **options)
    return target.getvalue()
