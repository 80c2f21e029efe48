"""Writes the pack: one folder that holds all that an officer needs, whole or not at all.

It is built beside its place and put there by one renaming, so that a run cut short leaves nothing
that looks finished. The folder is readable by its owner alone: it holds people's words.
"""

import dataclasses as dc
import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from archive_store.errors import (
    ArchiveError,
    CaptureError,
    ExistsError,
    InputError,
    KanalarkivError,
)
from tasks.disclosure.answer import TITLES, answer_html, decision_html, read_me
from tasks.disclosure.context import Sheet, context_html, context_title
from tasks.disclosure.material import Closed, FoundSnapshot, FoundThread, Masking, Material
from tasks.disclosure.wording import moment
from tasks.disclosure.worksheet import DOCUMENTS, MASKED, Row, as_csv, as_html, row_of
from tasks.documents import html_to_pdf
from tasks.documents.excerpt import excerpt
from tasks.documents.masking import SNAPSHOT, masked
from tasks.documents.occurring import occurring

LISTED: Final = "forteckning.json"
THREAD: Final = "Tråd ur social kanal"
Progress = Callable[[int, int], None]


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What was written: hex digest of its list of files, and counts by code."""

    sha256: str
    counts: dict[str, int]


def refuse_place(folder: Path) -> None:
    """Refuse a folder in which something lies, or that cannot be made (``KanalarkivError``)."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ExistsError(
            "pack-place",
            sv=f"{folder} finns och är ingen mapp. Välj en mapp som inte finns.",
            en=f"{folder} exists and is no folder. Choose one that does not exist.",
        )
    if folder.exists() and any(folder.iterdir()):
        raise ExistsError(
            "pack-not-empty",
            sv=f"{folder} är inte tom. Välj en mapp som inte finns, så blandas inget ihop.",
            en=f"{folder} is not empty. Choose one that does not exist, so that nothing is mixed.",
        )
    if not folder.absolute().parent.is_dir():
        raise InputError(
            "pack-parent",
            sv=f"{folder.absolute().parent} finns inte. Skapa den mappen först.",
            en=f"{folder.absolute().parent} does not exist. Make that folder first.",
        )


def write_pack(material: Material, folder: Path, *, on_progress: Progress | None = None) -> Packed:
    """Write the pack.

    Args:
        material: what was found.
        folder: where; it may not exist, or is empty.
        on_progress: told how many documents of how many are done.

    Raises:
        ExistsError, InputError: the folder will not do.
        ArchiveError: ``pack-not-written``: the disk is full, or not to be written to.
    """
    refuse_place(folder)
    place = folder.absolute()
    part = place.with_name(f".{place.name}.ofullstandigt")
    shutil.rmtree(part, ignore_errors=True)  # of a run that was killed
    try:
        part.mkdir(mode=0o700)
        packed = _Writer(material, part, on_progress or (lambda done, of: None)).write()  # noqa: ARG005 - told to nobody
        part.rename(place)
    except OSError as error:
        raise ArchiveError(
            "pack-not-written",
            sv=f"Mappen {folder} kunde inte skrivas ({error.strerror}). Kontrollera plats och "
            "rättigheter och kör igen med --request; inget halvfärdigt finns kvar.",
            en=f"The folder {folder} could not be written ({error.strerror}). Check its space and "
            "permissions and run again with --request; nothing half done is left.",
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return packed


class _Writer:
    """Writes one pack into a folder of its own."""

    def __init__(self, material: Material, folder: Path, tell: Progress) -> None:
        self._m = material
        self._folder = folder
        self._tell = tell
        self._digests: dict[str, str] = {}
        self.unread: list[str] = []

    def write(self) -> Packed:
        found: list[FoundThread | FoundSnapshot | Closed] = [
            *self._m.threads,
            *self._m.snapshots,
            *self._m.closed,
        ]
        (self._folder / DOCUMENTS).mkdir()
        rows = []
        for number, one in enumerate(found, start=1):
            rows.append(self._document(row_of(number, one), one))
            self._tell(number, len(found))
        self._m = dc.replace(self._m, unread=(*self._m.unread, *self.unread))
        self._papers(tuple(rows))
        return self._listed(rows)

    def _document(self, row: Row, found: FoundThread | FoundSnapshot | Closed) -> Row:
        if isinstance(found, Closed):
            return row
        try:
            pdf = self._thread(row, found) if isinstance(found, FoundThread) else self._pages(found)
        except KanalarkivError as error:  # one document never stops the others
            self.unread.append(row.key)
            return dc.replace(
                row, file="", problem=f"Kunde inte tas fram ({error.code}): hämta den för hand."
            )
        self._put(row.file, pdf)
        return self._with_mask(row, pdf, THREAD if isinstance(found, FoundThread) else SNAPSHOT)

    def _thread(self, row: Row, found: FoundThread) -> bytes:
        where = f"Kanalarkivet, {found.key}, läst" if found.key else "Läst i kanalen"
        sheet = Sheet(
            label=f"Handling {row.number}, begäran {self._m.request}",
            organisation=self._m.organisation,
            board=found.board,
            channel=found.channel,
            address=found.address,
            source=f"{where} {moment(found.read)}.",
            made=self._m.now,
            rehearsal=self._m.rehearsal,
        )
        return html_to_pdf(
            context_html(found.thread, sheet, found.picture),
            title=context_title(found.thread, sheet),
            author=self._m.organisation,
            created=self._m.now,
        )

    def _pages(self, found: FoundSnapshot) -> bytes:
        return excerpt(found.load(), found.pages, created=self._m.now)

    def _with_mask(self, row: Row, pdf: bytes, kind: str) -> Row:
        """The row with a masked copy beside its document, where a word of the masking stands."""
        masking = self._m.masking
        if masking is None:
            return row
        try:
            copy = _masked_copy(pdf, masking, created=self._m.now, kind=kind)
        except KanalarkivError as error:
            self.unread.append(row.file)
            return dc.replace(
                row, problem=f"Kunde inte maskeras ({error.code}): maska för hand, eller neka."
            )
        if copy is None:
            return row
        name = row.file.replace(DOCUMENTS, MASKED, 1)
        (self._folder / MASKED).mkdir(exist_ok=True)
        self._put(name, copy)
        return dc.replace(row, masked=name)

    def _papers(self, rows: tuple[Row, ...]) -> None:
        decision = decision_html(self._m, rows)
        pages = {
            "svar": (TITLES[self._m.purpose], answer_html(self._m, rows)),
            "arbetsblad": ("Arbetsblad", as_html(self._m, rows)),
        }
        if decision is not None:
            pages["beslut-utkast"] = ("Utkast till beslut", decision)
        for name, (title, html) in pages.items():
            self._put(f"{name}.html", html.encode())
            pdf = html_to_pdf(
                html,
                title=f"{title}, begäran {self._m.request}",
                author=self._m.organisation,
                created=self._m.now,
            )
            self._put(f"{name}.pdf", pdf)
        self._put("arbetsblad.csv", as_csv(rows))
        text = read_me(self._m, rows, decision=decision is not None)
        self._put("LAS-MIG.txt", text.replace("\n", "\r\n").encode("utf-8-sig"))

    def _listed(self, rows: list[Row]) -> Packed:
        counts = {
            "threads": len(self._m.threads),
            "snapshots": len(self._m.snapshots),
            "closed": len(self._m.closed),
            "masked": sum(bool(row.masked) for row in rows),
            "certificates": len(self._m.culled),
            "blind": len(self._m.blind) + len(self._m.unread),
        }
        listed = {
            "request": self._m.request,
            "made": self._m.now.isoformat(),
            "software": self._m.software,
            "counts": counts,
            "files": self._digests,
        }
        data = json.dumps(listed, indent=1, sort_keys=True).encode() + b"\n"
        (self._folder / LISTED).write_bytes(data)
        return Packed(sha256=hashlib.sha256(data).hexdigest(), counts=counts)

    def _put(self, name: str, data: bytes) -> None:
        (self._folder / name).write_bytes(data)
        self._digests[name] = hashlib.sha256(data).hexdigest()


def _masked_copy(pdf: bytes, masking: Masking, *, created: dt.datetime, kind: str) -> bytes | None:
    """The masked copy; ``None`` where no word of the masking is said.

    Raises:
        CaptureError: ``mask-spoken``: a word is said where masking does not reach, such as in an
            alternative text only.
    """
    found = occurring(pdf, masking.words)
    copy = None
    if found.shown:
        copy = masked(
            pdf,
            places=(),
            words=found.shown,
            provision=masking.provision,
            created=created,
            kind=kind,
        )
        found = occurring(copy, masking.words)
    if found.shown or found.only_spoken:
        raise CaptureError(
            "mask-spoken",
            sv="Ett ord som ska maskeras sägs bara i en bildbeskrivning eller i titeln.",
            en="A word to be masked is said in an alternative text or the title only.",
        )
    return copy


__all__ = ["LISTED", "MASKED", "Packed", "refuse_place", "write_pack"]
