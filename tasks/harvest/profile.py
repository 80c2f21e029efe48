"""How a channel presents itself, compared field by field between harvests, without its words.

Guidelines: a channel is documented at larger changes too (clause K22). What is remembered between
harvests stands in the journal, so it is a portrait in keyed digests (HMAC-SHA256 with the archive's
secret, cut short): nobody who reads the journal can try words against it. Small changes are
white space, case, punctuation, one link, a tracking parameter, a third of a description.
"""

import collections
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from tasks.model import Profile

CHANGES: Final[Mapping[str, str]] = {
    "name": "namn ändrat",
    "picture": "bild ändrad",
    "cover": "omslagsbild ändrad",
    "description": "beskrivning ändrad",
    "links": "länkar ändrade",
    "contact": "kontaktuppgifter ändrade",
}
"""Codes of larger changes, and what an operator and a provenance page read."""

_MANY: Final = 1
_LARGE: Final = 1 / 3
_SKETCH: Final = 48  # digests kept of a description; a longer one is judged by this sample
_LETTERS: Final = re.compile(r"[^\W_]+")
_MAIL: Final = re.compile(r"[^@\s<>()\"',;:]+@[^@\s<>()\"',;:.]+(?:\.[^@\s<>()\"',;:.]+)+")
_PHONE: Final = re.compile(r"(?<![\w/=.-])(?:\+46|0)[\d \u00a0\u2009()–-]{6,16}\d(?![\w/])")
_CONTACTS: Final = frozenset({"mailto", "tel"})
_TRACKING: Final = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|igshid|igsh|mc_[ce]id|mibextid|ref|ref_src|si|_hs\w+",
    re.IGNORECASE,
)

Portrait = Mapping[str, Any]
"""Digests by field; ``description`` is the number of its words and a sample of their digests."""


def portrait(profile: Profile, key: bytes) -> Portrait:
    """The profile as the journal may remember it; empty where the platform tells none.

    Args:
        profile: as the connector read it.
        key: the archive's secret.
    """
    if profile == Profile():
        return {}
    words = _numbered(_words(profile.description))
    return {
        "name": _digest(" ".join(_words(profile.name)), key),
        "picture": _digest(_place(profile.picture), key),
        "cover": _digest(_place(profile.cover), key),
        "contact": _digests(_contacts(profile), key),
        "links": _digests(set(map(_link, _plain_links(profile))), key),
        "words": len(words),
        "description": sorted(_digest(word, key)[:8] for word in words)[:_SKETCH],
    }


def larger_changes(before: Portrait, after: Portrait) -> tuple[str, ...]:
    """Codes of ``CHANGES`` that a person would call larger; none where either is unknown."""
    if not before or not after:
        return ()
    changed = {field for field in ("name", "picture", "cover") if before[field] != after[field]}
    if set(before["contact"]) != set(after["contact"]):
        changed.add("contact")
    gone, come = (set(a["links"]) - set(b["links"]) for a, b in _both_ways(before, after))
    if max(len(gone), len(come)) > _MANY:
        changed.add("links")
    if 1 - _shared(before, after) > _LARGE:
        changed.add("description")
    return tuple(code for code in CHANGES if code in changed)


def _both_ways(one: Portrait, other: Portrait) -> tuple[tuple[Portrait, Portrait], ...]:
    return (one, other), (other, one)


def _shared(before: Portrait, after: Portrait) -> float:
    """The share of the longer description's words that both have; 1 where both are empty."""
    one, other = set(before["description"]), set(after["description"])
    longer: int = max(before["words"], after["words"])
    if not longer:
        return 1.0
    if longer <= _SKETCH:
        return len(one & other) / longer
    # The smallest digests of the union are a fair sample of it, and both sketches know them.
    sample = sorted(one | other)[:_SKETCH]
    alike = len(one & other & set(sample)) / len(sample)
    both: int = before["words"] + after["words"]
    return min(1.0, alike / (1 + alike) * both / longer)


def _words(text: str) -> list[str]:
    return _LETTERS.findall(unicodedata.normalize("NFKC", text).casefold())


def _numbered(words: Iterable[str]) -> set[str]:
    """A word that stands twice counts twice."""
    seen: collections.Counter[str] = collections.Counter()
    found = set()
    for word in words:
        seen[word] += 1
        found.add(f"{seen[word]} {word}")
    return found


def _contacts(profile: Profile) -> set[str]:
    """Mail addresses and telephone numbers, from links and description, in one form."""
    mails = {mail.casefold() for mail in _MAIL.findall(profile.description)}
    phones = set(_PHONE.findall(profile.description))
    for link in profile.links:
        scheme, _, rest = link.partition(":")
        if scheme.casefold() == "mailto":
            mails.add(rest.partition("?")[0].casefold())
        elif scheme.casefold() == "tel":
            phones.add(rest)
    return mails | {_number(phone) for phone in phones}


def _number(phone: str) -> str:
    digits = re.sub(r"\D", "", phone.replace("(0)", ""))
    return f"0{digits[2:]}" if digits.startswith("46") else digits


def _plain_links(profile: Profile) -> Iterator[str]:
    for link in profile.links:
        if link.partition(":")[0].casefold() not in _CONTACTS:
            yield link


def _link(address: str) -> str:
    """An address as two people would call it the same."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return address.strip()
    query = urlencode([pair for pair in parse_qsl(parts.query) if not _TRACKING.fullmatch(pair[0])])
    host = parts.netloc.casefold().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{query}"


def _place(picture: str) -> str:
    """A picture's path: hosts and parameters of delivery networks change with every answer."""
    try:
        return urlsplit(picture.strip()).path
    except ValueError:
        return picture.strip()


def _digests(texts: Iterable[str], key: bytes) -> list[str]:
    return sorted(_digest(text, key) for text in texts)


def _digest(text: str, key: bytes) -> str:
    return hmac.new(key, text.encode(errors="replace"), hashlib.sha256).hexdigest()[:16]
