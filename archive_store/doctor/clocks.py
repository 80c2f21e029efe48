"""How far two clocks may be apart.

S3 refuses a request signed more than 15 minutes off (AWS Signature Version 4); leases and periods
of retention count in seconds.
"""

from typing import Final

from archive_store.doctor.report import Answer, Needed, Ok, Text

CLOSE: Final = 60.0
TOO_FAR: Final = 15 * 60.0


def clock_answer(ahead: float) -> Answer:
    """Judge a clock that is ``ahead`` seconds before ours: well, worth mending, or fatal."""
    sign = "före" if ahead > 0 else "efter"
    side = "ahead" if ahead > 0 else "behind"
    off = round(abs(ahead))
    seen = Text(sv=f"{off} s {sign}", en=f"{off} s {side}") if off else Text.same("±0 s")
    if abs(ahead) <= CLOSE:
        return Answer(ok=Ok.YES, seen=seen)
    needed = Needed.REQUIRED if abs(ahead) > TOO_FAR else Needed.USEFUL
    return Answer(ok=Ok.NO, seen=seen, needed=needed)
