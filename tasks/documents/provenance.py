"""The first page of every snapshot: what it is, why and when it was taken, and how complete it is.

Headings are those of notes/texts-sv.md (försättsblad). The page is for the archivist who opens the
document in thirty years without any program of ours, so it says in words what the manifest says in
codes, and it never leaves out a shortfall.
"""

import collections
import datetime as dt
import functools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import jinja2
from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup

from tasks.documents.describing import Level
from tasks.documents.embedding import Attachment
from tasks.documents.enclosures import FIGURES_NAME, bands_sha256, text_sha256
from tasks.documents.proof import proof_rows
from tasks.model import Capture, Completeness, Occasion, Provenance

STOCKHOLM: Final = ZoneInfo("Europe/Stockholm")

OCCASIONS: Final = {
    Occasion.HALF_YEAR: "Halvårsskifte",
    Occasion.YEAR_END: "Årsskifte",
    Occasion.CHANGE: "Större förändring",
    Occasion.START: "Start",
    Occasion.CLOSING: "Avslut",
    Occasion.CRISIS: "Kris",
    Occasion.MANUAL: "Manuell",
}
BASES: Final = {
    "page": "Sida: den offentliga sidan, öppnad i en webbläsare",
    "api": "Plattformens API. Återgivning ur plattformens data, inte en bild av sidan",
    "export": "Export. Återgivning ur plattformens data, inte en bild av sidan",
    "manual": "Manuell: en persons egen fångst",
}
PLATFORMS: Final = {"blog": "blogg", "feed": "webbflöde", "web": "webbsida"}
_TURNING: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LONG = 300
_MANY = 40
_STOPPED: Final = {
    "end": "Sidan var slut: inget mer kom när den rullades till botten",
    "depth": "Det begärda djupet var nått; äldre inlägg kan finnas kvar på sidan",
    "time": "Tidsgränsen nåddes; sidan kan ha haft mer att visa",
    "height": "Höjdgränsen nåddes; sidan kan ha haft mer att visa",
    "bytes": "Gränsen för hämtad mängd nåddes; bilder eller inlägg kan saknas",
    "pages": "Kanalen fortsätter på en nästa sida som inte gick att läsa in",
    "batch": "Sidan bad om mer innehåll som inte kom; äldre inlägg kan saknas",
    "forgets": "Sidan tog bort inlägg ur sig själv medan den rullades; de saknas här",
}


def snapshot_title(provenance: Provenance) -> str:
    """The document's title, as lists of files and readers' windows show it."""
    rehearsal = "ÖVNING – " if provenance.rehearsal else ""
    return (
        f"{rehearsal}Ögonblicksbild av {provenance.channel_name}, "
        f"{_day(_local(provenance.now).date())}"
    )


def provenance_html(
    capture: Capture,
    provenance: Provenance,
    completeness: Completeness,
    *,
    level: Level = Level.A3,
    attachments: Sequence[Attachment] = (),
) -> str:
    """The provenance sheets as HTML in Swedish.

    Args:
        capture: what the browser yielded.
        provenance: what stands beside it.
        completeness: posts of the period, as counted.
        level: the standards that the document keeps.
        attachments: the files that it carries.
    """
    summed, told = _fullness(capture, completeness)
    shown = _MANY if attachments else None
    proof = list(
        proof_rows(
            list(_digests(capture)),
            archived=bool(provenance.channel),
            level=level,
            attachments=attachments,
        )
    )
    return sheet_html(
        provenance,
        whole=is_whole(capture, completeness),
        summed=summed,
        told=told,
        sections=[
            ("Kanalen", list(_channel(capture, provenance))),
            ("Fångsten", list(_taking(capture, provenance))),
            ("Dolt eller öppnat vid fångsten", list(_changed(capture, shown))),
            ("Bekräftelse och äkthet", proof),
        ],
    )


Rows = list[tuple[str, str | Markup]]


def sheet_html(
    provenance: Provenance,
    *,
    whole: bool,
    summed: str,
    told: str,
    sections: list[tuple[str, Rows]],
) -> str:
    """A first sheet of any basis: what it is of, how complete, and sections of facts.

    Args:
        provenance: names, occasion and time.
        whole: whether nothing is missing; else it is told in red.
        summed: completeness in a line.
        told: how it was counted.
        sections: heading and rows of each.
    """
    return _template().render(
        title=snapshot_title(provenance),
        footer=" · ".join(filter(None, (provenance.organisation, provenance.software))),
        rehearsal=provenance.rehearsal,
        channel_name=provenance.channel_name,
        occasion=OCCASIONS[provenance.occasion],
        organisation=provenance.organisation,
        day=_day(_local(provenance.now).date()),
        whole=whole,
        whole_sum=summed,
        whole_text=told,
        sections=sections,
    )


def is_whole(capture: Capture, completeness: Completeness) -> bool:
    """Whether nothing of the period is missing, as far as anybody told.

    A capture that was cut short is whole only where the platform's API told how many there are.
    """
    told = completeness.api is not None or capture.stopped in {"end", "depth"}
    return completeness.whole and told


def _fullness(capture: Capture, completeness: Completeness) -> tuple[str, str]:
    told = [n for n in (completeness.api, completeness.page) if n is not None]
    seen = [n for n in (completeness.pdf, completeness.page) if n is not None]
    if not max(told):
        return "Sidan räknas inte i inlägg", "Ingen räkning av inlägg har begärts för sidan."
    summed = f"Fullständighet: {_number(min(seen))} av {_number(max(told))} inlägg"
    if not is_whole(capture, completeness):
        summed += " – ofullständig"
    parts = [f"{_posts(completeness.page)} på sidan"]
    if completeness.pdf is not None:
        parts.append(f"{_number(completeness.pdf)} i detta dokuments text")
    if completeness.api is None:
        text = f"{', '.join(parts)}. Plattformens API har inte tillfrågats om antalet."
    else:
        text = f"{', '.join(parts)}, {_number(completeness.api)} enligt plattformens API."
    return summed, f"{text} Siffrorna gäller den period som omfattas."


def _channel(capture: Capture, provenance: Provenance) -> Iterator[tuple[str, str | Markup]]:
    if provenance.channel:
        platform = PLATFORMS.get(provenance.platform, provenance.platform)
        yield "Kanal", f"{provenance.channel_name} ({provenance.channel}), {platform}"
    else:
        yield "Kanal", provenance.channel_name
    yield "Adress", _link(capture.address)
    if _place(capture.final_address) != _place(capture.address):
        yield "Adress efter omdirigering", _link(capture.final_address)
    if capture.title:
        yield "Sidans titel", _quoted(capture.title)
    if provenance.board:
        yield "Myndighet", f"{provenance.board}, {provenance.organisation}"
    if provenance.unit:
        yield "Verksamhet", provenance.unit


def _taking(capture: Capture, provenance: Provenance) -> Iterator[tuple[str, str | Markup]]:
    reason = f": {provenance.reason}" if provenance.reason else ""
    yield "Anledning", f"{OCCASIONS[provenance.occasion]}{reason}"
    yield "Underlag", BASES.get(provenance.basis, provenance.basis)
    yield "Tagen", _span(capture.started, capture.finished)
    if abs(provenance.now - capture.started) > dt.timedelta(hours=1):
        yield "Avser tidpunkten", f"{moment_words(provenance.now)} svensk tid"
    yield "Inloggad vy", _login(capture)
    yield "Period som omfattas", period_words(provenance)
    yield "Rullningen upphörde", _STOPPED.get(capture.stopped, capture.stopped)
    yield "Bilder", _pictures(capture)
    width, height = capture.viewport
    yield "Webbläsare", capture.browser
    yield (
        "Fönster och sida",
        (
            f"Fönster {width}\u00a0×\u00a0{height} bildpunkter; "
            f"sidans höjd {_number(capture.height)}\u00a0bildpunkter"
        ),
    )
    if capture.clock_ahead:
        ahead = f"{_number(capture.clock_ahead)}\u00a0sekunder före den verkliga"
        yield "Sidans klocka", f"{ahead}, så att allt lästes in utan väntan"


def _login(capture: Capture) -> str:
    if not capture.logged_in:
        return "Nej"
    if capture.login_invited:
        return "Osäkert: en inloggning användes, men sidan bjuder in till att logga in"
    return "Ja, en sparad inloggning användes"


def _declined(label: str) -> str:
    """By what consent was declined: a button's text, or a rule of autoconsent's."""
    program, _, rule = label.partition(": ")
    if program == "autoconsent":
        return f"Avböjt med regeln ”{_quoted(rule)}” i autoconsent" if rule else "Avböjt"
    return f"Avböjt med ”{_quoted(label)}”" if label else "Avböjt"


def _changed(capture: Capture, shown: int | None) -> Iterator[tuple[str, str | Markup]]:
    kind, _, label = capture.consent.partition(": ")
    if kind == "declined":
        consent = _declined(label)
    elif kind == "hidden":
        consent = "Frågan gick inte att avböja och är dold; inget har godkänts"
    elif kind == "pressed":
        tried = _declined(label).replace("Avböjt", "Försök att avböja", 1)
        left = "är dold" if capture.hidden else "står kvar"
        consent = f"{tried} hjälpte inte: frågan {left}, och inget har godkänts"
    elif kind == "gone":
        consent = "Frågan försvann medan den avböjdes; inget har godkänts"
    else:
        consent = "Ingen fråga om kakor kändes igen"
    yield "Samtycke till kakor", consent
    pressed = [
        f"”{_quoted(label)}” {_number(times)}\u00a0{'gång' if times == 1 else 'gånger'}"
        for label, times in capture.pressed
    ]
    yield "Öppnat", _listed(pressed, shown)
    if capture.hidden:
        yield "Dolt", _listed(_counted(capture.hidden), shown)
    yield "Löst ur fast läge", _listed(_counted(capture.loosened), shown)


def _listed(names: Sequence[str], shown: int | None) -> str:
    """The names in a line; of very many the first ``shown``, as the attached figures hold all."""
    told = ", ".join(names[:shown])
    if shown is not None and len(names) > shown:
        more = len(names) - shown
        return f"{told} och {_number(more)} till, som alla står i bilagan {FIGURES_NAME}"
    return told or "Inget"


def _counted(names: Sequence[str]) -> list[str]:
    """Each name once, with how often where it is more than once."""
    often = collections.Counter(_quoted(name) for name in names)
    return [name if n == 1 else f"{name} ({_number(n)})" for name, n in often.items()]


def _quoted(text: str) -> str:
    """Words of the page itself, without marks that would turn the order of ours about."""
    plain = _TURNING.sub("", text)
    return plain if len(plain) <= _LONG else f"{plain[:_LONG]} …"


def _digests(capture: Capture) -> Iterator[tuple[str, str]]:
    yield "Sidans synliga text (UTF-8)", text_sha256(capture)
    if capture.bands:
        many = "bild" if len(capture.bands) == 1 else "bilder"
        yield f"Sidans {_number(len(capture.bands))} {many}, i följd", bands_sha256(capture)


def _pictures(capture: Capture) -> str:
    if not capture.images:
        return "Inga bilder på sidan"
    if capture.images_missing:
        return (
            f"{_number(capture.images - capture.images_missing)} av {_number(capture.images)} "
            f"inlästa; {_number(capture.images_missing)} gick inte att läsa in"
        )
    return f"{_number(capture.images)}, alla inlästa"


def period_words(provenance: Provenance) -> str:
    """The period in words."""
    last = _day(provenance.period_to)
    if provenance.period_from is None:
        return f"Till och med {last}"
    return f"{_day(provenance.period_from)} till och med {last}"


def _span(started: dt.datetime, finished: dt.datetime) -> Markup:
    """Swedish time with the hour in UTC, both to the second: they differ with the season."""
    begun, ended = _local(started), _local(finished)
    utc = finished.astimezone(dt.UTC)
    told = f"{_day(begun.date())} kl. {begun:%H.%M.%S}–{ended:%H.%M.%S} svensk tid"
    return Markup("{}<br><small>Klar {} UTC</small>").format(told, f"{utc:%Y-%m-%d %H.%M.%S}")


def moment_words(time: dt.datetime) -> str:
    """A time in Stockholm, such as ``31 december 2025 kl. 23.00``."""
    local = _local(time)
    return f"{_day(local.date())} kl. {local:%H.%M}"


def _local(time: dt.datetime) -> dt.datetime:
    return time.astimezone(STOCKHOLM)


def _day(day: dt.date) -> str:
    return str(format_date(day, "d MMMM y", locale="sv_SE"))


def _number(number: int) -> str:
    return str(format_decimal(number, locale="sv_SE"))


def _posts(number: int) -> str:
    return f"{_number(number)} inlägg"


def _link(address: str) -> Markup:
    return Markup('<a href="{0}">{0}</a>').format(address)


def _place(address: str) -> str:
    return address.rstrip("/") if urlsplit(address).path in {"", "/"} else address


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["css"] = _css_string
    return environment.get_template("forsattsblad.html")


def _css_string(text: str) -> Markup:
    r"""A CSS string: every character that could end it or the style sheet as ``\hex``."""
    safe = "".join(c if c.isalnum() or c in " ·.,-" else f"\\{ord(c):x} " for c in text)
    return Markup(f'"{safe}"')  # noqa: S704 - only letters, digits and escapes are left in it
