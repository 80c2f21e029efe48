"""A little platform in memory, with a connector's two methods: for tests of every room.

It answers as the contract allows and no more: a living thread in full, otherwise only what changed,
and numbers without words. ``told`` says which states its token shows.
"""

import dataclasses as dc
import datetime as dt

from archive_store.errors import ChannelError
from tasks.model import (
    Channel,
    Fetched,
    FetchRequest,
    Item,
    LifeCycle,
    Media,
    Profile,
    Visibility,
    Words,
)

EVERY_STATE = frozenset(Visibility) - {Visibility.GONE}
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(64))


def a_channel(channel_id: str = "kommunbloggen") -> Channel:
    return Channel(
        id=channel_id,
        name="Sjöviks kommun – nyheter",
        unit="informationsenheten",
        platform="blog",
        address="http://127.0.0.1/",
        life=LifeCycle.ACTIVE,
        own_authors=("own",),
    )


@dc.dataclass
class FakeChannel:
    told: frozenset[Visibility] = EVERY_STATE
    complete: bool = True
    profile: Profile = dc.field(default_factory=lambda: Profile(name="Sjöviks kommun"))
    items: dict[str, Item] = dc.field(default_factory=dict)
    pictures: dict[str, bytes] = dc.field(default_factory=dict)
    requests: list[FetchRequest] = dc.field(default_factory=list)
    fetched_pictures: list[str] = dc.field(default_factory=list)
    down: bool = False
    _numbers: int = 0

    def post(  # noqa: PLR0913 – a post's fields, each by its name
        self,
        at: dt.datetime,
        text: str,
        *,
        title: str = "",
        own: bool = True,
        pictures: tuple[str, ...] = (),
        modified: dt.datetime | None = None,
        kind: str = "post",
    ) -> str:
        self._numbers += 1
        item_id = str(self._numbers)
        for url in pictures:
            self.pictures.setdefault(url, PICTURE + url.encode())
        self.items[item_id] = Item(
            id=item_id,
            thread=item_id,
            parent=None,
            kind=kind,
            own=own,
            published=at,
            modified=modified or at,
            visibility=Visibility.PUBLIC,
            address=f"/?p={item_id}",
            words=_words(text, item_id, title=title, own=own, pictures=pictures),
            reactions=0,
        )
        return item_id

    def comment(
        self,
        on: str,
        at: dt.datetime,
        text: str,
        *,
        own: bool = False,
        visibility: Visibility = Visibility.PUBLIC,
    ) -> str:
        self._numbers += 1
        item_id = f"c{self._numbers}"
        self.items[item_id] = Item(
            id=item_id,
            thread=on,
            parent=None,
            kind="comment",
            own=own,
            published=at,
            modified=None,
            visibility=visibility,
            address=f"/?p={on}#comment-{self._numbers}",
            words=_words(text, f"{on}#comment-{self._numbers}", own=own),
        )
        return item_id

    def edit(self, item_id: str, at: dt.datetime, text: str) -> None:
        item = self.items[item_id]
        assert item.words is not None
        words = dc.replace(item.words, text=text, html=f"<p>{text}</p>")
        modified = at if item.modified is not None else None
        self.items[item_id] = dc.replace(item, modified=modified, words=words)

    def react(self, item_id: str, reactions: int) -> None:
        self.items[item_id] = dc.replace(self.items[item_id], reactions=reactions)

    def turn(self, item_id: str, visibility: Visibility) -> None:
        self.items[item_id] = dc.replace(self.items[item_id], visibility=visibility)

    def delete(self, item_id: str) -> None:
        """Take an item away, a post with its comments."""
        for other in [
            other for other in self.items.values() if item_id in (other.id, other.thread)
        ]:
            del self.items[other.id]

    def shown(self) -> list[Item]:
        return [item for item in self.items.values() if item.visibility in self.told]

    def fetch(self, request: FetchRequest) -> Fetched:
        if self.down:
            raise ChannelError("no-answer", sv="Kanalen svarar inte.", en="No answer.")
        self.requests.append(request)
        shown = self.shown()
        answer = [
            item if self._with_words(item, request) else dc.replace(item, words=None)
            for item in shown
            if self._is_read(item, request)
        ]
        posts = [i for i in shown if i.kind == "post" and i.visibility is Visibility.PUBLIC]
        return Fetched(
            items=tuple(answer),
            looked_for=request.watch,
            states=self.told,
            profile=self.profile,
            total_posts=len(posts),
            complete=self.complete,
            requests=1,
        )

    def media(self, url: str, *, max_bytes: int) -> tuple[bytes, str]:
        self.fetched_pictures.append(url)
        data = self.pictures.get(url.partition("?")[0], b"")
        if not data or len(data) > max_bytes:
            raise ChannelError("picture", sv="Bilden kan inte hämtas.", en="No picture.")
        return data, "image/png"

    def _is_read(self, item: Item, request: FetchRequest) -> bool:
        root = self.items.get(item.thread)
        began = root.published if root else item.published
        numbers = request.numbers_since is None or began >= request.numbers_since
        return numbers or self._with_words(item, request)

    def _with_words(self, item: Item, request: FetchRequest) -> bool:
        if item.thread in request.watch:
            return True
        if request.changed_since is not None:
            return _activity(item) >= request.changed_since
        thread = [other for other in self.shown() if other.thread == item.thread]
        return max(map(_activity, thread)) >= request.words_since


def _activity(item: Item) -> dt.datetime:
    return max(item.published, item.modified or item.published)


def _words(
    text: str, place: str, *, title: str = "", own: bool, pictures: tuple[str, ...] = ()
) -> Words:
    return Words(
        author="own" if own else "u-4711",
        author_name="Informationsenheten" if own else "Majken Sjöberg",
        title=title,
        text=text,
        html=f"<p>{text}</p>",
        permalink=f"http://127.0.0.1/{place}",
        media=tuple(Media(url=url, alt="Bild") for url in pictures),
    )
