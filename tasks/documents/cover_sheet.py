"""The cover sheet (följesedel) of a PDF that a person hands in, which carries the file inside.

The pages that were handed in cannot be made PDF/A without being drawn anew, and would then no
longer be what was handed in. So the sheet is a document of its own, PDF/A-3a and PDF/UA-1, that
says what the file says of itself and holds it unchanged as an attachment, as PDF/A-3 allows for
files of any kind (ISO 19005-3, 6.8). The validity is the sheet's, not the attachment's.
"""

import datetime as dt
import functools
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import jinja2
import pikepdf
from babel.numbers import format_decimal

from tasks.documents.describing import Metadata
from tasks.documents.embedding import Attachment
from tasks.documents.finishing import finish
from tasks.documents.incoming import IncomingPdf
from tasks.documents.markup import CREATOR, drawn
from tasks.documents.provenance import moment_words


def covered(  # noqa: PLR0913 - what a cover sheet tells, each by name
    data: bytes,
    statement: IncomingPdf,
    *,
    channel_name: str,
    organisation: str,
    received: dt.datetime,
    told: Mapping[str, str],
) -> bytes:
    """A cover sheet as PDF/A-3a and PDF/UA-1 with the file inside; same input, same bytes.

    Args:
        data: the PDF as it came.
        statement: what ``examined`` said of it.
        channel_name: of which channel it is.
        organisation: the public body.
        received: when it was handed in.
        told: more lines for the sheet, by label in Swedish.
    """
    title = f"Följesedel till inlämnad PDF av {channel_name}"
    html = _template().render(
        title=title,
        channel_name=channel_name,
        organisation=organisation,
        rows=[
            ("Inlämnad", f"{moment_words(received)} svensk tid"),
            *told.items(),
            *_rows(statement),
        ],
    )
    metadata = Metadata(title=title, author=organisation, created=received, creator=CREATOR)
    original = Attachment(
        name="inlamnad.pdf",
        data=data,
        mime="application/pdf",
        relationship="Source",
        described="Filen som den kom, oförändrad",
    )
    with pikepdf.open(io.BytesIO(drawn(html))) as pdf:
        return finish(pdf, metadata, attachments=[original])


def _rows(statement: IncomingPdf) -> Iterator[tuple[str, str]]:
    pages = "sida" if statement.pages == 1 else "sidor"
    size = f"{_number(statement.pages)} {pages}, {_number(statement.size)} byte"
    yield "Filen", f"PDF {statement.version}, {size}"
    claim = statement.claims
    yield (
        "Uppger sig vara",
        f"{claim} (filens egen uppgift, inte prövad här)" if claim else "Inget arkivformat",
    )
    yield "Sökbar text", _text_words(statement)
    yield (
        "Skript och åtgärder",
        ", ".join(_ACTIVE_WORDS[name] for name in statement.active) or "Inga",
    )
    yield "Begränsningar", "Filen begränsar vad läsare får göra" if statement.encrypted else "Inga"
    extras = [
        f"{statement.attachments} {'bilaga' if statement.attachments == 1 else 'bilagor'}"
        if statement.attachments
        else "",
        "formulär" if statement.forms else "",
        "elektronisk underskrift" if statement.signed else "",
    ]
    yield "Innehåller även", ", ".join(filter(None, extras)) or "Inget"
    if statement.repaired:
        yield "Skick", "Filens uppbyggnad är skadad; läsare kan visa den olika"
    yield "Kontrollsumma (SHA-256)", statement.sha256


def _text_words(statement: IncomingPdf) -> str:
    if statement.searchable:
        return "Ja"
    if not statement.worded:
        return "Nej: sidorna är bilder"
    return f"Delvis: {statement.worded} av {statement.tried} prövade sidor"


_ACTIVE_WORDS: Final = {
    "/JavaScript": "skript (JavaScript)",
    "/Launch": "start av program",
    "/ImportData": "inläsning av uppgifter",
    "/SubmitForm": "sändning av formulär",
    "/Movie": "film",
    "/AA": "åtgärder som startar av sig själva",
}


def _number(number: int) -> str:
    return str(format_decimal(number, locale="sv_SE"))


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("foljesedel.html")
