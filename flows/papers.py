"""A document that culling leaves besides its JSON: printed as PDF/A once, and kept for ever.

The JSON is committed with what it tells of; a run that was killed in between is finished by the
next, which finds the paper missing.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Callable, Mapping

from archive_store import Commit, Draft, Entry
from flows.house import House
from tasks.discreet import discreet
from tasks.documents import html_to_pdf


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What is printed, and how it is known.

    Attributes:
        base: of its keys, without ending.
        event: the journal's word for it; also begins the key under which it happens once.
        number: of the certificate that it is, or belongs to.
        part: number of the supplement; ``None`` for the certificate itself.
        board: whose.
        kind: the label that it is found by.
        title: of the PDF.
        html: makes what it says, where it is to be printed.
        created: the time that the PDF tells.
        labels: others than kind, number and board.
    """

    base: str
    event: str
    number: str
    board: str
    kind: str
    title: str
    html: Callable[[], str]
    created: dt.datetime
    part: int | None = None
    labels: Mapping[str, str] = dc.field(default_factory=dict)

    @property
    def once(self) -> str:
        """The journal's key under which it may happen only once."""
        return ":".join([self.event, self.number, *([] if self.part is None else [str(self.part)])])


def keep_paper(house: House, paper: Paper) -> tuple[Entry, bool]:
    """Print a paper that the archive lacks.

    Returns:
        The entry by which it is kept, and whether it was made now.

    Raises:
        KanalarkivError: it could not be printed, or a culling of the board is under way.
    """
    if (done := house.archive.once(paper.once)) is not None:
        return done, False
    with discreet(paper.event, paper.number):
        pdf = html_to_pdf(
            paper.html(),
            title=paper.title,
            author=house.register.organisation.name,
            created=paper.created,
        )
        draft = Draft(
            base=paper.base,
            files={"pdf": pdf},
            about={"number": paper.number},
            labels={
                "kind": paper.kind,
                "number": paper.number,
                "board": paper.board,
                **paper.labels,
            },
        )
        with house.archive.lease(f"cull-{paper.board}"):
            house.archive.sweep(f"{paper.base}.")  # what a killed run left of it
            change = Commit(
                event=paper.event,
                now=house.now,
                actor="cull",
                drafts=(draft,),
                once=paper.once,
                facts={"number": paper.number},
            )
            return house.archive.commit(change), True
