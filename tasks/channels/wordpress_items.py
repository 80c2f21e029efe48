"""From WordPress' shapes to the domain's items: pure, and the place where words may be left out."""

import dataclasses as dc
import datetime as dt
import re

from tasks.channels.hosts import origin
from tasks.channels.problems import channel_error
from tasks.channels.text import absolute, each_once, one_line, pictures, visible_text
from tasks.channels.wordpress_shapes import Comment, Post, Site
from tasks.model import Channel, FetchRequest, Item, Media, Visibility, Words

_KINDS = {
    "comment": "comment",
    "review": "comment",
    "pingback": "pingback",
    "trackback": "pingback",
    "webmention": "pingback",
}
_WORDLESS = re.compile(r"\?(?:p|page_id)=(\d+)$")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Makes items for one request.

    Words are let in only where the thread lives in the archive, or the item itself was published
    or modified after ``request.words_since``.
    """

    channel: Channel
    site: Site
    request: FetchRequest

    def post(self, raw: Post) -> Item:
        """A post or page as visitors see it."""
        number = str(raw.id)
        published = self._moment(raw.date_gmt, raw.date)
        return Item(
            id=number,
            thread=number,
            parent=None,
            kind="page" if raw.type == "page" else "post",
            own=self._own(raw.author),
            published=published,
            modified=self._modified(raw),
            visibility=Visibility.PUBLIC,
            address=self.address(number, raw.guid.rendered),
            words=self._post_words(raw) if self.wants_post(raw) else None,
        )

    def comment(self, raw: Comment, visibility: Visibility, thread: Post | None) -> Item | None:
        """A comment or pingback; ``None`` for kinds that are no one's words to the public."""
        if raw.type not in _KINDS:
            return None
        post = str(raw.post)
        published = self._moment(raw.date_gmt, raw.date)
        wanted = raw.content is not None and self._wants(post, published)
        address = self.address(post, thread.guid.rendered if thread else "")
        return Item(
            id=f"c{raw.id}",
            thread=post,
            parent=f"c{raw.parent}" if raw.parent else post,
            kind=_KINDS[raw.type],
            own=self._own(raw.author),
            published=published,
            modified=None,
            visibility=visibility,
            address=f"{address}#comment-{raw.id}",
            words=self._comment_words(raw, address) if wanted else None,
        )

    def wants_post(self, raw: Post) -> bool:
        """Whether the words of a post, where they were read, are let in."""
        modified = self._modified(raw)
        edited = modified is not None and modified > self.request.words_since
        published = self._moment(raw.date_gmt, raw.date)
        return raw.title is not None and (edited or self._wants(str(raw.id), published))

    def address(self, number: str, guid: str) -> str:
        """``…/?p=17``: the guid where it is that post's own on this site, else made from the id.

        A guid may hold a slug (posts made by scripts), or another site's number (imports).
        """
        home = self.site.home or self.channel.address
        found = _WORDLESS.search(guid)
        if found and found[1] == number and origin(guid)[0] == origin(home)[0]:
            return guid
        return f"{home.partition('?')[0].rstrip('/')}/?p={number}"

    def _wants(self, thread: str, published: dt.datetime) -> bool:
        return thread in self.request.watch or published > self.request.words_since

    def _modified(self, raw: Post) -> dt.datetime | None:
        return self.site.moment(raw.modified_gmt, "")

    def _own(self, author: int) -> bool:
        return author != 0 and str(author) in self.channel.own_authors

    def _moment(self, gmt: str | None, local: str) -> dt.datetime:
        moment = self.site.moment(gmt, local)
        if moment is None:
            raise channel_error("bad-answer", self.channel.id)
        return moment

    def _post_words(self, raw: Post) -> Words:
        base = raw.link or self.site.home
        html = raw.content.rendered
        return Words(
            author=str(raw.author),
            author_name=one_line(raw.embedded.author[0].name) if raw.embedded.author else "",
            title=one_line(raw.title.rendered) if raw.title else "",
            text=visible_text(html),
            html=html,
            permalink=base,
            media=each_once((*_featured(raw, base), *pictures(html, base))),
        )

    def _comment_words(self, raw: Comment, address: str) -> Words:
        html = raw.content.rendered if raw.content else ""
        link = raw.link or address
        return Words(
            author=str(raw.author) if raw.author else "",
            author_name=one_line(raw.author_name),
            title="",
            text=visible_text(html),
            html=html,
            permalink=link,
            media=pictures(html, link),
        )


def _featured(raw: Post, base: str) -> tuple[Media, ...]:
    found = ((absolute(p.source_url, base), one_line(p.alt_text)) for p in raw.embedded.pictures)
    return tuple(Media(url=url, alt=alt) for url, alt in found if url)
