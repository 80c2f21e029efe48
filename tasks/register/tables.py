"""The register file's own shape: which keys each table has and what each may hold.

One pydantic model a table, strict and closed; the field names are the keys of the file and of the
dataclasses in tasks.model. Codes of refusal are those of ``problems.MESSAGES``. The keys are told
for registrars in docs/register.md.
"""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from tasks.model import CaptureBasis, LifeCycle

PLATFORMS = (
    "blog",
    "bluesky",
    "facebook",
    "instagram",
    "linkedin",
    "mastodon",
    "threads",
    "tiktok",
    "x",
    "youtube",
    "other",
)
METRICS = (
    "posts_per_week",
    "reply_rate_24h",
    "reply_rate_week",
    "median_reply_hours",
    "comments",
    "interactions",
    "posts",
)
COMMENTS = ("full", "unnamed", "none")
EARLIEST, LATEST = 1950, 2099

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_PERSON_NUMBER = re.compile(r"(?:\d{2})?\d{6}-?\d{4}")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_MAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_SECRET_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")

T = TypeVar("T")


def as_date(value: Any) -> dt.date | None:
    """The date that a TOML value means, with or without quotation marks; ``None`` if it is none."""
    if isinstance(value, str) and _ISO.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else None


def _date(value: Any) -> Any:
    date = as_date(value)
    if date is None:
        raise PydanticCustomError("date-format", "no date")
    if not EARLIEST <= date.year <= LATEST:
        words = {"earliest": EARLIEST, "latest": LATEST}
        raise PydanticCustomError("impossible-date", "outside {earliest}–{latest}", words)
    return date


def _clean(value: str) -> str:
    if any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in value):
        raise PydanticCustomError("bad-character", "control characters")
    return value


def _matching(ok: Callable[[str], object], code: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not ok(value):
            raise PydanticCustomError(code, "refused")
        return value

    return check


def _one_of(*allowed: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in allowed:
            raise PydanticCustomError("unknown-value", "refused", {"allowed": list(allowed)})
        return value

    return check


def is_safe_id(value: Any) -> bool:
    """Whether a value may be an id, and so stand in keys, journals and messages."""
    return (
        isinstance(value, str)
        and _ID.fullmatch(value) is not None
        and not _PERSON_NUMBER.fullmatch(value)
    )


def _id(value: str) -> str:
    if _PERSON_NUMBER.fullmatch(value):
        raise PydanticCustomError("person-number", "refused")
    if not is_safe_id(value):
        raise PydanticCustomError("unsafe-id", "refused")
    return value


def _is_http(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_beside(value: str) -> bool:
    path = PurePosixPath(value)
    return not (path.is_absolute() or ".." in path.parts or "\\" in value or ":" in value)


def _or_empty(check: Callable[[str], object]) -> Callable[[str], object]:
    return lambda value: value == "" or check(value)


def _depth(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and re.fullmatch(r"since-last|all|[1-9][0-9]{0,5}", value):
        return value
    raise PydanticCustomError("bad-depth", "refused")


def _author(value: Any) -> Any:
    """A platform's id may be written as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _number(value: float) -> float:
    if not (math.isfinite(value) and value >= 0):
        raise PydanticCustomError("bad-number", "refused")
    return value


_NoSpace = AfterValidator(_matching(lambda value: not re.search(r"\s", value), "not-http"))

Written = Annotated[str, AfterValidator(_clean)]
Filled = Annotated[Written, AfterValidator(_matching(str.strip, "empty"))]
Id = Annotated[str, AfterValidator(_id)]
Date = Annotated[dt.date, BeforeValidator(_date)]
Address = Annotated[str, _NoSpace, AfterValidator(_matching(_is_http, "not-http"))]
MaybeAddress = Annotated[str, _NoSpace, AfterValidator(_matching(_or_empty(_is_http), "not-http"))]
Mail = Annotated[str, AfterValidator(_matching(_or_empty(_MAIL.fullmatch), "not-mail"))]
SecretName = Annotated[
    str, AfterValidator(_matching(_or_empty(_SECRET_NAME.fullmatch), "secret-name"))
]
File = Annotated[Written, AfterValidator(_matching(_is_beside, "unsafe-path"))]


class Table(BaseModel):
    """A table of the file: no other keys, no other types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class OrganisationTable(Table):
    """``[organisation]``."""

    name: Filled
    number: Filled
    website: Address
    information_unit: Id
    guidelines_reviewed: Date | None = None
    collection_page: MaybeAddress = ""
    privacy_page: MaybeAddress = ""


class BoardTable(Table):
    """``[[board]]``."""

    id: Id
    name: Filled


class UnitTable(Table):
    """``[[unit]]``."""

    id: Id
    name: Filled
    board: Id
    manager: Filled
    valid_from: Date
    valid_to: Date | None = None


class AdministratorTable(Table):
    """``[[channel.administrator]]``."""

    id: Id
    name: Filled
    role: Filled
    appointed: Date
    ended: Date | None = None
    reads_mailbox: bool = True


class AbsenceTable(Table):
    """``[[channel.absence]]``."""

    administrator: Id
    first: Date
    last: Date


class GoalTable(Table):
    """``[[channel.plan.goal]]``."""

    id: Id
    text: Filled
    metric: Annotated[str, AfterValidator(_one_of(*METRICS))]
    target: Annotated[float, AfterValidator(_number)]
    at_least: bool = True


class PlanTable(Table):
    """``[channel.plan]``; what is not written yet is a finding of K01, no refusal."""

    medium: Written = ""
    audience: Written = ""
    purpose: Written = ""
    care: Written = ""
    approved: Date | None = None
    approved_by: Written = ""
    copied: Date | None = None
    file: File = ""
    goal: list[GoalTable] = []


class ChannelTable(Table):
    """``[[channel]]``."""

    id: Id
    name: Filled
    unit: Id
    platform: Annotated[str, AfterValidator(_one_of(*PLATFORMS))]
    address: Address
    life: Annotated[str, AfterValidator(_one_of(*LifeCycle))]
    opened: Date | None = None
    closed: Date | None = None
    basis: Annotated[str, AfterValidator(_one_of(*CaptureBasis))] | None = None
    depth: Annotated[str, BeforeValidator(_depth)] = "since-last"
    comments: Annotated[str, AfterValidator(_one_of(*COMMENTS))] = "full"
    api: MaybeAddress = ""
    feed: MaybeAddress = ""
    own_authors: list[Annotated[Filled, BeforeValidator(_author)]] = []
    secret: SecretName = ""
    login: SecretName = ""
    post_selector: Filled = "article"
    mailbox: Mail = ""
    credentials: Written = ""
    credentials_verified: Date | None = None
    consulted: Date | None = None
    party_link: bool = False
    party_marked: bool = False
    administrator: list[AdministratorTable] = []
    absence: list[AbsenceTable] = []
    plan: PlanTable | None = None


class RegisterTable(Table):
    """The whole file."""

    organisation: OrganisationTable
    board: list[BoardTable]
    unit: list[UnitTable]
    channel: list[ChannelTable] = []
