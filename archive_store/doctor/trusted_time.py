"""Asks the authority of trusted time for a token: are its settings such that tokens will come?

It is no part of the store, so that it is asked and told apart from it (docs/trusted-time.md).
"""

import dataclasses as dc
import secrets
from pathlib import Path
from typing import Final

from archive_store.doctor.asking import ask, check
from archive_store.doctor.report import Answer, Needed, Ok, Row, Text, yes
from archive_store.errors import ArchiveError

_AWAY: Final = "tsa-away"
_UNCHECKED: Final = Answer(
    ok=Ok.NO,
    seen=Text(
        sv="stämpeln kom, men ingen prövar vem som gav den",
        en="a token came, but nobody checks who gave it",
    ),
    needed=Needed.USEFUL,
    advice=Text(
        sv="Ange tsa_ca, tjänstens rotcertifikat: utan det prövas ingen underskrift.",
        en="Give tsa_ca, the authority's root certificate: without it no signature is checked.",
    ),
)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The authority as the settings name it."""

    url: str
    ca: Path | None


@check(
    "trusted-time",
    sv="tidsstämplingstjänsten ger stämplar som går att pröva",
    en="the authority of trusted time gives tokens that can be checked",
    needed=Needed.PROMISED,
    advice_sv="Rätta tsa_url och tsa_ca.",
    advice_en="Mend tsa_url and tsa_ca.",
)
def trusted_time(named: Named) -> Answer:
    """A token over bytes of no meaning; an authority that is away today may be back tomorrow."""
    from archive_store.timestamps import Authority  # noqa: PLC0415 - heavy, and seldom asked for

    authority = Authority(named.url, ca=named.ca)
    try:
        authority.token(secrets.token_bytes(32))
    except ArchiveError as error:
        if error.code != _AWAY:
            raise
        told = Text(sv=error.sv, en=error.en)
        seen = Text(sv="inget svar", en="no answer")
        return Answer(ok=Ok.NO, seen=seen, needed=Needed.USEFUL, advice=told)
    return yes("en stämpel kom", "a token came") if named.ca else _UNCHECKED


def examine_time(url: str, ca: Path | None) -> Row | None:
    """What became of asking for a token; ``None`` where the settings name no authority."""
    if not url:
        return None
    (row,) = ask((trusted_time,), Named(url=url, ca=ca), has_locks=lambda: False)
    return row
