"""The door: what of an item's words is let in, and when two wordings are the same.

DESIGN section 5: a version is the digest of visible text, title and media with white space
normalised; markup, counts and visibility stay outside, so that a change of theme takes nothing
culled in again.
"""

import dataclasses as dc
import hashlib
import json
import unicodedata

from tasks.model import Media, Words


def clean(words: Words) -> Words:
    """The same words as text that can be stored: half surrogate pairs become U+FFFD."""
    return Words(
        author=_storable(words.author),
        author_name=_storable(words.author_name),
        title=_storable(words.title),
        text=_storable(words.text),
        html=_storable(words.html),
        permalink=_storable(words.permalink),
        media=tuple(
            dc.replace(picture, url=_storable(picture.url), alt=_storable(picture.alt))
            for picture in words.media
        ),
    )


def version_digest(words: Words) -> str:
    """Hex SHA-256 of what a reader sees: title, text and pictures, white space folded."""
    shown = [
        _folded(words.title),
        _folded(words.text),
        [[_folded(picture.alt), picture_address(picture)] for picture in words.media],
    ]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def picture_address(picture: Media) -> str:
    """The picture's address without query and fragment, where platforms put signatures."""
    return picture.url.partition("#")[0].partition("?")[0]


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _storable(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
