"""Documents of ours with one defect each, named by it: a validator that accepts one is blind to it.

Each is made from a good document of its level by a few lines, so that nothing else is wrong.
"""

import dataclasses as dc
import datetime as dt
import io
from collections.abc import Callable, Iterator

import pikepdf
from pikepdf import Dictionary, Name, String

from tasks.documents.finishing import Attachment, Level, Metadata, finish
from tasks.documents.markup import drawn

MADE = dt.datetime(2026, 1, 15, 7, 0, tzinfo=dt.UTC)
DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4"
    "nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
)
HTML = f"""<html lang="sv"><title>Protokoll</title>
<style>@page {{ size: A5; @bottom-right {{ content: "Sida " counter(page) }} }}</style>
<h1>Gallringsprotokoll 2026-001 ✅ 😀</h1><h2>Kanaler</h2>
<p>Åtta trådar. <a href="https://sjovik.example/">Webbplatsen</a>, <a href="#slut">slutet</a></p>
<table><thead><tr><th>Kanal</th><th>Trådar</th></tr></thead>
<tbody><tr><th>kommunbloggen</th><td>8</td></tr></tbody></table>
<img alt="En punkt" src="{DOT}"><ul><li>Ett</li><li>Två</li></ul><h2 id="slut">Slut</h2>"""

LIST = Attachment(
    name="kanaler.txt",
    data="kommunbloggen: 8 trådar\n".encode(),
    mime="text/plain",
    relationship="Data",
    described="Kanalerna i protokollet",
)


def good(level: Level = Level.A3) -> bytes:
    """A document with a heading, a table, links, a picture and emoji; a file inside at A3."""
    with pikepdf.open(io.BytesIO(drawn(HTML))) as pdf:
        metadata = Metadata(title="Protokoll", author="Sjöviks kommun", created=MADE)
        files = (LIST,) if level is Level.A3 else ()
        return finish(pdf, metadata, level=level, attachments=files)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class KnownBad:
    """A defective file.

    Attributes:
        flavour: the standard that forbids it: ``"3a"``, ``"ua1"`` or ``"1b"``.
        data: its bytes.
    """

    flavour: str
    data: bytes


Change = Callable[[pikepdf.Pdf], None]
_CHANGES: dict[str, tuple[str, Change]] = {}


def _bad(flavour: str) -> Callable[[Change], Change]:
    def keep(change: Change) -> Change:
        _CHANGES[change.__name__.replace("_", " ")] = (flavour, change)
        return change

    return keep


def known_bad() -> dict[str, KnownBad]:
    """Every bad file by the name of its defect."""
    sources = {"1b": good(Level.A1), "3a": good(), "ua1": good()}
    found = {
        name: KnownBad(flavour=flavour, data=_changed(sources[flavour], change))
        for name, (flavour, change) in _CHANGES.items()
    }
    locked = pikepdf.Encryption(owner="o", user="")
    return found | {
        "encrypted": KnownBad(flavour="3a", data=_changed(sources["3a"], untouched, locked)),
        "truncated": KnownBad(flavour="3a", data=sources["3a"][: len(sources["3a"]) // 2]),
        "packs its objects": KnownBad(flavour="1b", data=_packed(sources["1b"])),
    }


def untouched(_: pikepdf.Pdf) -> None:
    """Nothing is spoiled: a file saved so must still be accepted."""


def spoiled(change: Change, level: Level = Level.A3) -> bytes:
    """The good document of that level after ``change``."""
    return _changed(good(level), change)


def _changed(data: bytes, change: Change, locked: pikepdf.Encryption | None = None) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        options = {"encryption": locked} if locked else {}
        pdf.save(target, static_id=True, fix_metadata_version=False, **options)
    return target.getvalue()


def _packed(data: bytes) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, static_id=True)
    return target.getvalue()


@_bad("3a")
def starts_a_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert('hej')"))


@_bad("3a")
def has_no_output_intent(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.OutputIntents


@_bad("3a")
def has_no_xmp(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Metadata


@_bad("1b")
def tells_another_title_in_xmp(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata.write(pdf.Root.Metadata.read_bytes().replace(b">Protokoll<", b">Annat<"))


@_bad("3a")
def has_a_link_that_does_not_print(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots[0].F = 0


@_bad("3a")
def has_no_structure_tree(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.StructTreeRoot


@_bad("3a")
def has_letters_without_meaning(pdf: pikepdf.Pdf) -> None:
    for font in _fonts(pdf):
        del font["/ToUnicode"]


@_bad("3a")
def has_a_font_that_is_not_inside(pdf: pikepdf.Pdf) -> None:
    for font in _fonts(pdf):
        del font.DescendantFonts[0].FontDescriptor["/FontFile2"]


@_bad("3a")
def has_a_picture_that_is_smoothed(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == Name.Image:
            item.Interpolate = True


@_bad("3a")
def has_a_file_inside_that_is_associated_with_nothing(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.AF
    del pdf.Root.Names.EmbeddedFiles.Names[1]["/AFRelationship"]


@_bad("ua1")
def has_a_figure_without_alternative_text(pdf: pikepdf.Pdf) -> None:
    for figure in _elements(pdf, "/Figure"):
        del figure["/Alt"]


@_bad("ua1")
def has_no_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


@_bad("ua1")
def shows_its_file_name_for_a_title(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.ViewerPreferences


@_bad("ua1")
def jumps_from_the_first_heading_to_the_third(pdf: pikepdf.Pdf) -> None:
    for heading in _elements(pdf, "/H2"):
        heading.S = Name.H3


@_bad("ua1")
def has_header_cells_that_head_nothing(pdf: pikepdf.Pdf) -> None:
    for cell in _elements(pdf, "/TH"):
        del cell.A["/Scope"]


@_bad("ua1")
def has_links_without_a_description(pdf: pikepdf.Pdf) -> None:
    for note in pdf.pages[0].Annots:
        del note["/Contents"]


@_bad("ua1")
def does_not_follow_the_structure_by_tab(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0].obj["/Tabs"]


@_bad("ua1")
def draws_what_no_element_holds(pdf: pikepdf.Pdf) -> None:
    drawing = pdf.pages[0].Contents.read_bytes()
    pdf.pages[0].Contents = pdf.make_stream(drawing + b"\n0 0 40 40 re f\n")


@_bad("ua1")
def does_not_say_that_it_is_pdf_ua(pdf: pikepdf.Pdf) -> None:
    told = pdf.Root.Metadata.read_bytes()
    pdf.Root.Metadata.write(told.replace(b"<pdfuaid:part>1</pdfuaid:part>", b""))


@_bad("1b")
def is_half_transparent(pdf: pikepdf.Pdf) -> None:
    resources = pdf.pages[0].Resources
    resources.ExtGState.Half = Dictionary(Type=Name.ExtGState, ca=0.5)
    drawing = pdf.pages[0].Contents.read_bytes()
    pdf.pages[0].Contents = pdf.make_stream(b"/Half gs\n" + drawing)


@_bad("1b")
def has_a_picture_that_the_sheet_shines_through(pdf: pikepdf.Pdf) -> None:
    mask = pdf.make_stream(b"\x80")
    mask.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1,
        BitsPerComponent=8, ColorSpace=Name.DeviceGray,
    )  # fmt: skip
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == Name.Image:
            item.SMask = mask
            return


@_bad("1b")
def has_a_file_inside(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["kanaler.txt"] = LIST.data


@_bad("1b")
def does_not_list_the_characters_of_its_fonts(pdf: pikepdf.Pdf) -> None:
    for font in _fonts(pdf):
        del font.DescendantFonts[0].FontDescriptor["/CIDSet"]


def _fonts(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    for item in pdf.objects:
        if isinstance(item, Dictionary) and item.get("/Subtype") == Name.Type0:
            yield item


def _elements(pdf: pikepdf.Pdf, kind: str) -> Iterator[pikepdf.Object]:
    for item in pdf.objects:
        if isinstance(item, Dictionary) and item.get("/S") == kind and "/P" in item:
            yield item


DEFECTS = (*_CHANGES, "encrypted", "truncated", "packs its objects")
"""The names of all defects, in the order of :func:`known_bad`."""

__all__ = ["DEFECTS", "LIST", "KnownBad", "good", "known_bad", "spoiled", "untouched"]
