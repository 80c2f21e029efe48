"""The channel register: read from TOML and checked against the guidelines.

``load_register`` refuses a file whole with every problem it has; ``check`` holds a register and
what else is known (``Evidence``) against the clauses K01–K26. docs/register.md tells registrars.
"""

from tasks.register.check import check
from tasks.register.clauses import CLAUSES, Clause
from tasks.register.duties import duties_of, duty_dates
from tasks.register.evidence import Evidence, SnapshotTaken, WebsiteLinks
from tasks.register.load import load_register, parse_register, read_register
from tasks.register.sender import CONTACT, SENDER, sender_shown_in
from tasks.register.version import register_digest, register_draft

__all__ = [
    "CLAUSES",
    "CONTACT",
    "SENDER",
    "Clause",
    "Evidence",
    "SnapshotTaken",
    "WebsiteLinks",
    "check",
    "duties_of",
    "duty_dates",
    "load_register",
    "parse_register",
    "read_register",
    "register_digest",
    "register_draft",
    "sender_shown_in",
]
