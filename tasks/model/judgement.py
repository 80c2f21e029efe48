"""What a check found and what a rule decided, always with the clause or rule that says so."""

import dataclasses as dc
import enum
from typing import NamedTuple


@dc.dataclass(frozen=True, slots=True)
class Text:
    """A sentence for people, in Swedish and English."""

    sv: str
    en: str

    def in_(self, lang: str) -> str:
        """The sentence in ``lang`` (``"sv"`` or ``"en"``)."""
        return self.en if lang == "en" else self.sv


class Level(enum.StrEnum):
    """How grave a finding is."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check saw.

    Attributes:
        code: clause (``"K03"``) or code of the check.
        level: how grave.
        text: what was seen and what to do.
        clause: the clause's own words, where one is cited.
        where: channel id, or ``file:line key``, or archive key.
    """

    code: str
    level: Level
    text: Text
    clause: Text | None = None
    where: str = ""


class Verdict(NamedTuple):
    """What a rule decided about one thread.

    Attributes:
        thread: platform id of the thread.
        cull: whether it may go now.
        rule: id and version of the rule that gave it, such as ``"veckan/1"``.
        why: what made it that rule: ``"person"``, ``"rule"`` or ``"default"``.
        findings: why not, guard by guard; empty where it may go.
    """

    thread: str
    cull: bool
    rule: str
    findings: tuple[Finding, ...] = ()
    why: str = ""
