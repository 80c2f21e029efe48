"""Documents for the diary: each thread that is to be registered, in context, as PDF/A.

The work list is what ``tasks.culling.filing`` finds; here the document is joined to it. Registering
itself is done in the body's diary by a person, who then enters the dnr.
"""

import base64
from collections.abc import Mapping
from typing import Final

from archive_store import Archive, Entry, Package
from flows.circumstances import grounds, require_judge
from flows.classifying import decision_of
from flows.house import House
from tasks.bases.pictures import small
from tasks.culling.filing import ToFile, filed, put_document, to_file
from tasks.culling.ground import Ground
from tasks.disclosure import Sheet, context_html, context_title
from tasks.disclosure.context import Picture
from tasks.discreet import discreet
from tasks.documents import html_to_pdf
from tasks.model import Media

LONGEST_SIDE: Final = 1240  # pixels of a picture on the page: about 200 to the inch


def work_list(house: House) -> list[ToFile]:
    """What waits for its dnr on the house's channels."""
    return to_file(house.archive, grounds(house))


def make_documents(house: House) -> int:
    """Make the document of each waiting thread that lacks one, or has changed; how many."""
    made = 0
    for waiting in work_list(house):
        if waiting.document is None:
            with discreet("filing", waiting.thread.channel):
                put_document(house.archive, waiting, document(house, waiting), house.now)
            made += 1
    return made


def document(house: House, waiting: ToFile) -> bytes:
    """The thread in context, as it is to be registered."""
    thread = waiting.thread
    channel = house.register.channel(thread.channel)
    sheet = Sheet(
        label="Handling att registrera",
        organisation=house.register.organisation.name,
        board=house.register.board_of(channel).name,
        channel=channel.name,
        address=channel.address,
        source=f"Kanalarkivet, kontrollsumma {waiting.sha256[:16]}…",
        made=house.now,
        rehearsal=house.archive.rehearsal,
    )
    return html_to_pdf(
        context_html(thread, sheet, _pictures(house.archive, waiting.package)),
        title=context_title(thread, sheet),
        author=house.register.organisation.name,
        created=house.now,
    )


def enter(house: House, channel: str, reference: str, *, dnr: str, by: str) -> Entry | None:
    """Enter the dnr of a thread, by somebody whom the decision or the register names."""
    decision = decision_of(house, channel)
    require_judge(house, decision, by)
    found: Mapping[str, Ground] = grounds(house)
    ground = found.get(channel) or Ground(decision=decision, now=house.now)
    return filed(house.archive, ground, channel, reference, dnr=dnr, by=by, now=house.now)


def _pictures(archive: Archive, package: Package) -> Picture:
    """Gives the stored pictures of a package; what is no readable picture is left to its words."""

    def given(media: Media) -> str:
        found = small(archive.read(package, media.file), LONGEST_SIDE) if media.file else None
        if found is None:
            return ""
        return f"data:{found.media_type};base64,{base64.b64encode(found.data).decode()}"

    return given
