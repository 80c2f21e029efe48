"""What a check can find: each kind has a code, and says where it is and what to do."""

import dataclasses as dc
from collections.abc import Callable
from typing import Final, Literal

from archive_store.errors import DamageError

Level = Literal["error", "warning"]

# code: (Swedish, English); ``{key}`` is where.
_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "journal-edited": (
        "{key} har ändrats sedan den skrevs. Återställ journalen från en säkerhetskopia.",
        "{key} has changed since it was written. Restore the journal from a backup.",
    ),
    "journal-cut": (
        (
            "Journalen är avkortad: den har nått till {key}, som nu saknas. Återställ den från "
            "en säkerhetskopia."
        ),
        (
            "The journal was cut short: it has reached {key}, which is missing now. Restore it "
            "from a backup."
        ),
    ),
    "behind-cut": (
        (
            "{key} hör troligen till en ändring som fattas i journalen. Den är ingen rest: ta "
            "inte bort den, utan återställ journalen från en säkerhetskopia."
        ),
        (
            "{key} probably belongs to a commit that the journal lacks. It is no leftover: do "
            "not remove it, but restore the journal from a backup."
        ),
    ),
    "foreign-object": (
        "{key} hör inte till arkivet. Ta reda på vem som lagt det där och flytta det.",
        "{key} is no part of the archive. Find out who put it there and move it.",
    ),
    "old-leftover": (
        (
            "{key} hör inte till något paket i journalen, och har legat där för länge för att "
            "komma från en avbruten körning. Ta reda på vem som lagt det där och flytta det."
        ),
        (
            "{key} belongs to no package in the journal, and has lain there for too long to "
            "come from an interrupted run. Find out who put it there and move it."
        ),
    ),
    "uncommitted": (
        (
            "{key} hör inte till något paket i journalen: en rest efter en avbruten körning, "
            "som en senare körning för samma kanal städar bort, eller något som lagts dit av "
            "någon annan. Ligger den kvar om två dagar: ta reda på vem."
        ),
        (
            "{key} belongs to no package in the journal: what an interrupted run has left, "
            "which a later run for the same channel clears away, or something that somebody "
            "else put there. If it is still there in two days, find out who."
        ),
    ),
    "retired-leftover": (
        (
            "{key} skulle ha förstörts men finns kvar, eller har kommit tillbaka med en "
            "säkerhetskopia. Nästa körning förstör det; kontrollera annars rättigheterna."
        ),
        (
            "{key} should have been destroyed but is still there, or came back with a backup. "
            "The next run destroys it; else check the permissions."
        ),
    ),
    "missing-readme": (
        (
            "{key} saknas i arkivets rot. Utan den är arkivet svårare att förstå i framtiden; "
            "lägg tillbaka den från en säkerhetskopia."
        ),
        (
            "{key} is missing from the archive's root. Without it the archive is harder to "
            "understand later; put it back from a backup."
        ),
    ),
    "changed-page": (
        (
            "{key} har ändrats sedan Kanalarkiv skrev sidan. Arkivets innehåll påverkas inte; "
            "lägg tillbaka sidan från en säkerhetskopia, eller låt nästa körning skriva den."
        ),
        (
            "{key} has changed since Kanalarkiv wrote the page. What the archive holds is not "
            "touched; put the page back from a backup, or let the next run write it."
        ),
    ),
    "changed-readme": (
        (
            "{key} är inte den som journalens första post anger. Lägg tillbaka den från en "
            "säkerhetskopia."
        ),
        ("{key} is not the one that the journal's first entry states. Put it back from a backup."),
    ),
    "foreign-version": (
        (
            "{key} har fler än en version i hinken. Den äldsta gäller här, men andra program "
            "och säkerhetskopior hämtar den nyaste: ta bort den som inte är arkivets."
        ),
        (
            "{key} has more than one version in the bucket. Here the oldest counts, but other "
            "programs and backups fetch the newest: remove the one that is not the archive's."
        ),
    ),
    "missing-unsure": (
        (
            "{key} saknas. Journalen är skadad, så det går inte att säga om det gallrats: "
            "återställ journalen först och kör verify igen, innan något annat återställs."
        ),
        (
            "{key} is missing. The journal is damaged, so nobody can say whether it was culled:"
            " restore the journal first and run verify again, before anything else is restored."
        ),
    ),
    "missing-token": (
        "Tidsstämpeln {key} saknas. Återställ den från en säkerhetskopia.",
        "The timestamp {key} is missing. Restore it from a backup.",
    ),
    "changed-token": (
        "Tidsstämpeln {key} har ändrats. Återställ den från en säkerhetskopia.",
        "The timestamp {key} has changed. Restore it from a backup.",
    ),
    "unvouched-checkpoint": (
        (
            "Sammandraget {key} står inte i journalen: en rest efter en avbruten körning, eller "
            "något som lagts dit av någon annan. Ta bort det."
        ),
        (
            "The journal does not vouch for the checkpoint {key}: what an interrupted run has "
            "left, or something that somebody else put there. Remove it."
        ),
    ),
    "changed-checkpoint": (
        (
            "Sammandraget {key} har ändrats, eller säger inte detsamma som journalen. Det är "
            "bara en genväg: ta bort det, så görs det om."
        ),
        (
            "The checkpoint {key} has changed, or does not say what the journal says. It is "
            "only a short cut: remove it and it is made anew."
        ),
    ),
}


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be.

    Attributes:
        code: one of those above, or ``missing-object``, ``changed-object``, ``hidden-object``,
            ``missing-manifest``, ``changed-manifest``, ``hidden-manifest``, ``hidden-token``,
            ``journal-gap``, ``journal-hidden``, ``journal-unreadable``,
            ``journal-contradiction``, ``secret-damaged``, ``wrong-token``.
        key: where.
        sv, en: what was seen and what to do.
        level: ``"warning"`` where nothing is wrong with what the archive holds.
    """

    code: str
    key: str
    sv: str
    en: str
    level: Level = "error"

    def text(self, lang: str = "sv") -> str:
        """The message in ``lang`` (``"sv"`` or ``"en"``)."""
        return self.en if lang == "en" else self.sv


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What was read (``objects``, their ``bytes``) and what was found.

    Attributes:
        objects: how many objects were read or, where they hold no package's bytes, looked at.
        bytes: their size.
        listed: how many were only listed, as they fall into another part.
        findings: the journal's first, then by key; each once.
    """

    objects: int
    bytes: int
    findings: tuple[Finding, ...]
    listed: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing graver than a warning was found."""
        return all(finding.level == "warning" for finding in self.findings)


class Findings:
    """Collects findings; the same thing twice is told once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Finding] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, code: str, key: str, *, level: Level = "error") -> None:
        """Note a thing by its code."""
        sv, en = (text.replace("{key}", key) for text in _TEXTS[code])
        self._found.setdefault((code, key), Finding(code=code, key=key, sv=sv, en=en, level=level))

    def damage(self, key: str, flaw: DamageError, *, code: str = "") -> None:
        """Note what somebody stumbled over."""
        code = code or flaw.code
        self._found.setdefault((code, key), Finding(code=code, key=key, sv=flaw.sv, en=flaw.en))

    def wrong_token(self, key: str, flaw: DamageError) -> None:
        """Note a token that is not over the object beside it, or not of whom it should be."""
        told = DamageError(flaw.code, sv=f"{key}: {flaw.sv}", en=f"{key}: {flaw.en}")
        self.damage(key, told, code="wrong-token")

    @property
    def has_journal_flaw(self) -> bool:
        """Whether the journal itself is damaged."""
        return any(code.startswith("journal-") for code, _ in self._found)

    def forget(self, gone: Callable[[str], bool]) -> None:
        """Drop what was found of keys that are no longer to be there."""
        self._found = {at: found for at, found in self._found.items() if not gone(at[1])}

    def turn(self, code: str, into: str) -> None:
        """Tell what was found as one kind of thing as another, graver one."""
        for found, key in [at for at in self._found if at[0] == code]:
            del self._found[found, key]
            self.add(into, key)

    def all(self) -> tuple[Finding, ...]:
        """Everything found: what concerns the journal first, then by key."""
        return tuple(
            sorted(
                self._found.values(),
                key=lambda found: (not found.code.startswith("journal-"), found.key, found.code),
            )
        )
