"""Every PDF that is made, finished or read: the only door to WeasyPrint, pikepdf and pypdf."""

from tasks.documents.describing import Level
from tasks.documents.markup import html_to_pdf
from tasks.documents.masking import Place, masked
from tasks.documents.read_back import ReadBack, read_back
from tasks.documents.rendered import rendered_pdf
from tasks.documents.snapshot import SnapshotPdf, snapshot_pdf

__all__ = [
    "Level",
    "Place",
    "ReadBack",
    "SnapshotPdf",
    "html_to_pdf",
    "masked",
    "read_back",
    "rendered_pdf",
    "snapshot_pdf",
]
