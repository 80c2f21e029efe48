"""How much of a text another one holds, in the same order: in a moment, however long they are."""

from tasks.documents.letters import readable

_PIECE = 12  # characters that must agree before the two are in step again
_REACH = 256  # how far ahead they may agree again, and how much farther for each one given up
_FARTHER = 64
_TRIES = 400  # pieces tried before the rest is given up


def squeezed(text: str) -> str:
    """The text's characters as a document holds them, without white space and byte order marks."""
    return readable("".join(text.replace("\ufeff", "").split()))


def share(wanted: str, found: str) -> float:
    """The share of the characters of ``wanted`` that ``found`` holds in the same order.

    Both without white space. A little that ``found`` holds beside them does not count. It is the
    right measure for texts that should be the same, and of others only says that they are not: it
    gives up after some hundred characters that are missing. 1 where nothing is wanted.
    """
    if not wanted:
        return 1.0
    at, there, kept, tries = 0, 0, 0, _TRIES
    while at < len(wanted) and tries:
        same = _common(wanted, at, found, there)
        kept, at, there = kept + same, at + same, there + same
        ahead = at
        while ahead < len(wanted) and tries:
            tries -= 1
            reach = _REACH + (ahead - at) * _FARTHER
            step = found.find(wanted[ahead : ahead + _PIECE], there, there + reach)
            if step >= 0:
                there = step
                break
            ahead += 1
        at = ahead
    return kept / len(wanted)


def _common(one: str, at: int, other: str, there: int) -> int:
    """How many characters from ``at`` and ``there`` on are the same."""
    length, step = 0, 64
    while step:
        part = one[at + length : at + length + step]
        if part and other.startswith(part, there + length):
            length, step = length + len(part), step * 2
        else:
            step = min(step, len(part)) // 2
    return length
