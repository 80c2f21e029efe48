"""Takes commenters' names out of a thread, so that "unnamed" holds what it says.

A name does not only stand beside a comment: it is answered ("Hej Anna!"), mentioned ("@anna.berg")
and bent ("Annas fråga"). In the comments and replies of a thread every part of every commenter's
name is therefore replaced by the number that the commenter has there. What the body itself wrote in
the post is left as it was published.
"""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

import regex

from tasks.bases.wording import one_line
from tasks.model import Post

_SHORTEST: Final = 2
_PART: Final = regex.compile(r"[\p{L}\p{N}\p{M}]+")
_LATIN: Final = regex.compile(r"\p{Latin}")
_AGAIN: Final = regex.compile(r"(\[besökare \d+\])(?:[\s.\-_'\u2019]*\1)+")


def numbered(posts: Iterable[Post]) -> dict[str, int]:
    """A number for each commenter of a thread, in the order they first wrote there."""
    numbers: dict[str, int] = {}
    for post in posts:
        if not post.own:
            numbers.setdefault(identity(post), len(numbers) + 1)
    return numbers


def identity(post: Post) -> str:
    """What tells one commenter from another: the platform's id, else the name, else the item."""
    words = post.words
    return words.author or words.author_name or f"\N{NO-BREAK SPACE}{post.id}"


def masking(posts: Iterable[Post], numbers: dict[str, int]) -> Callable[[str], str]:
    """A function that puts ``[besökare 1]`` in the place of the commenters' names.

    Args:
        posts: the thread's posts; names come from the words of those that are not the body's own,
            in all their versions.
        numbers: as ``numbered`` gave them.
    """
    parts: dict[str, str] = {}
    wholes: dict[str, str] = {}
    for post in posts:
        if post.own:
            continue
        mark = f"[besökare {numbers[identity(post)]}]"
        for version in post.versions:
            for name in (version.words.author_name, version.words.author):
                _learn(_plain(one_line(name)), mark, parts, wholes)

    def masked(text: str) -> str:
        text = _plain(text)
        for name, mark in wholes.items():
            text = text.replace(name, mark)
        text = _PART.sub(lambda found: _mask(found[0], parts), text)
        return str(_AGAIN.sub(r"\1", text))

    return masked if parts or wholes else _plain


def _learn(name: str, mark: str, parts: dict[str, str], wholes: dict[str, str]) -> None:
    """Each part of a name, and its parts written together; in full where no space parts words."""
    found = _PART.findall(name)
    for part in (*found, "".join(found)):
        if len(part) >= _SHORTEST and not part.isdecimal():
            parts.setdefault(_bare(part), mark)
    if name and not _LATIN.search(name) and not name.isdecimal():
        wholes.setdefault(name, mark)


def _mask(word: str, parts: dict[str, str]) -> str:
    """The mark for a word that is a name, also with the genitive's s."""
    bare = _bare(word)
    if bare in parts:
        return parts[bare]
    mark = parts.get(bare.removesuffix("s"))
    return f"{mark}s" if mark else word


def _bare(word: str) -> str:
    """Without case and accents: handles are written without (Björkman, @bjorkman)."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)) or word


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text)
