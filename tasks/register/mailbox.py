"""Tells a function mailbox from a person's own (K05): a person's stops working when they leave."""

import re
import unicodedata
from collections.abc import Iterator

from tasks.model import Register

_FUNCTION = frozenset(
    re.findall(
        "[a-z]+",
        "admin bibliotek blogg diarium forvaltning fragor funktion hej info jobb kansli kommun "
        "kontakt kundtjanst kultur media medborgare medier myndighet namnd nyheter post press "
        "redaktion registrator service sociala support team turism webb webbmaster webmaster",
    )
)
_FREE = frozenset({"gmail.com", "hotmail.com", "icloud.com", "live.se", "outlook.com", "telia.com"})
_NAMES = re.compile(r"([a-z]{2,}(?:[._-][a-z]{2,}){1,2})\d{0,3}")
_STEM = 5
"""Letters from which the beginning of a word tells which word it is."""


def looks_personal(mailbox: str, register: Register) -> bool:
    """Whether ``mailbox`` seems to be a person's: by a name that the register knows, or by form.

    ``firstname.lastname@`` counts as a person's unless one of the names is a word for a function or
    stands in the name or id of a channel, unit or board. Private mail services never count as the
    body's own.
    """
    local, _, domain = mailbox.rpartition("@")
    local = _folded(local.split("+")[0])
    if domain.lower() in _FREE:
        return True
    joined = re.sub(r"[^a-z]", "", local)
    if joined in set(_personal_forms(register)):
        return True
    names = _NAMES.fullmatch(local)
    known = _FUNCTION | frozenset(_words(register))
    return names is not None and not any(
        _means_function(name, known) for name in re.split("[._-]", names.group(1))
    )


def _means_function(name: str, known: frozenset[str]) -> bool:
    return name in known or any(
        longer.startswith(shorter)
        for word in known
        for shorter, longer in [sorted((name, word), key=len)]
        if len(shorter) >= _STEM
    )


def _words(register: Register) -> Iterator[str]:
    """Words that this body's own functions are called by."""
    names = [register.organisation.name]
    names += [f"{board.id} {board.name}" for board in register.boards]
    names += [f"{unit.id} {unit.name}" for unit in register.units]
    names += [f"{channel.id} {channel.name}" for channel in register.channels]
    for name in names:
        yield from (word for word in re.findall(r"[a-z]+", _folded(name)) if len(word) > 1)


def _personal_forms(register: Register) -> Iterator[str]:
    """How the administrators' addresses could read, letters only."""
    for channel in register.channels:
        for person in channel.administrators:
            words = re.findall(r"[a-z]+", _folded(person.name))
            if len(words) > 1:
                first, last = words[0], words[-1]
                yield from (first + last, last + first, first[0] + last, first + last[0])
                yield first[:3] + last[:3]


def _folded(text: str) -> str:
    """Lower case without accents: ``Åsa`` as ``asa``."""
    return unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
