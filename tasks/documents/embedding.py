"""Files that go with a document, inside it: allowed from PDF/A-3 on (ISO 19005-3, 6.8)."""

import dataclasses as dc
import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Literal

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from archive_store.errors import InputError


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file inside the document.

    Attributes:
        name: of the file, ASCII, unique in the document.
        data: its bytes.
        mime: media type, such as ``"text/plain"``.
        relationship: what it is to the pages (AFRelationship).
        described: one sentence for the reader's list of attachments.
    """

    name: str
    data: bytes
    mime: str
    relationship: Literal["Source", "Data", "Alternative", "Supplement", "Unspecified"]
    described: str


def embed(pdf: pikepdf.Pdf, attachments: Sequence[Attachment], modified: dt.datetime) -> None:
    """Put the files into ``pdf``, named in the catalogue and associated with the whole document.

    Raises:
        InputError: ``attachment-name``; two files have one name.
    """
    if not attachments:
        return
    names = sorted(attachments, key=lambda attachment: attachment.name)
    if len({attachment.name for attachment in names}) < len(names):
        raise InputError(
            "attachment-name",
            sv="Två bilagor i dokumentet har samma namn. Ge varje bilaga ett eget.",
            en="Two files in the document have the same name. Give each a name of its own.",
        )
    files = {item.name: pdf.make_indirect(_file(pdf, item, modified)) for item in names}
    tree = Array()
    for name, file in files.items():
        tree.append(String(name))
        tree.append(file)
    if "/Names" not in pdf.Root:
        pdf.Root.Names = Dictionary()
    pdf.Root.Names.EmbeddedFiles = pdf.make_indirect(Dictionary(Names=tree))
    pdf.Root.AF = pdf.make_indirect(Array(list(files.values())))


def _file(pdf: pikepdf.Pdf, attachment: Attachment, modified: dt.datetime) -> Dictionary:
    stream = pikepdf.Stream(pdf, attachment.data)
    stream.Type, stream.Subtype = Name.EmbeddedFile, Name(f"/{attachment.mime}")
    stream.Params = Dictionary(
        Size=len(attachment.data),
        ModDate=String(modified.astimezone(dt.UTC).strftime("D:%Y%m%d%H%M%SZ")),
        CheckSum=String(hashlib.md5(attachment.data, usedforsecurity=False).digest()),
    )
    held = pdf.make_indirect(stream)
    return Dictionary(
        Type=Name.Filespec,
        F=String(attachment.name),
        UF=String(attachment.name),
        Desc=String(attachment.described),
        AFRelationship=Name(f"/{attachment.relationship}"),
        EF=Dictionary(F=held, UF=held),
    )
