"""The sRGB profile that every PDF names as its output intent (ISO 19005-2, 6.2.3).

Built from the numbers of IEC 61966-2-1, adapted to D50 as ICC.1:2001-04 asks, so that no foreign
file is carried along and the same bytes come out on every machine.
"""

import functools
import struct

_D50 = (0.9642, 1.0, 0.8249)
_PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
_NAME = "sRGB IEC61966-2.1"
_STEPS = 1024


@functools.cache
def srgb_profile() -> bytes:
    """An ICC version 2.1 display profile of sRGB, always the same bytes."""
    tags = {
        b"desc": _description(_NAME),
        b"cprt": b"text\0\0\0\0" + b"No copyright, use freely\0",
        b"wtpt": _xyz(_D50),
        **{name: _xyz(value) for name, value in _PRIMARIES.items()},
    }
    curve = _curve()
    names = [*tags, b"rTRC", b"gTRC", b"bTRC"]
    table, body = b"", b""
    start = 128 + 4 + 12 * len(names)
    for name in names:
        if name in tags:
            offset, data = start + len(body), tags[name]
            body += data + b"\0" * (-len(data) % 4)
        elif name == b"rTRC":
            offset, data = start + len(body), curve
            body += data + b"\0" * (-len(data) % 4)
        # the green and blue curves point at the red one's bytes
        table += struct.pack(">4sII", name, offset, len(data))
    content = struct.pack(">I", len(names)) + table + body
    return _header(128 + len(content)) + content


def _header(size: int) -> bytes:
    moment = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    return struct.pack(
        ">I4sI4s4s4s12s4s4sI4sIQI12s4s44x",
        size,
        b"\0\0\0\0",
        0x02100000,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        moment,
        b"acsp",
        b"\0\0\0\0",
        0,
        b"\0\0\0\0",
        0,
        0,
        0,
        _fixed(_D50),
        b"\0\0\0\0",
    )


def _fixed(values: tuple[float, float, float]) -> bytes:
    return struct.pack(">3i", *(round(value * 65536) for value in values))


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(values)


def _description(text: str) -> bytes:
    plain = text.encode("ascii") + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(plain)) + plain + bytes(4 + 4 + 2 + 1 + 67)


def _curve() -> bytes:
    values = (round(_linear(step / (_STEPS - 1)) * 65535) for step in range(_STEPS))
    return b"curv\0\0\0\0" + struct.pack(f">I{_STEPS}H", _STEPS, *values)


def _linear(value: float) -> float:
    """The light of an sRGB value (IEC 61966-2-1, 5.2)."""
    knee = 0.04045
    return value / 12.92 if value <= knee else float(((value + 0.055) / 1.055) ** 2.4)
