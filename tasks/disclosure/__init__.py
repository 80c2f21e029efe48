"""A request for a public record: what was found, in context, as a pack to answer it with.

Nothing is masked without a provision, nobody is asked who they are, and the request itself is
forgotten after its own short time (notes: law and practice).
"""

from tasks.disclosure.context import Sheet, context_html, context_title
from tasks.disclosure.material import (
    Closed,
    Culled,
    FoundSnapshot,
    FoundThread,
    Look,
    Masking,
    Material,
)
from tasks.disclosure.pack import Packed, Progress, refuse_place, write_pack
from tasks.disclosure.request import OUTCOMES, PURPOSES, Request

__all__ = [
    "OUTCOMES",
    "PURPOSES",
    "Closed",
    "Culled",
    "FoundSnapshot",
    "FoundThread",
    "Look",
    "Masking",
    "Material",
    "Packed",
    "Progress",
    "Request",
    "Sheet",
    "context_html",
    "context_title",
    "refuse_place",
    "write_pack",
]
