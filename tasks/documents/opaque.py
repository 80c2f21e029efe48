"""Nothing transparent, as PDF/A-1 asks (ISO 19005-1, 6.4), where that changes nothing seen.

Pictures that let the sheet shine through, such as emoji, are drawn on white as they were seen;
groups whose members hide each other lose a mark that had no effect. What truly mixes colours is
refused: our templates do not, and a wrong guess would change what is seen.
"""

from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from archive_store.errors import InputError

_NO_MIXING: Final = (Name.Normal, Name.Compatible)
_SAMPLE: Final = 8


def make_opaque(pdf: pikepdf.Pdf) -> None:
    """Take away what only may be transparent.

    Raises:
        InputError: ``transparency``; the document shows something through something else.
    """
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and "/SMask" in item:
            _draw_on_white(item)
        if isinstance(item, Dictionary | pikepdf.Stream) and _is_group(item.get("/Group")):
            del item["/Group"]
        for state in _states(item):
            if _mixes(state):
                raise _refused()


def _is_group(value: Any) -> bool:
    return isinstance(value, Dictionary) and value.get("/S") == Name.Transparency


def _states(item: pikepdf.Object) -> list[pikepdf.Object]:
    """Graphics states among an object's resources, or the object's own."""
    if not isinstance(item, Dictionary | pikepdf.Stream):
        return []
    resources = item.get("/Resources")
    holders = [item, resources] if isinstance(resources, Dictionary) else [item]
    found = [holder.get("/ExtGState") for holder in holders]
    return [
        state for states in found if isinstance(states, Dictionary) for state in states.values()
    ]


def _mixes(state: pikepdf.Object) -> bool:
    seen_through = any(float(state.get(key, 1)) < 1 for key in ("/ca", "/CA"))
    masked = state.get("/SMask", Name("/None")) != Name("/None")
    mode = state.get("/BM", Name.Normal)
    modes = list(mode) if isinstance(mode, Array) else [mode]
    return seen_through or masked or any(mode not in _NO_MIXING for mode in modes)


def _draw_on_white(picture: pikepdf.Stream) -> None:
    if picture.get("/Subtype") != Name.Image:
        raise _refused()
    mask = picture.SMask
    size = (int(picture.Width), int(picture.Height))
    if {int(picture.BitsPerComponent), int(mask.BitsPerComponent)} != {_SAMPLE}:
        raise _refused()
    seen = pikepdf.PdfImage(picture).as_pil_image().convert("RGB")
    through = Image.frombytes("L", (int(mask.Width), int(mask.Height)), mask.read_bytes())
    sheet = Image.new("RGB", size, "white")
    sheet.paste(seen, mask=through.resize(size))
    for key in ("/SMask", "/DecodeParms", "/Decode"):
        if key in picture:
            del picture[key]
    picture.ColorSpace = Name.DeviceRGB
    picture.write(sheet.tobytes())


def _refused() -> InputError:
    return InputError(
        "transparency",
        sv="Dokumentet visar något genom något annat, vilket PDF/A-1 inte tillåter. "
        "Välj PDF/A-3, eller ta bort det genomskinliga ur mallen.",
        en="The document shows something through something else, which PDF/A-1 does not allow. "
        "Choose PDF/A-3, or take what is transparent out of the template.",
    )
