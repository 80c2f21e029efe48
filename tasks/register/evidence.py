"""What is known of the channels beside the register; whatever is ``None`` is not known.

Flows gather it from the archive and hand it to ``check``; this room reads no archive. Only ids,
codes, dates and numbers.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Mapping

from tasks.model import Occasion, Text


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotTaken:
    """A snapshot in the archive: whose, why, on which Stockholm date, and whether confirmed."""

    channel: str
    occasion: Occasion
    date: dt.date
    confirmed: bool


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class WebsiteLinks:
    """A channel's own posts in the last year, and how many of them link to the body's website."""

    posts: int
    linked: int


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that may be known; a channel's id is the key of each mapping.

    Attributes:
        archive_since: Stockholm date from which the archive answers for snapshots and reports;
            where ``None``, the two latest duty dates and the latest year are asked for.
        harvested: when each channel was last harvested whole; without it, never.
        snapshots: those in the archive, all channels.
        oldest_open_minutes: calendar minutes that the oldest unanswered comment has waited; 0
            where none waits.
        boards_with_decision: boards with a culling decision in force.
        backlog: threads past the decision's latest day.
        reports: years whose report is delivered to the units' managers and the information unit.
        collection_page: whether the public page is up and shows the register as it is.
        plans_archived: channels whose activity plan lies in the archive as it now reads.
        senders: what each channel's page showed of sender and contact when it was last captured
            (codes of ``tasks.register.sender``).
        flagged: posts that screening holds for a person's judgement.
        removals_waiting: forbidden content that is still in view.
        searchable: whether search covers living and kept posts and snapshots, up to date.
        crises: crisis periods that have not ended, by when they began; no key where there is none.
        website_links: own posts with and without a link to the website.
    """

    archive_since: dt.date | None = None
    harvested: Mapping[str, dt.datetime] | None = None
    snapshots: tuple[SnapshotTaken, ...] | None = None
    oldest_open_minutes: Mapping[str, int] | None = None
    boards_with_decision: frozenset[str] | None = None
    backlog: Mapping[str, int] | None = None
    reports: frozenset[int] | None = None
    collection_page: bool | None = None
    plans_archived: frozenset[str] | None = None
    senders: Mapping[str, frozenset[str]] | None = None
    flagged: Mapping[str, int] | None = None
    removals_waiting: Mapping[str, int] | None = None
    searchable: bool | None = None
    crises: Mapping[str, dt.date] | None = None
    website_links: Mapping[str, WebsiteLinks] | None = None


NAMES: Mapping[str, Text] = {
    "harvested": Text("senaste insamling", "last harvest"),
    "snapshots": Text("ögonblicksbilder", "snapshots"),
    "oldest_open_minutes": Text("obesvarade kommentarer", "unanswered comments"),
    "boards_with_decision": Text("gallringsbeslut i kraft", "culling decisions in force"),
    "backlog": Text("eftersläpande gallring", "overdue culling"),
    "reports": Text("lämnade årsrapporter", "yearly reports delivered"),
    "collection_page": Text("samlingssidan", "the collection page"),
    "plans_archived": Text("arkiverade aktivitetsplaner", "archived activity plans"),
    "senders": Text("kanalens sida, fångad", "the channel's page, captured"),
    "flagged": Text("granskning av inlägg", "screening of posts"),
    "removals_waiting": Text("innehåll som ska döljas", "content to be hidden"),
    "searchable": Text("sökbarhet", "search"),
    "crises": Text("krislägen", "crisis periods"),
    "website_links": Text("länkar till webbplatsen", "links to the website"),
}
"""What each kind of evidence is called in a hint that it is unknown."""

BY_CHANNEL = frozenset(
    {
        "oldest_open_minutes",
        "backlog",
        "senders",
        "flagged",
        "removals_waiting",
        "website_links",
    }
)
"""Evidence in which a channel without a key is a channel that nothing is known of."""
