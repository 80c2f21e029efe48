"""From threads to what a rendering shows of them: who is named, what is public, what it says."""

import dataclasses as dc
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from babel.dates import format_date
from markupsafe import Markup

from tasks.bases.names import identity, masking, numbered
from tasks.bases.pictures import Picture, small
from tasks.bases.reader import from_words
from tasks.bases.wording import Passage, from_text, markup, one_line, safe_address
from tasks.model import Channel, Media, Post, Thread, Visibility
from tasks.office_time import local_date

LARGEST_ALL: Final = 30_000_000
"""Bytes of all pictures in one document: where there are many, each is made smaller."""

LARGEST_ONE: Final = 300_000
SMALLEST_ONE: Final = 50_000

_NO_ALT: Final = "Bild utan alternativtext på plattformen"
_UNSEEN: Final = "Bild från en besökare. Den kan visa vem det är och återges inte."
_FILMS: Final = ("video/", "audio/")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture, or where it would have stood: ``source`` is ``""`` and ``alt`` says what is not.

    ``width`` and ``height`` are pixels.
    """

    source: str
    alt: str
    width: int = 0
    height: int = 0


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment or a reply; ``depth`` 0 answers the post, 1 answers a comment (or deeper).

    ``answers`` names whose comment is answered, for whoever cannot see an indentation.
    """

    name: str
    own: bool
    published: dt.datetime
    edited: dt.datetime | None
    words: Markup
    figures: tuple[Figure, ...]
    depth: int
    answers: str


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A post with what is shown of its thread.

    Attributes:
        heading: its title, or what it is.
        name: who wrote it; ``""`` where the post itself is not in the archive any more.
        own: whether the body wrote it.
        published, edited: times in UTC; ``edited`` is ``None`` where it was not.
        permalink: where it stands on the channel, or ``""``.
        words: its words as harmless HTML.
        figures: its pictures.
        comments: those shown, in reading order.
        left_out: a sentence on what is not shown, or ``""``.
    """

    heading: str
    name: str
    own: bool
    published: dt.datetime
    edited: dt.datetime | None
    permalink: str
    words: Markup
    figures: tuple[Figure, ...]
    comments: tuple[Comment, ...]
    left_out: str


@dc.dataclass(slots=True, kw_only=True)
class Shelf:
    """The stored pictures, taken out one by one and counted.

    Attributes:
        media: gives a picture's bytes by its thread's day and its name.
        expected: how many there may be, which they share the room among.
        shown, missing: how many could be shown and could not.
        room: bytes that may still be used.
    """

    media: Callable[[dt.date, str], bytes | None]
    expected: int = 1
    shown: int = 0
    missing: int = 0
    room: int = 2 * LARGEST_ALL

    def figure(self, day: dt.date, one: Media, mask: Callable[[str], str]) -> Figure:
        """The picture as a figure; where it cannot be shown, a figure that says so."""
        alt = mask(one_line(one.alt)) or _NO_ALT
        picture = self._picture(day, one)
        if picture is None:
            self.missing += 1
            what = "Film eller ljud" if one.media_type.startswith(_FILMS) else "Bild"
            return Figure(
                source="", alt=f"{what} som inte kan visas här. {_described(alt)}".strip()
            )
        self.shown += 1
        return Figure(source=picture.address, alt=alt, width=picture.width, height=picture.height)

    def _picture(self, day: dt.date, one: Media) -> Picture | None:
        data = self.media(day, one.file) if one.file else None
        share = min(LARGEST_ONE, max(SMALLEST_ONE, LARGEST_ALL // max(1, self.expected)))
        picture = small(data, share) if data else None
        if picture is None or len(picture.data) > self.room:
            return None
        self.room -= len(picture.data)
        return picture


def articles_of(
    channel: Channel, threads: Iterable[Thread], *, comments: str, shelf: Shelf
) -> tuple[tuple[Article, ...], tuple[Comment, ...]]:
    """The posts to show, newest first, and the body's own comments that tell no post.

    Args:
        channel: whose posts they are; its name stands where the body wrote without one.
        threads: in any order.
        comments: ``"full"``, ``"unnamed"`` or ``"none"``.
        shelf: the pictures.
    """
    articles: list[Article] = []
    loose: list[Comment] = []
    for thread in sorted(threads, key=_began, reverse=True):
        scene = _Scene(channel, thread, comments, shelf)
        if scene.is_loose:
            loose.extend(scene.comments())
        elif (article := scene.article()) is not None:
            articles.append(article)
    return tuple(articles), tuple(loose)


def day_of(moment: dt.datetime) -> str:
    """The Stockholm date in Swedish, such as ``30 december 2025``."""
    return str(format_date(local_date(moment), "d MMMM y", locale="sv_SE"))


def _began(thread: Thread) -> tuple[dt.datetime, str]:
    published = (
        thread.posts[0].published if thread.posts else dt.datetime.min.replace(tzinfo=dt.UTC)
    )
    return published, thread.id


class _Scene:
    """One thread as it is shown: which of its posts, under which names."""

    def __init__(self, channel: Channel, thread: Thread, comments: str, shelf: Shelf) -> None:
        self._channel = channel
        self._thread = thread
        self._choice = comments
        self._shelf = shelf
        self._by_id = {post.id: post for post in thread.posts}
        self._root = self._by_id.get(thread.id)
        self._numbers = numbered(thread.posts)
        self._mask: Callable[[str], str] = str
        if comments == "unnamed":
            self._mask = masking(thread.posts, self._numbers)

    @property
    def is_loose(self) -> bool:
        """Whether it is nothing but the body's own comments, without their post."""
        posts = self._thread.posts
        return all(post.own and post.kind == "comment" for post in posts)

    def article(self) -> Article | None:
        """The post with its comments; ``None`` where the public did not see it."""
        root = self._root
        if root is None:
            return self._without_post()
        if root.visibility is not Visibility.PUBLIC or (self._choice == "none" and not root.own):
            return None
        public = self._public_comments()
        return Article(
            heading=self._heading(root),
            name=self._name(root),
            own=root.own,
            published=root.published,
            edited=_edited(root),
            permalink=self._permalink(root),
            words=self._words(root),
            figures=self._figures(root),
            comments=self.comments(),
            left_out=_left_out(len(public)) if self._choice == "none" else "",
        )

    def comments(self) -> tuple[Comment, ...]:
        """The public comments in reading order, each followed by its answers."""
        if self._choice == "none":
            return ()
        public = self._public_comments()
        return tuple(self._comment(post, depth) for post, depth in _in_order(public))

    def _without_post(self) -> Article | None:
        public = self._public_comments()
        if not public:
            return None
        shown = self.comments()
        return Article(
            heading="Kommentarer till ett inlägg som är gallrat i arkivet"
            if self._thread.culled_by
            else "Kommentarer till ett inlägg som inte finns i arkivet",
            name="",
            own=False,
            published=public[0].published,
            edited=None,
            permalink=safe_address(self._thread.permalink),
            words=Markup(""),
            figures=(),
            comments=shown,
            left_out=_left_out(len(public)) if self._choice == "none" else "",
        )

    def _public_comments(self) -> list[Post]:
        """What the public saw: an answer to something hidden was hidden with it."""
        shown = [p for p in self._thread.posts if p is not self._root and self._is_public(p)]
        return sorted(shown, key=lambda post: (post.published, post.id))

    def _is_public(self, post: Post) -> bool:
        seen: set[str] = set()
        one: Post | None = post
        while one is not None and one.id not in seen:
            if one.visibility is not Visibility.PUBLIC:
                return False
            seen.add(one.id)
            one = self._by_id.get(one.parent or "")
        return True

    def _comment(self, post: Post, depth: int) -> Comment:
        answered = self._by_id.get(post.parent or "")
        named = depth > 0 and answered is not None
        return Comment(
            name=self._name(post),
            own=post.own,
            published=post.published,
            edited=_edited(post),
            words=self._words(post),
            figures=self._figures(post),
            depth=min(depth, 1),
            answers=self._name(answered) if named and answered else "",
        )

    def _heading(self, root: Post) -> str:
        title = one_line(root.words.title)
        if not root.own and self._choice == "unnamed":
            title = self._mask(title)
        if title:
            return title
        if root.kind == "page":
            return "Sida utan rubrik"
        return f"{'Inlägg' if root.own else 'Inlägg av en besökare'} {day_of(root.published)}"

    def _name(self, post: Post) -> str:
        if post.own:
            # without names, the body still answers as itself: never as one of its employees
            own = one_line(post.words.author_name) if self._choice == "full" else ""
            return own or one_line(self._channel.name)
        if self._choice == "full" and (name := one_line(post.words.author_name)):
            return name
        if post.kind == "pingback":
            return "En annan webbplats"
        return f"Besökare {self._numbers[identity(post)]}"

    def _permalink(self, root: Post) -> str:
        if not root.own and self._choice == "unnamed":
            return ""  # the address of a visitor's post can hold the visitor's name
        return safe_address(root.words.permalink or self._thread.permalink)

    def _words(self, post: Post) -> Markup:
        return markup(self._passages(post))

    def _passages(self, post: Post) -> Sequence[Passage]:
        words = post.words
        if self._choice == "unnamed" and not (post is self._root and post.own):
            # the plain text only: a link's address can hold a name that its text does not
            return from_text(self._mask(words.text))
        return from_words(words.text, words.html, words.permalink)

    def _figures(self, post: Post) -> tuple[Figure, ...]:
        if post.words.media and not post.own and self._choice == "unnamed":
            return (Figure(source="", alt=_UNSEEN),)
        mask = str if post is self._root and post.own else self._mask
        return tuple(self._shelf.figure(self._thread.day, one, mask) for one in post.words.media)


def _in_order(comments: Sequence[Post]) -> list[tuple[Post, int]]:
    """Each comment followed by its answers, by time; an orphan or a circle stands for itself."""
    children: dict[str, list[Post]] = {}
    ids = {post.id for post in comments}
    tops: list[Post] = []
    for post in comments:
        if post.parent in ids and post.parent != post.id:
            children.setdefault(post.parent or "", []).append(post)
        else:
            tops.append(post)
    ordered = _walked(tops, children)
    reached = {post.id for post, _ in ordered}
    return ordered + [(post, 0) for post in comments if post.id not in reached]


def _walked(tops: Sequence[Post], children: Mapping[str, Sequence[Post]]) -> list[tuple[Post, int]]:
    ordered: list[tuple[Post, int]] = []
    waiting = [(post, 0) for post in reversed(tops)]
    while waiting:
        post, depth = waiting.pop()
        ordered.append((post, depth))
        waiting.extend((answer, depth + 1) for answer in reversed(children.get(post.id, ())))
    return ordered


def _edited(post: Post) -> dt.datetime | None:
    """When the shown wording was written, where it is not the first."""
    latest = post.versions[-1]
    return (latest.modified or latest.seen) if len(post.versions) > 1 else None


def _left_out(number: int) -> str:
    if not number:
        return ""
    return f"{number} {'kommentar' if number == 1 else 'kommentarer'} återges inte."


def _described(alt: str) -> str:
    return "" if alt == _NO_ALT else f"Beskrivning: {alt}"
