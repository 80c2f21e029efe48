"""What can be wrong in a register file, as data: a code and its text in Swedish and English.

A text never repeats a value of the file: what stands there may be a secret, and errors reach logs
outside the archive. Keys, codes and ids that the register already knows may be named.
"""

import dataclasses as dc
import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tasks.model import Finding, Level, Text
from tasks.register.tables import is_safe_id
from tasks.register.toml_lines import KeyPath, Layout

MESSAGES: Mapping[str, Text] = {
    "toml-syntax": Text(
        "filen följer inte TOML: {sv}. Läsningen stannade här; rätta och kör om",
        "the file is not TOML: {en}. Reading stopped here; mend it and run again",
    ),
    "not-utf-8": Text(
        "filen är inte UTF-8; spara den som UTF-8 i redigeraren",
        "the file is not UTF-8; save it as UTF-8 in the editor",
    ),
    "unknown-key": Text("okänd nyckel{nearest_sv}", "unknown key{nearest_en}"),
    "misplaced-key": Text(
        "nyckeln hör hemma i {home}; i TOML hör en nyckel till närmaste rubrik ovanför. Flytta den",
        "the key belongs in {home}; in TOML a key belongs to the header above it, move it",
    ),
    "missing-key": Text("nyckeln saknas; lägg till den", "the key is missing; add it"),
    "missing-for-life": Text(
        "nyckeln saknas; en kanal med life = {life} måste ha den",
        "the key is missing; a channel with life = {life} must have it",
    ),
    "wrong-type": Text("ska vara {sv}", "must be {en}"),
    "empty": Text("är tom; fyll i", "is empty; fill it in"),
    "bad-character": Text(
        "innehåller styrtecken; ta bort dem", "has control characters; remove them"
    ),
    "unsafe-id": Text(
        "duger inte som id: högst 40 tecken a–z, 0–9 och bindestreck, först bokstav eller siffra",
        "cannot be an id: at most 40 of a–z, 0–9 and hyphen, beginning with a letter or digit",
    ),
    "person-number": Text(
        "ett id får inte vara ett personnummer: det hamnar i journalen. Välj ett annat",
        "an id must not be a personal identity number: it reaches the journal. Choose another",
    ),
    "duplicate-id": Text(
        "samma id finns redan på rad {first_line}; varje id får finnas en gång",
        "the same id stands on line {first_line}; an id may stand once",
    ),
    "two-persons": Text(
        "id:t tillhör en annan person på rad {first_line}; varje person har sitt eget id",
        "the id belongs to another person on line {first_line}; each person has an id",
    ),
    "duplicate-address": Text(
        "samma adress har en annan kanal på rad {first_line}; en kanal förs upp en gång",
        "another channel has the same address on line {first_line}; a channel is listed once",
    ),
    "unresolved-reference": Text(
        "pekar på {target_sv} som inte finns i registret{nearest_sv}",
        "names {target_en} that is not in the register{nearest_en}",
    ),
    "date-format": Text(
        "ska vara ett datum som finns, skrivet 2025-12-31", "must be a real date, as 2025-12-31"
    ),
    "impossible-date": Text(
        "datumet kan inte stämma: året ligger utanför {earliest}–{latest}. Utelämna okända",
        "the date cannot be right: the year is outside {earliest}–{latest}. Leave out the unknown",
    ),
    "date-order": Text("ligger före {earlier}", "is before {earlier}"),
    "unknown-value": Text(
        "ska vara ett av {allowed}{nearest_sv}", "must be one of {allowed}{nearest_en}"
    ),
    "bad-number": Text("ska vara ett tal från 0 och uppåt", "must be a number, 0 or more"),
    "bad-rate": Text(
        "ska vara en andel mellan 0 och 1; skriv 0.9 för 90 %",
        "must be a rate between 0 and 1; write 0.9 for 90 %",
    ),
    "not-http": Text(
        "ska vara en hel adress som börjar med https:// eller http://",
        "must be a whole address that begins with https:// or http://",
    ),
    "not-mail": Text("ska vara en e-postadress", "must be an e-mail address"),
    "bad-depth": Text(
        'ska vara "since-last", "all" eller ett antal inlägg, minst 1',
        'must be "since-last", "all" or a number of posts, at least 1',
    ),
    "unsafe-path": Text(
        "ska vara en fil bredvid registret, skriven med / och utan ..",
        "must be a file beside the register, written with / and without ..",
    ),
    "secret-name": Text(
        "ska vara namnet på ett Secret-block eller en miljövariabel (a–z, 0–9, - och _), aldrig "
        "hemligheten själv; står hemligheten här, ta bort den och byt den",
        "must be the name of a Secret block or environment variable (a–z, 0–9, - and _), never "
        "the secret itself; if the secret stands here, remove and replace it",
    ),
    "secret-in-file": Text(
        "ser ut som en hemlighet ({sv}). Ta bort den härifrån, byt den eftersom den kan ha "
        "spridits, och lägg den nya i ett Secret-block vars namn anges i secret",
        "looks like a secret ({en}). Remove it from here, replace it as it may have spread, and "
        "put the new one into a Secret block that the key secret names",
    ),
}


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in the file: ``code`` of MESSAGES, the key's ``path`` and the text.

    ``line`` is given where the trouble is no key's (a comment, the file itself).
    """

    code: str
    path: KeyPath
    text: Text
    line: int | None = None


def problem(code: str, path: KeyPath, *, line: int | None = None, **words: Any) -> Problem:
    """A problem with its text filled in; ``nearest`` (an id or key, or ``""``) is a suggestion."""
    nearest = words.pop("nearest", "")
    words |= {
        "nearest_sv": f"; menade du {nearest}?" if nearest else "",
        "nearest_en": f"; did you mean {nearest}?" if nearest else "",
    }
    message = MESSAGES[code]
    text = Text(message.sv.format(**words), message.en.format(**words))
    return Problem(code=code, path=path, text=text, line=line)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like ``word``, or ``""`` where none is near."""
    return next(iter(difflib.get_close_matches(word.lower(), sorted(known), n=1, cutoff=0.6)), "")


def findings(
    problems: Iterable[Problem], *, file: str, layout: Layout, data: Mapping[str, Any]
) -> tuple[Finding, ...]:
    """Problems as findings in the file's own order, ``where`` as ``file:line key``."""
    placed = sorted(
        ((p.line or layout.line(p.path), _name(p.path, data), p) for p in problems),
        key=lambda placed: (placed[0], placed[1], placed[2].code),
    )
    return tuple(
        Finding(code=p.code, level=Level.ERROR, text=p.text, where=f"{file}:{line} {key}".rstrip())
        for line, key, p in placed
    )


def _name(path: KeyPath, data: Mapping[str, Any]) -> str:
    """The key as people say it: tables by their id, else by number from 1."""
    name, here = "", data
    for part in path:
        here = _inside(here, part)
        if isinstance(part, int):
            name += f"[{_id(here) or part + 1}]"
        else:
            name += ("." if name else "") + (part if _SAYABLE.fullmatch(part) else "…")
    return name


def _inside(table: Any, part: str | int) -> Any:
    try:
        return table[part]
    except (KeyError, IndexError, TypeError):
        return None


def _id(table: Any) -> str:
    id_ = table.get("id") if isinstance(table, dict) else None
    return str(id_) if is_safe_id(id_) else ""


_SAYABLE = re.compile(r"[A-Za-z0-9_-]{1,40}|#")
