"""A request for a public record: what was found, in context, as a pack to answer it with.

Nothing is masked without a provision, nobody is asked who they are, and the request itself is
forgotten after its own short time (notes: law and practice).
"""

from tasks.disclosure.context import Sheet, context_html, context_title

__all__ = ["Sheet", "context_html", "context_title"]
