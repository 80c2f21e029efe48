"""What the columns of a run's rows are called: Swedish for operators, English for programs.

A run's rows are written for the Prefect UI, whose readers are Swedish; ``--json`` is read by
programs, and its keys are English in every command (docs/command-line.md).
"""

from collections.abc import Mapping
from typing import Any, Final

KEYS: Final[Mapping[str, str]] = {
    # what a row is about
    "kanal": "channel",
    "nämnd": "board",
    "lista": "list",
    "granskat": "checked",
    "år": "year",
    # harvest
    "nya": "new",
    "kommentarer": "new_comments",
    "ändrade": "edited",
    "borta": "gone",
    "dolda": "hidden",
    "åter": "shown",
    "trådar": "threads",
    "tal": "observations",
    "bilder": "media",
    "bilder saknas": "media_missing",
    "anrop": "requests",
    "ny profil": "profile_changed",
    "större förändring": "larger_change",
    "att se över": "screened",
    # snapshot
    "anledning": "occasion",
    "mer": "more",
    "sidor": "pages",
    "inlägg": "posts",
    "helt": "whole",
    "stopp": "stopped",
    "nyckel": "key",
    # facts and replies
    "siffror": "facts",
    "oförändrade": "unchanged",
    "väntar": "waiting",
    "över 24 timmar": "over_24_hours",
    "över en vecka": "over_a_week",
    "till ansvarig för": "to_manager_of",
    "att bedöma": "to_assess",
    # culling
    "bevaras": "to_keep",
    "att granska": "flagged",
    "ej förfallna": "not_due",
    "stoppade": "blocked",
    "godkänd av": "approved_by",
    "behålls": "kept_by_approver",
    "gallrade": "culled",
    "bevarade": "kept",
    "överhoppade": "skipped",
    "byte": "bytes",
    "protokoll": "certificate",
    "antal protokoll": "certificates",
    "sammanställning": "summary",
    "nya tillägg": "new_supplements",
    "nya handlingar att registrera": "new_documents",
    "att registrera": "to_file",
    "eftersläpar": "overdue",
    "omprövas": "to_review",
    "rensade": "weeded",
    "handlingstyp": "class",
    "skäl": "reason",
    "utfall": "outcome",
    # audit
    "lästa filer": "files_read",
    "fel": "errors",
    "varningar": "warnings",
    "upplysningar": "hints",
    "inloggning": "login",
}
"""A column's heading in the Prefect UI, and its key in ``--json``."""


def in_english(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row under its English keys."""
    return {KEYS[column]: value for column, value in row.items()}


def cell(value: Any, yes: str = "ja", no: str = "nej") -> Any:
    """A value as a reader of the table reads it."""
    return value if not isinstance(value, bool) else yes if value else no
