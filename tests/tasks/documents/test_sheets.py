"""The page's own sheets: its pixels, its words in order, its links and its structure."""

import io
import zlib
from typing import Any

import page as validation
import pikepdf
import pypdf
import pytest
from PIL import Image

from archive_store.errors import CaptureError
from tasks.documents import read_back
from tasks.documents.building import uri
from tasks.documents.describing import Level
from tasks.documents.layout import A4, MARGIN, Layout
from tasks.model import Band, Block, Box, Word
from tests.tasks.documents.built import document, opened
from tests.tasks.documents.samples import WIDTH, Page, bands, capture, picture, png

PROFILES = (validation.ValidationProfile.PDF_A_3A, validation.ValidationProfile.PDF_UA_1)


def assert_kept(data: bytes) -> None:
    for profile in PROFILES:
        report = validation.validate_pdf_bytes(data, profile=profile)
        assert report.is_compliant, [failure.rule_id for failure in report.failures]


def tree(element: pikepdf.Object) -> Any:
    """An element as its type and its elements; marked content and annotations left out."""
    kids = [kid for kid in element.K if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]
    name = str(element.S)[1:]
    return (name, *map(tree, kids)) if kids else name


def sections(data: bytes, kind: str = "/Sect") -> list[Any]:
    """The page's own part of the structure."""
    with opened(data) as pdf:
        return [tree(kid) for kid in pdf.Root.StructTreeRoot.K[0].K if kind == kid.S]


def short() -> Page:
    page = Page()
    page.write("h1", "Sjöviks kommun")
    page.write("h4", "Snön röjs", post=0)
    page.write("p", "Så plogas centrum i natt", post=0)
    page.write("li", "Gång- och cykelvägar först", post=0)
    page.write("li", "Bilvägar sedan", post=0)
    page.draw("Plogbil på Storgatan", 120, link=page.target("https://sjovik.example/b"), post=0)
    page.write("h2", "Badet öppnar", link=page.target("https://sjovik.example/bad"), post=1)
    page.draw("", 50, post=1)
    return page


def test_every_band_is_on_its_sheet_with_the_browsers_own_pixels() -> None:
    page = short()
    page.y = 1400
    data = document(page)
    given = capture(page)
    reader = pypdf.PdfReader(io.BytesIO(data))
    assert len(reader.pages) == 1 + len(given.bands) == 4
    with opened(data) as pdf:
        for band, sheet, own in zip(
            given.bands, reader.pages[1:], list(pdf.pages)[1:], strict=True
        ):
            expected = Image.open(io.BytesIO(band.picture)).tobytes()
            (image,) = sheet.images
            assert image.image.size == (band.width, band.height)
            assert image.image.tobytes() == expected
            assert own.Resources.XObject.Band.read_bytes() == expected


def test_a_jpeg_goes_in_as_it_is() -> None:
    target = io.BytesIO()
    picture(WIDTH, 300).save(target, "JPEG", quality=90)
    band = Band(top=0, width=WIDTH, height=300, picture=target.getvalue())
    data = document(short(), bands=(band,), blocks=())
    assert_kept(data)
    with opened(data) as pdf:
        image = pdf.pages[1].Resources.XObject.Band
        assert image.Filter == "/DCTDecode"
        assert image.read_raw_bytes() == target.getvalue()


def test_bands_stand_at_the_top_in_one_scale_and_within_the_margins() -> None:
    layout = Layout(bands(1300, 500, 960))
    assert len({sheet.scale for sheet in layout.sheets}) == 1
    for sheet in layout.sheets:
        assert sheet.picture.top == A4[1] - MARGIN
        assert sheet.picture.bottom >= MARGIN
        assert sheet.picture.left >= MARGIN
        assert sheet.picture.right == pytest.approx(A4[0] - sheet.picture.left)
    tall = Layout(bands(3000, 1500, 960)).sheets[0]
    assert tall.picture.bottom == pytest.approx(MARGIN)
    assert tall.picture.left > MARGIN


def test_the_structure_tells_posts_headings_lists_figures_and_links() -> None:
    data = document(short())
    assert sections(data) == [
        ("Sect", "H1"),
        ("Sect", "H2", "P", ("L", ("LI", "LBody"), ("LI", "LBody")), ("P", ("Link", "Figure"))),
        ("Sect", ("H2", "Link"), "Figure"),
    ]
    assert_kept(data)


def test_figures_say_what_they_show_and_where() -> None:
    page = short()
    with opened(document(page)) as pdf:
        figures = [item for item in pdf.objects if _is_element(item, "/Figure")]
        assert {str(figure.Alt) for figure in figures} == {
            "Plogbil på Storgatan",
            "Bild utan beskrivning",
        }
        layout = Layout(capture(page).bands)
        block = page.blocks[-1]
        place = layout.sheets[layout.sheet_at(block.box.y)].place(block.box)
        box = next(f.A.BBox for f in figures if str(f.Alt) == "Bild utan beskrivning")
        assert [float(side) for side in box] == pytest.approx(place, abs=0.01)


def _is_element(item: pikepdf.Object, kind: str) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/S") == kind


def test_what_lies_on_two_sheets_is_one_element_with_marks_on_both() -> None:
    page = Page()
    page.y = 460
    text = "Så plogas centrum i natt och i morgon bitti och sedan alla andra dagar " * 4
    page.write("p", text.strip(), link=page.target("https://sjovik.example/snö"))
    page.draw("En mycket hög bild", 700)
    data = document(page)
    assert_kept(data)
    assert sections(data) == [("Sect", ("P", "Link"), "Figure")]
    with opened(data) as pdf:
        (link,) = [item for item in pdf.objects if _is_element(item, "/Link")]
        marks = [kid for kid in link.K if not isinstance(kid, pikepdf.Dictionary)]
        others = [str(kid.Type) for kid in link.K if isinstance(kid, pikepdf.Dictionary)]
        assert (len(marks), others) == (1, ["/MCR", "/OBJR", "/OBJR"])
        (figure,) = [item for item in pdf.objects if _is_element(item, "/Figure")]
        assert len(figure.K) == 2
        assert "/A" not in figure
    assert " ".join(" ".join(read_back(data).texts[1:]).split()) == text.strip()


def test_columns_over_two_sheets_are_read_one_after_the_other() -> None:
    """The tree keeps the order of reading where the sheets cannot."""
    page = Page()
    columns = []
    for x, name in ((10, "vänster"), (250, "höger")):
        words = [Word(f"{name}{n}", Box(x, 400 + 20 * n, 80, 18)) for n in range(10)]
        columns.append(Block(kind="p", words=tuple(words), box=Box(x, 400, 80, 200)))
    page.blocks, page.y = columns, 900
    with opened(document(page)) as pdf:
        paragraphs = [kid for kid in pdf.Root.StructTreeRoot.K[0].K[-1].K if kid.S == "/P"]
        assert [len(paragraph.K) for paragraph in paragraphs] == [2, 2]
    assert_kept(document(page))


def test_the_sheets_read_as_the_page_does_with_words_parted_and_joined_alike() -> None:
    page = short()
    broken = [
        Word("snö", Box(400, page.y, 60, 18), spaced=False),
        Word("röjning", Box(10, page.y + 20, 60, 18)),
        Word("halka", Box(78, page.y + 20, 40, 18), spaced=False),
        Word("bekämpning", Box(118, page.y + 20, 80, 18)),
    ]
    page.blocks.append(Block(kind="p", words=tuple(broken), box=Box(10, page.y, 460, 40)))
    page.y += 50
    lines = read_back(document(page)).texts[1].splitlines()
    assert [line.strip() for line in lines if line.strip()] == [
        "Sjöviks kommun",
        "Snön röjs",
        "Så plogas centrum i natt",
        "Gång- och cykelvägar först",
        "Bilvägar sedan",
        "Badet öppnar",
        "snö",
        "röjning halkabekämpning",
    ]


def test_links_lead_where_they_should_and_are_named_and_printed() -> None:
    page = Page()
    long = "Läs mer om hur gatorna plogas i vinter och vilka vägar som går först i natt"
    page.write("p", long, link=page.target("https://sjovik.example/snö?a=1%20b", "Läs om snö"))
    page.write("p", "skriv", link=page.target("mailto:info@sjovik.example"))
    with opened(document(page)) as pdf:
        first, second = pdf.pages[1].Annots
        assert str(first.A.URI) == "https://sjovik.example/sn%C3%B6?a=1%20b"
        assert (str(first.Contents), int(first.F)) == ("Läs om snö", 4)
        assert len(first.QuadPoints) == 16
        left, bottom, right, top = (float(side) for side in first.Rect)
        xs = [float(x) for x in list(first.QuadPoints)[::2]]
        ys = [float(y) for y in list(first.QuadPoints)[1::2]]
        assert (min(xs), min(ys), max(xs), max(ys)) == (left, bottom, right, top)
        assert str(second.Contents) == "mailto:info@sjovik.example"
        assert all("/StructParent" in note for note in (first, second))
        assert pdf.pages[1].Tabs == "/S"


def test_a_link_that_is_too_long_for_a_pdf_is_read_but_leads_nowhere() -> None:
    page = Page()
    page.write("p", "hit", link=page.target(f"https://sjovik.example/{'a' * 9000}"))
    data = document(page)
    assert read_back(data).links == ()
    assert sections(data) == [("Sect", "P")]
    assert uri("https://sjovik.example/\ud800") == "https://sjovik.example/?"


def test_words_outside_the_page_are_kept_within_its_edges() -> None:
    page = Page()
    far = [
        Word("utanför", Box(-9000, -50, 100, 20)),
        Word("långt", Box(5000, 99_999, 100, 20)),
        Word("tom", Box(10, 10, 0, 0)),
        Word("ogiltig", Box(float("nan"), float("nan"), float("inf"), float("nan"))),
    ]
    page.blocks = [Block(kind="p", words=tuple(far), box=Box(0, 0, 100, 20))]
    page.y = 900
    data = document(page)
    assert_kept(data)
    text = " ".join(read_back(data).texts[1:])
    assert set(text.split()) == {"utanför", "långt", "tom", "ogiltig"}


def test_headings_begin_at_the_first_level_and_skip_none() -> None:
    page = Page()
    for kind in ("h3", "h6", "h2", "h4", "h1", "h6"):
        page.write(kind, "Rubrik")
    assert sections(document(page)) == [("Sect", "H1", "H2", "H2", "H3", "H1", "H2")]


def test_the_same_page_gives_the_same_bytes() -> None:
    assert document(short()) == document(short())


def test_very_many_posts_blocks_and_links_keep_the_limits_of_pdf_1_4() -> None:
    page = Page()
    link, place = page.target("https://sjovik.example/"), Box(10, 10, 50, 18)
    words = tuple(Word(f"o{n}", place, link if n % 2 else None) for n in range(4100))
    page.blocks = [Block(kind="p", words=words, box=place)]
    page.blocks += [
        Block(kind="p", words=(Word("x", Box(10, 600, 50, 18)),), box=place, post=n)
        for n in range(4100)
    ]
    page.y = 900
    data = document(page, level=Level.A1, post_texts=())
    report = validation.validate_pdf_bytes(data, profile=validation.ValidationProfile.PDF_A_1B)
    assert report.is_compliant, [failure.rule_id for failure in report.failures]
    assert [kid[0] for kid in sections(data, "/Part")] == ["Part", "Part"]


def test_a_sheet_that_holds_more_than_pdf_1_4_can_is_refused_at_that_level() -> None:
    page = Page()
    link, place = page.target("https://sjovik.example/"), Box(10, 10, 50, 18)
    words = tuple(Word("o", place, link if n % 2 else None) for n in range(8200))
    page.blocks = [Block(kind="p", words=words, box=place)]
    with pytest.raises(CaptureError) as caught:
        document(page, level=Level.A1)
    assert caught.value.code == "band-crowded"


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        (Band(top=1, width=10, height=10, picture=b""),),
        (*bands(500), Band(top=501, width=WIDTH, height=10, picture=b"")),
        (*bands(500), Band(top=500, width=WIDTH + 1, height=10, picture=b"")),
        (Band(top=0, width=10, height=0, picture=b""),),
        (Band(top=0, width=0, height=10, picture=b""),),
    ],
    ids=["none", "later", "gap", "wider", "flat", "narrow"],
)
def test_bands_that_do_not_cover_the_page_are_refused(wrong: tuple[Band, ...]) -> None:
    with pytest.raises(CaptureError) as caught:
        document(short(), bands=wrong)
    assert caught.value.code == "band-order"


def interlaced() -> bytes:
    """A PNG whose head says that it is interlaced (Pillow writes none)."""
    data = bytearray(png(20, 20))
    data[28] = 1
    return _resealed(data)


def _resealed(data: bytearray) -> bytes:
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


def spoiled(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def encoded(kind: str, mode: str, **options: Any) -> bytes:
    target = io.BytesIO()
    picture(20, 20).convert(mode).save(target, kind, **options)
    return target.getvalue()


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"GIF89a",
        png(20, 21),
        encoded("PNG", "RGBA"),
        encoded("PNG", "L"),
        encoded("PNG", "P"),
        encoded("PNG", "RGB", transparency=(1, 2, 3)),
        interlaced(),
        spoiled(png(20, 20), 60),
        png(20, 20)[:-8],
        encoded("JPEG", "L"),
        encoded("JPEG", "CMYK"),
        encoded("JPEG", "RGB")[:100],
        b"\xff\xd8\xff\xe0\x00\x02\x00\x00",
    ],
    ids=[
        "empty", "gif", "another size", "transparent", "grey", "palette", "one colour transparent",
        "interlaced", "damaged", "cut off", "grey jpeg", "cmyk", "cut off jpeg", "broken jpeg",
    ],
)  # fmt: skip
def test_pictures_that_are_not_as_they_should_be_are_refused(wrong: bytes) -> None:
    band = Band(top=0, width=20, height=20, picture=wrong)
    with pytest.raises(CaptureError) as caught:
        document(short(), bands=(band,), blocks=())
    assert caught.value.code == "band-picture"
