"""What a page says of itself, made fit for headings, metadata and lists.

A page may name itself with half of a character, a control or a line break: WeasyPrint and XMP
cannot hold the first, and a heading is one line. The words of the layer are made readable where
they are drawn, and the page's text is attached as it came.
"""

import dataclasses as dc

from tasks.documents.letters import folded
from tasks.model import Capture, Provenance


def legible(capture: Capture, provenance: Provenance) -> tuple[Capture, Provenance]:
    """Both, with every single line of the page's own in readable characters."""
    return (
        dc.replace(
            capture,
            address=folded(capture.address),
            final_address=folded(capture.final_address),
            title=folded(capture.title),
            browser=folded(capture.browser),
            consent=folded(capture.consent),
            pressed=tuple((folded(label), times) for label, times in capture.pressed),
            hidden=tuple(map(folded, capture.hidden)),
            loosened=tuple(map(folded, capture.loosened)),
            links=tuple(map(folded, capture.links)),
        ),
        dc.replace(provenance, channel_name=folded(provenance.channel_name)),
    )
