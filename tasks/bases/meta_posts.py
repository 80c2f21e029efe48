"""The posts and comments of a Facebook or Instagram download in JSON.

Meta publishes no specification of the format; these are the shapes that downloads had between 2019
and 2026. Read are public posts: Facebook ``…/posts/your_posts_1.json`` (``profile_posts_1.json``,
``your_posts__check_ins__photos_and_videos_1.json``), Instagram ``…/posts_1.json`` and
``…/reels.json``; and the account's own comments. Stories, archived and deleted posts, messages and
everything else in the download are not opened.
"""

import dataclasses as dc
import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Final

from tasks.bases.shapes import Value

FACEBOOK_POSTS: Final = re.compile(
    r"(^|/)posts/(your_posts|profile_posts|your_posts__check_ins__photos_and_videos)(_\d+)?\.json$"
)
FACEBOOK_COMMENTS: Final = re.compile(r"(^|/)comments(_and_reactions)?/comments(_\d+)?\.json$")
INSTAGRAM_POSTS: Final = re.compile(r"(^|/)(content|media)/(posts_\d+|reels|igtv_videos)\.json$")
INSTAGRAM_COMMENTS: Final = re.compile(
    r"(^|/)comments/(post_comments|reels_comments)(_\d+)?\.json$"
)

_WRAPPED: Final = (
    "ig_posts_media",
    "ig_reels_media",
    "ig_igtv_media",
    "comments_v2",
    "comments_media_comments",
    "comments_reels_comments",
    "posts_v2",
)
_COMMENT: Final = ("Comment", "Kommentar")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture or film of a post: its name in the download, and the words beside it."""

    uri: str
    words: str = ""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A post or a comment of the account.

    Attributes:
        kind: ``"post"`` or ``"comment"``.
        published: in UTC.
        text: its words and what it shares, one line each.
        pictures: in order.
        unread: kinds of what is attached to it that this program does not know.
    """

    kind: str
    published: dt.datetime
    text: str
    pictures: tuple[Picture, ...] = ()
    unread: tuple[str, ...] = ()


Reader = Callable[[Value], Iterator[Entry]]


def facebook_posts(document: Value) -> Iterator[Entry]:
    """The posts of one file of a Facebook download."""
    for one in _listed(document):
        published = _needed(one, "timestamp")
        said = [data.text_of("post") for data in one.list_of("data")]
        lines = [text for text in said if text.strip()]
        pictures: list[Picture] = []
        unread: list[str] = []
        for attached in one.list_of("attachments"):
            for data in attached.list_of("data"):
                _attachment(data, lines, pictures, unread)
        if not lines and not pictures:
            # what the platform itself said of it, such as that a link was shared
            lines = [one.text_of("title")]
        text = "\n".join(dict.fromkeys(line.strip() for line in lines if line.strip()))
        if text or pictures:
            yield Entry(
                kind="post",
                published=published,
                text=text,
                pictures=tuple(_beside(text, picture) for picture in pictures),
                unread=tuple(unread),
            )


def facebook_comments(document: Value) -> Iterator[Entry]:
    """The account's own comments, save those in groups, which are no page's.

    What the title says is left out: it names the one who was answered.
    """
    for one in _listed(document):
        published = _needed(one, "timestamp")
        for data in one.list_of("data"):
            comment = data.part("comment")
            if comment is None or comment.part("group") is not None:
                continue
            text = comment.text_of("comment").strip()
            if text:
                yield Entry(kind="comment", published=published, text=text)


def instagram_posts(document: Value) -> Iterator[Entry]:
    """The posts or reels of one file of an Instagram download."""
    for one in _listed(document):
        media = list(one.list_of("media"))
        published = one.moment_of("creation_timestamp")
        for picture in media:
            published = published or picture.moment_of("creation_timestamp")
        if published is None:
            raise one.wrong("creation_timestamp", "creation_timestamp")
        titles = [picture.text_of("title").strip() for picture in media]
        # a single picture's title is the post's own words; of several, each may have its own
        text = one.text_of("title").strip() or next((title for title in titles if title), "")
        pictures = tuple(
            _beside(text, Picture(uri=_uri(picture), words=title))
            for picture, title in zip(media, titles, strict=True)
        )
        if text or pictures:
            yield Entry(kind="post", published=published, text=text, pictures=pictures)


def instagram_comments(document: Value) -> Iterator[Entry]:
    """The account's own comments; whose post was commented is left out."""
    for one in _listed(document):
        told = one.part("string_map_data")
        if told is None:
            raise one.wrong("string_map_data", "string_map_data")
        comment = told.part(*_COMMENT)
        text = comment.text_of("value").strip() if comment is not None else ""
        times = [time for name in sorted(told.keys()) if (time := _time_in(told, name))]
        if text and not times:
            raise told.wrong("en tid", "a time")
        if text:
            yield Entry(kind="comment", published=times[0], text=text)


def _time_in(told: Value, name: str) -> dt.datetime | None:
    member = told.part(name)
    return member.moment_of("timestamp") if member is not None else None


def _listed(document: Value) -> Iterator[Value]:
    """The entries of a file: a list, or an object that holds one under a known name."""
    if isinstance(document.value, dict):
        inner = document.part(*_WRAPPED)
        if inner is not None:
            return inner.items()
    return document.items()


def _attachment(data: Value, lines: list[str], pictures: list[Picture], unread: list[str]) -> None:
    known = False
    if (media := data.part("media")) is not None:
        pictures.append(Picture(uri=_uri(media), words=media.text_of("description").strip()))
        known = True
    for name, members in (
        ("external_context", ("name", "url")),
        ("event", ("name",)),
        ("place", ("name",)),
        ("note", ("title", "text")),
        ("poll", ("question",)),
    ):
        if (shared := data.part(name)) is not None:
            lines += [shared.text_of(member) for member in members]
            known = True
    if (note := data.part("note")) is not None:
        pictures += [Picture(uri=_uri(one)) for one in note.list_of("media")]
    if text := data.text_of("text"):
        lines.append(text)
        known = True
    if not known:
        unread += sorted(data.keys())[:1]


def _uri(media: Value) -> str:
    uri = media.text_of("uri")
    if not uri:
        raise media.wrong("uri", "uri")
    return uri


def _needed(one: Value, name: str) -> dt.datetime:
    moment = one.moment_of(name)
    if moment is None:
        raise one.wrong(name, name)
    return moment


def _beside(text: str, picture: Picture) -> Picture:
    """The picture without the words that the post itself says already."""
    same = "".join(picture.words.split()) in "".join(text.split())
    return dc.replace(picture, words="") if same else picture
