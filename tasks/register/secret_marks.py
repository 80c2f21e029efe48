"""Sees secrets that someone has written into a register: by key, by known form, by randomness.

The register is archived for ever and read by many, and so would a secret in it be. Whatever looks
like one is refused (DESIGN section 3: secrets never in files), and its text is never repeated.
Names in a vault (``credentials``) and platforms' ids (``own_authors``) may be long and odd; there
only known forms count.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tasks.model import Text
from tasks.register.problems import Problem, problem
from tasks.register.toml_lines import KeyPath, Layout

NAMES_ONLY = frozenset({"secret", "login", "credentials", "credentials_verified"})
"""Keys that are named like a secret but hold a name or a date."""

_ODD_BUT_HARMLESS = frozenset({"credentials", "own_authors", "post_selector"})

_SECRET_KEY = re.compile(
    r"pass(word|wd|phrase|kod)|pwd|lösen|losen|token|secret|hemlig|credential|inlogg"
    r"|(api|access|private|privat)[_-]?(key|nyckel)",
    re.IGNORECASE,
)

_FORMS: tuple[tuple[re.Pattern[str], Text], ...] = (
    (
        re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/?#@]+@", re.IGNORECASE),
        Text("inloggning i en adress", "a login inside an address"),
    ),
    (
        re.compile(r"\b(?:[A-Za-z0-9]{4} ){5}[A-Za-z0-9]{4}\b"),
        Text("applikationslösenord", "an application password"),
    ),
    (
        re.compile(
            r"\b(?:lösenord(?:et)?|losenord|passw(?:or)?d|pwd|token|api[_-]?key|pinkod)\b"
            r"\s*[:=]\s*[\"']?[^\s\"']{4,}",
            re.IGNORECASE,
        ),
        Text("ett utskrivet lösenord", "a password written out"),
    ),
    (
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
            r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"  # JSON web token
            r"|\bEAA[A-Za-z0-9]{30,}"  # Meta
            r"|\bIG[A-Z]{1,3}[A-Za-z0-9_-]{40,}"
            r"|\bTHAA[A-Za-z0-9_-]{30,}"
            r"|\bAIza[A-Za-z0-9_-]{30,}"  # Google
            r"|\bya29\.[A-Za-z0-9_-]{20,}"
            r"|\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{30,}"
            r"|\bxox[abprs]-[A-Za-z0-9-]{10,}"
            r"|\bAKIA[A-Z0-9]{16}\b"
            r"|\bBearer +[A-Za-z0-9._~+/=-]{16,}",
        ),
        Text("token eller nyckel", "a token or key"),
    ),
)

_BLUESKY = re.compile(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){3}")
_RUN = re.compile(r"[A-Za-z0-9_-]{20,}")
_PIECE = re.compile(r"[A-Za-z0-9]+")
_MIXED = re.compile(r"(?=[a-z]*[2-7])(?=[2-7]*[a-z])")
_SECRET_PARAMETER = re.compile(
    r"token|secret|passw|pwd|^(api[_-]?|access[_-]?)?key$|^sig(nature)?$|^code$", re.IGNORECASE
)


def secret_problems(data: Mapping[str, Any], layout: Layout) -> Iterator[Problem]:
    """Every place in the parsed file, its comments included, that seems to hold a secret."""
    yield from _walk(data, ())
    for line, comment in layout.comments:
        if form := known_form(comment):
            yield problem("secret-in-file", ("#",), line=line, sv=form.sv, en=form.en)


def secret_form(key: str, value: str) -> Text | None:
    """What kind of secret the value under ``key`` looks like, or ``None``."""
    if form := known_form(value) or _in_query(value):
        return form
    if key == "id" or key in _ODD_BUT_HARMLESS or "://" in value:
        return None
    if any(seems_random(run) for run in _RUN.findall(value)):
        return Text("en lång slumpmässig följd", "a long random sequence")
    return None


def known_form(text: str) -> Text | None:
    """The form of secret that stands somewhere in ``text``, or ``None``."""
    for pattern, form in _FORMS:
        if pattern.search(text):
            return form
    word = text.lstrip("# ").strip()
    if _BLUESKY.fullmatch(word) and any(_MIXED.match(group) for group in word.split("-")):
        return Text("applikationslösenord", "an application password")
    return None


def seems_random(run: str) -> bool:
    """Whether letters, capitals and digits change as often as only chance makes them.

    In a random sequence nearly every second character is of another kind than the one before; in
    words, camel case and dates far fewer are. A capital that begins a word counts once.
    """
    changes = sum(
        _kind(a) != _kind(b) and not (a.isupper() and b.islower())
        for piece in _PIECE.findall(run)
        for a, b in itertools.pairwise(piece)
    )
    return changes * 4 > len(run)


def _kind(character: str) -> int:
    return 0 if character.isdigit() else 1 if character.islower() else 2


def _in_query(value: str) -> Text | None:
    """A secret among an address's parameters."""
    if "://" not in value:
        return None
    try:
        parameters = parse_qsl(urlsplit(value).query)
    except ValueError:
        return None
    if any(_SECRET_PARAMETER.search(name) for name, _ in parameters):
        return Text("nyckel i en adress", "a key inside an address")
    return None


def _walk(value: Any, path: KeyPath) -> Iterator[Problem]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _under_key(key, inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, (*path, index))
    elif isinstance(value, str):
        key = next(part for part in reversed(path) if isinstance(part, str))
        if form := secret_form(key, value):
            yield problem("secret-in-file", path, sv=form.sv, en=form.en)


def _under_key(key: str, value: Any, path: KeyPath) -> Iterator[Problem]:
    bears = isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""
    if bears and key not in NAMES_ONLY and _SECRET_KEY.search(key):
        yield problem("secret-in-file", path, sv="att döma av nyckeln", en="judging by its key")
    else:
        yield from _walk(value, path)
