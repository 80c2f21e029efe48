"""A blog on WordPress, read through its REST interface: what is asked, and in which order.

Each harvest reads anew what was published or modified since the words' horizon, every thread that
lives in the archive, late comments on older posts, and numbers alone for the rest. WordPress' dates
are trusted no further than that: a scheduled or backdated post has a modified date older than its
publication, and comments have none at all (notes: platforms).

Every thread of which anything is delivered is delivered whole, its older parts without words.
"""

import datetime as dt
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from archive_store.errors import InputError
from tasks.channels.hosts import loopback
from tasks.channels.pictures import fetch_media
from tasks.channels.text import one_line
from tasks.channels.web import Web
from tasks.channels.wordpress_api import Api, batches
from tasks.channels.wordpress_items import Maker
from tasks.channels.wordpress_shapes import Comment, Post, Site
from tasks.model import Channel, Fetched, FetchRequest, Item, Profile, Visibility

_ROUTES = ("posts", "pages")
_STATES = {
    "hold": Visibility.HELD,
    "spam": Visibility.SPAM,
    "trash": Visibility.TRASH,
    "approve": Visibility.PUBLIC,  # last, so that what was approved meanwhile counts as public
}
# WordPress compares with the site's local clock, which stands an hour wrong for an hour each autumn
_MARGIN = dt.timedelta(hours=2)

_Posts = dict[str, Post]
_Comments = dict[int, tuple[Comment, Visibility]]


class WordPress:
    """The connector of a channel whose ``api`` is a WordPress REST root.

    Args:
        channel: as the register has it.
        web: the door to the web; closed with the connector.
        secret: ``user:application password``. With it, held, spam and trashed comments and
            pingbacks are read; without it they are not told.

    Raises:
        InputError: the secret has another form, or would go over an open line.
    """

    def __init__(self, channel: Channel, web: Web, *, secret: str | None = None) -> None:
        self._channel = channel
        self._web = web
        self._secret = _credentials(channel, secret)
        self._api = Api(channel=channel.id, root=channel.api, web=web, secret=self._secret)

    def fetch(self, request: FetchRequest) -> Fetched:
        """Read what is asked for; ``ChannelError`` where the site does not answer as promised."""
        before = self._web.requests
        site = self._api.site()
        maker = Maker(channel=self._channel, site=site, request=request)
        posts = self._posts(request)
        late = self._late_comments(request)
        posts |= self._posts_of(late, known=posts)
        full = self._threads_in_full(maker, posts)
        comments = self._numbers_of(request, posts, posts.keys() - full) | late
        comments |= self._comments_of(posts, full)
        items = [maker.post(post) for post in posts.values()]
        items += self._comment_items(maker, posts, comments)
        return Fetched(
            items=tuple(sorted(items, key=lambda item: (item.published, item.id))),
            looked_for=frozenset(full),
            states=frozenset(self._states().values()),
            profile=_profile(site),
            total_posts=self._api.count("posts"),
            complete=True,
            requests=self._web.requests - before,
        )

    def media(self, url: str, *, max_bytes: int) -> tuple[bytes, str]:
        """Bytes and media type of a picture; ``ChannelError`` where missing or too large."""
        return fetch_media(self._web, self._channel.id, url, max_bytes=max_bytes)

    def close(self) -> None:
        """Let go of connections."""
        self._web.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _states(self) -> dict[str, Visibility]:
        return _STATES if self._secret else {"approve": Visibility.PUBLIC}

    def _posts(self, request: FetchRequest) -> _Posts:
        """Posts and pages: numbers first, so that what is read with words comes over it."""
        since = _asked(request.words_since)
        history = {} if request.numbers_since is None else {"after": _asked(request.numbers_since)}
        found: _Posts = {}
        for route in _ROUTES:
            found |= _by_id(self._api.posts(route, words=False, **history))
            found |= _by_id(self._api.posts(route, words=True, after=since))
            found |= _by_id(self._api.posts(route, words=True, modified_after=since))
            for batch in batches(_numbers(request.watch)):
                found |= _by_id(self._api.posts(route, words=True, include=batch))
        return found

    def _late_comments(self, request: FetchRequest) -> _Comments:
        """Comments since the words' horizon, on whatever post."""
        return self._in_all_states(words=True, after=_asked(request.words_since))

    def _posts_of(self, comments: _Comments, *, known: _Posts) -> _Posts:
        """The older posts that late comments stand on, without words."""
        missing = {str(comment.post) for comment, _ in comments.values()} - known.keys()
        found: _Posts = {}
        for route in _ROUTES:
            for batch in batches(missing):
                found |= _by_id(self._api.posts(route, words=False, include=batch))
        return found

    def _threads_in_full(self, maker: Maker, posts: _Posts) -> set[str]:
        """The threads whose comments are wanted with their words: watched ones and new ones."""
        new = {number for number, post in posts.items() if maker.wants_post(post)}
        return new | _numbers(maker.request.watch)

    def _numbers_of(
        self, request: FetchRequest, posts: _Posts, threads: Iterable[str]
    ) -> _Comments:
        """All comments of the threads without words; at the first harvest simply all."""
        if request.numbers_since is None:
            return self._in_all_states(words=False)
        found: _Comments = {}
        for batch in batches(self._askable(threads, posts)):
            found |= self._in_all_states(words=False, post=batch)
        return found

    def _comments_of(self, posts: _Posts, threads: Iterable[str]) -> _Comments:
        """All comments of the threads with words."""
        found: _Comments = {}
        for batch in batches(self._askable(threads, posts)):
            found |= self._in_all_states(words=True, post=batch)
        return found

    def _askable(self, threads: Iterable[str], posts: _Posts) -> set[str]:
        """Without a login, one thread that is no longer public fails the whole question."""
        if self._secret:
            return set(threads)
        return {t for t in threads if t in posts and not posts[t].content.protected}

    def _in_all_states(self, *, words: bool, **query: str) -> _Comments:
        found: _Comments = {}
        for status, visibility in self._states().items():
            for comment in self._api.comments(words=words, status=status, **query):
                found[comment.id] = (comment, visibility)
        return found

    def _comment_items(self, maker: Maker, posts: _Posts, comments: _Comments) -> list[Item]:
        """Comments as items; an approved one is public only where a visitor can read it."""
        doubtful = {
            number
            for number, (comment, visibility) in comments.items()
            if self._secret
            and visibility is Visibility.PUBLIC
            and (str(comment.post) not in posts or posts[str(comment.post)].content.protected)
        }
        hidden = doubtful - self._api.visible(doubtful)
        items = (
            maker.comment(
                comment,
                Visibility.HELD if number in hidden else visibility,
                posts.get(str(comment.post)),
            )
            for number, (comment, visibility) in comments.items()
        )
        return [item for item in items if item is not None]


def _credentials(channel: Channel, secret: str | None) -> tuple[str, str] | None:
    if not secret:
        return None
    user, _, password = secret.partition(":")
    if not user or not password:
        raise InputError(
            "bad-secret",
            sv=f"Kanalen {channel.id}: hemligheten ska ha formen användare:programlösenord.",
            en=f"Channel {channel.id}: the secret should have the form user:application password.",
        )
    if not channel.api.startswith("https://") and not loopback(channel.api):
        raise InputError(
            "secret-over-http",
            sv=f"Kanalen {channel.id}: programlösenordet skickas inte över http. Skriv adressen "
            "(api) med https i registret.",
            en=f"Channel {channel.id}: the application password is not sent over http. Write the "
            "address (api) with https in the register.",
        )
    return (user, password)


def _profile(site: Site) -> Profile:
    return Profile(
        name=one_line(site.name),
        description=one_line(site.description),
        picture=site.site_icon_url,
        links=(site.home,) if site.home else (),
    )


def _asked(since: dt.datetime) -> str:
    return (since - _MARGIN).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _by_id(posts: Iterable[Post]) -> _Posts:
    return {str(post.id): post for post in posts}


def _numbers(ids: Iterable[str]) -> set[str]:
    """Ids that are WordPress' own; a channel that was a feed before has others."""
    return {i for i in ids if i.isascii() and i.isdigit()}
