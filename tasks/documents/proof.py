"""What vouches for a document, in its own first sheets: level, contents, digests, confirmation.

The digest of the whole file cannot stand in it; it stands in the manifest beside it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup

from tasks.documents.describing import Level
from tasks.documents.embedding import Attachment


def proof_rows(
    digests: Sequence[tuple[str, str]],
    *,
    archived: bool,
    level: Level,
    attachments: Sequence[Attachment],
) -> Iterator[tuple[str, str | Markup]]:
    """Label and words of each row.

    Args:
        digests: what was digested, in words, and its SHA-256 in hex.
        archived: whether it goes into an archive that can confirm it and keeps its manifest.
        level: the standards that the document keeps.
        attachments: the files inside it.
    """
    if archived:
        yield "Bekräftad", "Nej, preliminär. En bekräftelse antecknas i arkivets journal"
    else:
        yield "Bekräftad", "Nej. Bilden är tagen för sig och ligger inte i något arkiv"
    yield "Dokumentets format", f"{level.words}: för långtidsbevarande{_read_aloud(level)}"
    inside = {hashlib.sha256(file.data).hexdigest(): file for file in attachments}
    if inside:
        yield (
            "Bilagor i dokumentet",
            _parted(
                (Markup("{} <small>– {}</small>").format(file.name, file.described), digest)
                for digest, file in inside.items()
            ),
        )
    beside = [(what, digest) for what, digest in digests if digest not in inside]
    told = "Alla summor är SHA-256."
    if archived:
        told += " Hela filens, och en tidsstämpel där arkivet har det, ligger bredvid filen."
    yield "Kontrollsummor", _parted(beside) + Markup("<small>{}</small>").format(told)


def _read_aloud(level: Level) -> str:
    return " och läsbart med hjälpmedel" if level is Level.A3 else ""


def _parted(lines: Iterable[tuple[str, str]]) -> Markup:
    """What was digested, each with its digest below."""
    part = Markup('<div class="part">{}<br><span class="sum-of">{}</span></div>')
    return Markup("").join(part.format(what, digest) for what, digest in lines)
