"""What a commit must be before anything is written: its keys, its law, its words.

The journal holds ids, codes and numbers only (DESIGN, nothing of a person lives outside the
archive), so a label or fact with a space in it is refused: words have spaces, ids do not.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from archive_store.errors import ConflictError, InputError, RefusalError
from archive_store.keys import check_base, check_name, folders, law, manifest_key
from archive_store.records import Commit, Draft
from archive_store.state import State

_ID: Final = re.compile(r"[!-~]{0,600}")
_OWN: Final = frozenset(
    {"created", "hold", "release", "confirmed", "stamped", "checkpoint", "swept"}
)
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")


def check_commit(change: Commit) -> None:
    """Refuse a commit that could never be right, whatever the archive holds.

    Raises:
        InputError: times without zone, unsafe keys, words where ids belong, no JSON.
        RefusalError: the law of the zone forbids what is retired.
    """
    check_time(change.now)
    if not _NAME.fullmatch(change.event):
        raise _words("event")
    for what, text in (("actor", change.actor), ("once", change.once or "")):
        if not _ID.fullmatch(text):
            raise _words(what)
    _check_facts("facts", change.facts)
    for draft in change.drafts:
        _check_draft(draft)
    if len(set(change.retire)) != len(change.retire):
        raise InputError(
            "retired-twice",
            sv="Samma paket tas bort två gånger i samma ändring.",
            en="The same package is retired twice in one commit.",
        )
    _check_law(change)


def check_event(event: str) -> None:
    """Refuse a kind of entry that the archive alone makes, since it gives it a meaning."""
    if event in _OWN:
        raise InputError(
            "reserved-event",
            sv=f"Händelsen {event} är arkivets egen. Välj ett annat namn.",
            en=f"The event {event} is the archive's own. Choose another name.",
        )


def check_time(now: dt.datetime) -> None:
    """Refuse a time without zone."""
    if now.tzinfo is None:
        raise InputError(
            "naive-time",
            sv="Tidpunkten saknar tidszon. Ange den med tidszon, till exempel "
            "2025-12-31T23:00+01:00.",
            en="The time has no zone. Give it with one, such as 2025-12-31T23:00+01:00.",
        )


def check_ground(change: Commit, state: State) -> None:
    """Refuse a commit that does not fit what the archive holds.

    Raises:
        ConflictError: a retired package is no longer living.
        RefusalError: a retired package is on hold.
        InputError: a draft would lie inside a folder package, and go when that goes.
    """
    taken = {draft.base for draft in change.drafts if draft.folder}
    for draft in change.drafts:
        for folder in folders(draft.base):
            if folder in taken or state.was_used(manifest_key(folder, folder=True)):
                raise InputError(
                    "package-in-package",
                    sv=f"Paketet {draft.base} ligger inuti ett annat paket. Ge det en egen plats.",
                    en=f"The package {draft.base} lies inside another. Give it a place of its own.",
                )
    named = change.facts.get("packages", ()) if change.event == "hold" else ()
    for key in (*named, *([change.facts["package"]] if change.event == "confirmed" else ())):
        if state.package(key) is None:
            raise _not_living(key)
    for key in change.retire:
        if key in state.held:
            raise RefusalError(
                "held-package",
                sv=f"{key} är undantaget från all gallring ({', '.join(sorted(state.held[key]))}) "
                "och får inte tas bort. Häv stoppet först.",
                en=f"{key} is on hold ({', '.join(sorted(state.held[key]))}) and must not be taken "
                "away. Release the hold first.",
            )
        if state.package(key) is None:
            raise _not_living(key)


def _not_living(key: str) -> ConflictError:
    return ConflictError(
        "not-living",
        sv=f"Paketet {key} finns inte längre; något annat har ersatt eller gallrat det. "
        "Läs om och försök igen.",
        en=f"The package {key} is no longer there; something else has replaced or culled "
        "it. Read anew and try again.",
    )


def _check_draft(draft: Draft) -> None:
    check_base(draft.base)
    if not draft.files:
        raise InputError(
            "empty-package",
            sv=f"Paketet {draft.base} har inga filer.",
            en=f"The package {draft.base} has no files.",
        )
    for name in draft.files:
        check_name(name, folder=draft.folder)
    for label, value in draft.labels.items():
        if not _NAME.fullmatch(label) or not _ID.fullmatch(value):
            raise _words(f"labels.{label}" if _NAME.fullmatch(label) else "labels")
    try:
        json.dumps(draft.about, allow_nan=False)
    except (TypeError, ValueError):
        raise InputError(
            "not-json",
            sv=f"Beskrivningen av paketet {draft.base} kan inte skrivas som JSON.",
            en=f"The description of the package {draft.base} cannot be written as JSON.",
        ) from None


def _check_facts(where: str, value: Any) -> None:
    match value:
        case None | bool() | int():
            return
        case float() if value - value == 0:  # neither infinite nor NaN
            return
        case str() if _ID.fullmatch(value):
            return
        case Mapping():
            for name, each in value.items():
                _check_facts(where, name)
                _check_facts(f"{where}.{name}", each)
            return
        case list() | tuple():
            for each in value:
                _check_facts(where, each)
            return
    raise _words(where)


def _check_law(change: Commit) -> None:
    if change.retirement == "withdrawn" and change.retire and not change.facts.get("decision"):
        raise RefusalError(
            "no-decision",
            sv="Att återkalla kräver ett beslut. Ange beslutets diarienummer.",
            en="Withdrawing takes a decision. Give the decision's registration number.",
        )
    replaced = {draft.base.split("/", 1)[0] for draft in change.drafts}
    for key in change.retire:
        check_base(key.removesuffix("/manifest.json").removesuffix(".json"))
        zone, rule = key.split("/", 1)[0], law(key)
        if change.retirement not in rule.retirements:
            raise RefusalError(
                "kept-for-ever" if rule.write_once else "zone-forbids",
                sv=f"{key} får inte tas bort: det som ligger i {zone}/ bevaras"
                + ("." if rule.write_once else " och får bara ersättas på ett annat sätt."),
                en=f"{key} must not be taken away: what lies in {zone}/ is kept"
                + ("." if rule.write_once else " and may only be replaced in another way."),
            )
        if rule.like_for_like and zone not in replaced:
            raise RefusalError(
                "nothing-instead",
                sv=f"{key} får bara ersättas av ett nytt paket i {zone}/ i samma ändring.",
                en=f"{key} may only be replaced by a new package in {zone}/ in the same commit.",
            )


def _words(where: str) -> InputError:
    return InputError(
        "words-in-journal",
        sv=f"Fältet {where} är till för id, koder och tal: högst 600 tecken ASCII utan mellanslag. "
        "Lägg ord i paketets filer eller beskrivning.",
        en=f"The field {where} is for ids, codes and numbers: at most 600 characters of ASCII "
        "without spaces. Put words in the package's files or description.",
    )
