"""What a channel's page shows of a post: words, counts and the first comments."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from history import MONTHS
from markup import to_html, to_text
from rows import author_name, permalink, picture_address, picture_html
from story import STOCKHOLM, Comment, Moment, Post

FIRST_COMMENTS = 2
LONG = 360


class Page:
    """A channel at one moment as its templates see it."""

    def __init__(self, moment: Moment, base: str) -> None:
        self.moment = moment
        self.base = base
        self.channel = moment.channel
        self.about = moment.channel.about
        self.style = f"{base.rsplit('/', 2)[0]}/_static"
        self.about_html = to_html(self.about["about"])
        self.rules_html = to_html(self.about["rules"])
        self.privacy = next((permalink(p, base) for p in moment.posts("page")), base)

    def post(self, post: Post, *, whole: bool = False) -> dict[str, Any]:
        """A post for the templates; ``whole`` shows all of it at once."""
        now = self.moment.now
        wording = post.wording(now)
        comments = [self._comment(c) for c in _threaded(self.moment.comments(post))]
        shown = len(comments) if whole else self.shown(post)
        return {
            "id": post.id,
            "kind": post.kind,
            "title": wording.title,
            "html": to_html(wording.body),
            "full_html": picture_html(post, self.base) + to_html(wording.body),
            "excerpt": to_text(wording.body.split("\n\n")[0]),
            "long": not whole and len(to_text(wording.body)) > LONG,
            "link": permalink(post, self.base),
            "guid": f"{self.base}?p={post.id}",
            "at": post.at,
            "iso": post.at.astimezone(STOCKHOLM).isoformat(),
            "when": in_words(post.at),
            "day": post.at.astimezone(STOCKHOLM).day,
            "month": MONTHS[post.at.astimezone(STOCKHOLM).month - 1][:3],
            "edited": in_words(wording.since) if wording.since > post.at else "",
            "author": self.channel.author(post.author)["name"],
            "role": self.channel.author(post.author)["role"],
            "category": post.category,
            "picture": picture_address(post, self.base) if post.media else "",
            "alt": post.alt,
            "likes": post.liked(now),
            "comments": comments,
            "first": comments[:shown],
            "rest": len(comments) - shown,
        }

    def shown(self, post: Post) -> int:
        """How many comments are shown at once: the rest waits behind a button."""
        return min(len(self.moment.comments(post)), FIRST_COMMENTS)

    def _comment(self, comment: Comment) -> dict[str, Any]:
        name = author_name(self.channel, comment)
        tint = int(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[:4], 16) % 6
        return {
            "id": comment.id,
            "own": bool(comment.author),
            "answer": bool(comment.parent),
            "name": name,
            "initials": "".join(part[0] for part in name.split()[:2]).upper(),
            "tint": tint,
            "iso": comment.at.astimezone(STOCKHOLM).isoformat(),
            "when": in_words(comment.at),
            "html": to_html(comment.text),
        }


def _threaded(comments: Sequence[Comment]) -> list[Comment]:
    """Comments by time, each followed by its answers; what lost its parent stands on its own."""
    shown = {c.id for c in comments}

    def with_answers(comment: Comment) -> Iterator[Comment]:
        yield comment
        for answer in comments:
            if answer.parent == comment.id:
                yield from with_answers(answer)

    return [c for first in comments if first.parent not in shown for c in with_answers(first)]


def in_words(at: dt.datetime) -> str:
    """``17 december 2025 kl. 09.15``."""
    local = at.astimezone(STOCKHOLM)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year} kl. {local:%H.%M}"
