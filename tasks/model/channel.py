"""The register's words: organisation, boards, units, channels and what each channel promises."""

import dataclasses as dc
import datetime as dt
import enum


class LifeCycle(enum.StrEnum):
    """Where a channel is in its life."""

    PLANNED = "planned"
    ACTIVE = "active"
    DORMANT = "dormant"
    CLOSED = "closed"


class CaptureBasis(enum.StrEnum):
    """What a snapshot may be made from (notes: platforms' terms)."""

    PAGE = "page"
    API = "api"
    EXPORT = "export"
    MANUAL = "manual"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The public body: ``name`` in full, ``number`` (organisationsnummer), own ``website``."""

    name: str
    number: str
    website: str
    information_unit: str
    guidelines_reviewed: dt.date | None = None
    collection_page: str = ""
    privacy_page: str = ""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """An authority of its own (nämnd): the one whose decision lets things be culled."""

    id: str
    name: str


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit (verksamhet) of a board, valid from one date until another (both included)."""

    id: str
    name: str
    board: str
    manager: str
    valid_from: dt.date
    valid_to: dt.date | None = None


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Administrator:
    """A channel's administrator (kontoadministratör), known in the product by ``id`` alone."""

    id: str
    name: str
    role: str
    appointed: dt.date
    ended: dt.date | None = None
    reads_mailbox: bool = True


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Days on which an administrator is away (both included)."""

    administrator: str
    first: dt.date
    last: dt.date


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A measurable goal of an activity plan.

    Attributes:
        id: short id, unique within the channel.
        text: the goal in the plan's own words.
        metric: one of ``posts_per_week``, ``reply_rate_24h``, ``reply_rate_week``,
            ``median_reply_hours``, ``comments``, ``interactions``, ``posts``.
        target: the number to reach (rates 0–1, hours in office time).
        at_least: ``True`` where more is better, ``False`` where less is.
    """

    id: str
    text: str
    metric: str
    target: float
    at_least: bool = True


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPlan:
    """What a channel is for (guidelines: aktivitetsplan); dates are ``None`` until it happened."""

    medium: str
    audience: str
    purpose: str
    care: str
    goals: tuple[Goal, ...]
    approved: dt.date | None = None
    approved_by: str = ""
    copied: dt.date | None = None
    file: str = ""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel of the body in a social medium.

    Attributes:
        id: safe as a key (``[a-z0-9-]``), unique.
        platform: connector's name, such as ``"blog"``.
        address: the public page.
        api: WordPress REST root (``https://…/wp-json`` or ``https://…/?rest_route=``), or ``""``.
        feed: RSS or Atom address, or ``""``.
        own_authors: the platform's ids of the body's own authors.
        secret: name of the Secret block or environment variable with the channel's token
            (``user:application password`` for WordPress), never the secret itself.
        login: name of the Secret block or environment variable with a browser's login state, where
            the channel is to be captured as who has logged in sees it; never the state itself.
        depth: ``"since-last"``, ``"all"`` or a number of posts, for snapshots.
        comments: ``"full"``, ``"unnamed"`` or ``"none"`` in snapshots.
        post_selector: CSS selector of one post on the page, for completeness.
        credentials: where the login lies (name in the vault), and when that was verified.
        administrators, absences, plan: as the register says.
    """

    id: str
    name: str
    unit: str
    platform: str
    address: str
    life: LifeCycle
    opened: dt.date | None = None
    closed: dt.date | None = None
    basis: CaptureBasis = CaptureBasis.PAGE
    depth: str = "since-last"
    comments: str = "full"
    api: str = ""
    feed: str = ""
    own_authors: tuple[str, ...] = ()
    secret: str = ""
    login: str = ""
    post_selector: str = "article"
    mailbox: str = ""
    credentials: str = ""
    credentials_verified: dt.date | None = None
    consulted: dt.date | None = None
    administrators: tuple[Administrator, ...] = ()
    absences: tuple[Absence, ...] = ()
    plan: ActivityPlan | None = None
    party_link: bool = False
    party_marked: bool = False


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The whole register, as checked: ids are unique and every reference resolves."""

    organisation: Organisation
    boards: tuple[Board, ...]
    units: tuple[Unit, ...]
    channels: tuple[Channel, ...]

    def channel(self, channel_id: str) -> Channel:
        """The channel with that id; ``KeyError`` where there is none."""
        return {c.id: c for c in self.channels}[channel_id]

    def unit(self, unit_id: str) -> Unit:
        """The unit with that id; ``KeyError`` where there is none."""
        return {u.id: u for u in self.units}[unit_id]

    def board_of(self, channel: Channel) -> Board:
        """The authority that answers for a channel."""
        return {b.id: b for b in self.boards}[self.unit(channel.unit).board]
