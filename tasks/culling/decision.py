"""No decision, no culling: what a board's culling decision says (DESIGN section 1).

A board is an authority of its own (10 § arkivlagen; guidelines: "kommunens gallringsbestämmelser"),
and its decision is one TOML file that ``decision_file`` reads; docs/culling.md describes it.
"""

import dataclasses as dc
import datetime as dt
import functools
import hashlib
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from archive_store.errors import RefusalError
from tasks.office_time import local_date

Action = Literal["cull", "keep", "file", "restrict"]
Clock = Literal["activity", "answer"]
Then = Literal["cull", "keep"]
Role = Literal["own", "other", "official"]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Words = Annotated[str, Field(pattern=r"\S")]
Date = Annotated[dt.date, Field(strict=True)]
Days = Annotated[int, Field(strict=True, ge=0, le=36500)]
Yes = Annotated[bool, Field(strict=True)]

_STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone whom the decision names; forms, journal and ``--by`` know the ``id`` alone."""

    __pydantic_config__ = _STRICT

    id: Id
    name: Words
    role: Words


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class RecordClass:
    """A class of records (handlingstyp) and what the decision says of it.

    Attributes:
        id: class id, such as ``"veckan"``; name: in Swedish.
        basis: what in the decision or law it rests on.
        action: ``cull``, ``keep`` (moved to ``kept/`` when due), ``file`` (register in the diary
            first) or ``restrict``.
        days: shortest retention, whole Stockholm days after the last activity.
        latest_days: latest day; a thread still there after it is an audit finding.
        clock: from what the days are counted: ``activity`` (docs/clock.md) or ``answer``, which is
            also moved by an outcome that a person gives a question.
        then: what happens to a thread of action ``file`` once its dnr is entered.
        version: of the rule; raised when the class changes.
        default: whether threads that nothing else classifies are of this class.
        units, channels, platforms, authors, tags: the scope, by which the class takes threads that
            nobody has classified: what is named must fit, each by one of its entries; with nothing
            named only a person gives the class. ``tags`` are codes of ``tags.TAGS`` or ``#words``.
    """

    __pydantic_config__ = _STRICT

    id: Id
    name: Words
    basis: Words
    action: Action
    days: Days = 7
    latest_days: Days = 30
    version: Annotated[int, Field(strict=True, ge=1)] = 1
    default: Yes = False
    clock: Clock = "activity"
    then: Then = "cull"
    units: tuple[Id, ...] = ()
    channels: tuple[Id, ...] = ()
    platforms: tuple[Id, ...] = ()
    authors: tuple[Role, ...] = ()
    tags: tuple[Words, ...] = ()

    @property
    def scoped(self) -> bool:
        """Whether it takes threads by itself."""
        return bool(self.units or self.channels or self.platforms or self.authors or self.tags)

    @property
    def rule(self) -> str:
        """Id and version, such as ``"veckan/1"``: what a verdict carries."""
        return f"{self.id}/{self.version}"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the file says.

    Attributes:
        board: id of the board in the register; body: its name as the decision has it.
        date, section, dnr: of the minutes; ``section`` without the sign §.
        in_force: from when it has legal force (laga kraft); ends: last day, or ``None``.
        includes_older: whether it covers threads begun before ``in_force``.
        text: the decision in its own words.
        classes, approvers, proposers: at least one of each.
        application_decision: tillämpningsbeslut, where the board needs one.
        backup_days: days until the last backup of the archive is gone, where known.
        officials: ids of channels on which leading officials or politicians speak as such.
    """

    __pydantic_config__ = _STRICT

    board: Id
    body: Words
    date: Date
    section: Words
    dnr: Words
    in_force: Date
    includes_older: Yes
    text: Words
    classes: Annotated[tuple[RecordClass, ...], Field(min_length=1, validation_alias="class")]
    approvers: Annotated[tuple[Person, ...], Field(min_length=1, validation_alias="approver")]
    proposers: Annotated[tuple[Person, ...], Field(min_length=1, validation_alias="proposer")]
    ends: Date | None = None
    application_decision: str = ""
    backup_days: Days | None = None
    officials: tuple[Id, ...] = ()


@dc.dataclass(frozen=True, kw_only=True)  # no slots: what is worked out once is kept beside
class Decision(Terms):
    """A board's culling decision; ``stored`` are the file's bytes, as they are archived."""

    file: str
    stored: bytes = dc.field(repr=False)

    @property
    def sha256(self) -> str:
        """Digest of the file, by which lists and certificates cite it."""
        return hashlib.sha256(self.stored).hexdigest()

    @functools.cached_property
    def scoped(self) -> tuple[RecordClass, ...]:
        """The classes that take threads by themselves, as the file has them."""
        return tuple(each for each in self.classes if each.scoped)

    @functools.cached_property
    def default(self) -> RecordClass | None:
        """The class of what nothing else takes, or ``None``."""
        return self.class_of("")

    def class_of(self, record_class: str) -> RecordClass | None:
        """The class of that id; for ``""`` the default class; ``None`` where there is none."""
        for known in self.classes:
            if known.id == record_class or (not record_class and known.default):
                return known
        return None

    def approver(self, person_id: str) -> Person | None:
        """The approver of that id, or ``None``."""
        return next((person for person in self.approvers if person.id == person_id), None)

    def proposer(self, person_id: str) -> Person | None:
        """The proposer of that id, or ``None``."""
        return next((person for person in self.proposers if person.id == person_id), None)


def in_force(decision: Decision, now: dt.datetime) -> bool:
    """Whether the decision has legal force on the Stockholm day of ``now``."""
    today = local_date(now)
    return decision.in_force <= today and (decision.ends is None or today <= decision.ends)


def decision_for(decisions: Mapping[str, Decision], board: str) -> Decision:
    """The decision of a board.

    Raises:
        RefusalError: the board has none, so nothing of it may be culled.
    """
    if board in decisions:
        return decisions[board]
    raise RefusalError(
        "no-decision",
        sv=f"{board}: inget gallringsbeslut; lägg nämndens beslut i en egen fil bland besluten.",
        en=f"{board}: no culling decision; put the board's decision in a file of its own.",
    )
