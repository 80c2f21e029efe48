"""A frozen list as a page for the person who is to approve it: flagged threads first, in full.

The page is made from the frozen rows and the threads as they lie in the archive now, each time that
somebody asks; the archive keeps no copy of it, so that there is none to forget (DESIGN section 1:
nothing of a person lives twice). Each thread is to be met with four questions (``QUESTIONS``).
The HTML asks for nothing from elsewhere, and what people wrote stands in it as text alone.
"""

import dataclasses as dc
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from archive_store import Archive
from tasks.culling.classes import WHY
from tasks.culling.decision import Decision
from tasks.culling.lists import FLAGS, KEEP_REASONS, Row, read_approval, read_list
from tasks.culling.protocol import count, moment
from tasks.culling.showing import Shown, show
from tasks.model import Post, Text, Visibility

QUESTIONS = {
    "case": Text("Startar eller hör tråden till ett ärende?", "Does it start or belong to a case?"),
    "complaint": Text("Är något i den en synpunkt eller ett klagomål?", "Is it a complaint?"),
    "secrecy": Text("Kan något i den omfattas av sekretess?", "May anything in it be secret?"),
    "unique": Text("Finns informationen bara här?", "Is the information found only here?"),
}
"""What an approver asks of every thread; the code is the reason to keep it or to classify it by."""

SEEN = {
    Visibility.HELD: "dold, väntar på granskning",
    Visibility.SPAM: "dold som skräppost",
    Visibility.TRASH: "i papperskorgen",
    Visibility.GONE: "borta ur kanalen",
}


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A row with what the page says of it."""

    row: Row
    name: str
    why: str
    flags: tuple[str, ...]
    keep: str
    link: str
    posts: tuple[Post, ...]
    there: bool


def list_html(archive: Archive, decision: Decision, list_id: str) -> str:
    """The list as one whole HTML document in Swedish, for a screen or for A4.

    Args:
        archive: where list and threads lie.
        decision: its board's, for the names of classes and persons.
        list_id: a living list.

    Raises:
        MissingError, RefusalError, DamageError: as ``read_list``.
    """
    list_ = read_list(archive, list_id)
    told = [_told(found, decision) for found in show(archive, list_id)]
    proposer, approval = decision.proposer(list_.by), read_approval(archive, list_id)
    return (
        _environment()
        .get_template("lista.html")
        .render(
            l=list_,
            d=decision,
            rehearsal=archive.rehearsal,
            proposer=proposer.name if proposer else list_.by,
            approval=approval,
            flagged=[each for each in told if each.flags],
            rest=[each for each in told if not each.flags],
            questions=QUESTIONS,
            reasons={code: KEEP_REASONS[code].sv for code in ("case", "complaint", "unique")},
        )
    )


def _told(found: Shown, decision: Decision) -> _Told:
    row, thread = found.row, found.thread
    names = {each.rule: each.name for each in decision.classes}
    return _Told(
        row=row,
        name=names.get(row.rule, row.rule),
        why=WHY[row.why].sv if row.why in WHY else "",
        flags=tuple(FLAGS[code].sv for code in row.flags),
        keep=KEEP_REASONS[row.keep].sv if row.keep else "",
        link=_safe(thread.permalink) if thread and "gone" not in row.flags else "",
        posts=tuple(sorted(thread.posts, key=lambda post: post.published)) if thread else (),
        there=thread is not None,
    )


def _safe(address: str) -> str:
    """An address that may be followed from the page, or ``""``."""
    return address if urlsplit(address).scheme in {"http", "https"} else ""


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        {"moment": moment, "count": count, "seen": lambda state: SEEN.get(state, "")}
    )
    return environment
