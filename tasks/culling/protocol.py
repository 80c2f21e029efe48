"""Prints a certificate as a Swedish gallringsprotokoll on A4.

Headings: notes "texts-sv", *Protocol headings*. The HTML holds its style inside and asks for
nothing from elsewhere; ``tasks.documents`` makes it a PDF.
"""

import datetime as dt
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tasks.culling.certificate import Certificate, ExceptedPart
from tasks.culling.classes import DEFAULT, PERSON, RULE
from tasks.culling.lists import KEEP_REASONS
from tasks.culling.removal import GROUNDS
from tasks.culling.summary import Summary
from tasks.culling.supplements import Supplement
from tasks.office_time import STOCKHOLM

STOPS = {
    "not-there": "fanns inte längre i arkivet",
    "changed": "har ändrats sedan listan gjordes",
    "rule-changed": "har fått en annan handlingstyp",
    "decision-not-in-force": "beslutet gällde inte",
    "older-not-included": "äldre än beslutet",
    "not-classified": "handlingstypen är okänd",
    "class-keeps": "ska bevaras",
    "class-files": "ska registreras först",
    "class-restricts": "ska avskiljas",
    "not-due": "gallringsfristen hade inte gått ut",
    "unanswered": "obesvarad fråga",
    "held": "undantagen från gallring",
    "not-harvested": "kanalen var inte skördad inom 24 timmar",
    "no-numbers": "statistiken var inte sparad",
}
"""Why a listed thread stayed, as the certificate says it."""

OCCASIONS = {
    "halvarsskifte": "halvårsskifte",
    "arsskifte": "årsskifte",
    "forandring": "större förändring",
    "start": "start",
    "avslut": "avslut",
    "kris": "kris",
    "manuell": "manuell",
}
STATES = {"preliminary": "preliminär", "confirmed": "fastställd"}
CLASSED = {PERSON: "av person", RULE: "av regel", DEFAULT: "förvald"}
PLATFORMS = {"blog": "blogg"}
DEVIATIONS = {
    "late": "Minst en tråd gallrades efter den längsta fristen.",
    "resumed": "Gallringen avbröts och slutfördes av en senare körning.",
}

_THOUSAND = 1000
_UNITS = ("byte", "kB", "MB", "GB", "TB")


def certificate_html(certificate: Certificate) -> str:
    """The certificate as one whole HTML document in Swedish, made for A4."""
    template = _environment().get_template("protokoll.html")
    return template.render(
        c=certificate,
        earliest=min((channel.earliest for channel in certificate.channels), default=None),
        latest=max((channel.latest for channel in certificate.channels), default=None),
        deviations=[DEVIATIONS[code] for code in certificate.deviations],
    )


def supplement_html(supplement: Supplement) -> str:
    """A supplement as one whole HTML document in Swedish, made for A4."""
    return _environment().get_template("tillagg.html").render(s=supplement)


def summary_html(summary: Summary) -> str:
    """A year's summary as one whole HTML document in Swedish, made for A4."""
    return (
        _environment()
        .get_template("sammanstallning.html")
        .render(
            s=summary,
            keep={code: text.sv for code, text in KEEP_REASONS.items()},
            stops=STOPS,
            grounds={code: text.sv for code, text in GROUNDS.items()},
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "moment": moment,
        "size": size,
        "count": count,
        "why": why,
        "occasion": lambda code: OCCASIONS.get(code, code),
        "classed": lambda code: CLASSED.get(code, "–"),
        "state": lambda code: STATES.get(code, code),
        "platform": lambda code: PLATFORMS.get(code, code),
    }
    environment.filters.update(filters)
    return environment


def moment(when: dt.datetime) -> str:
    """Swedish clock time, such as ``2025-12-22 06:00``."""
    return f"{when.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"


def size(number: int) -> str:
    """Bytes for people: ``950 byte``, ``12,4 kB``."""
    value = float(number)
    for unit in _UNITS:
        if value < _THOUSAND or unit == _UNITS[-1]:
            digits = 0 if unit == "byte" else 1
            return f"{value:.{digits}f}\N{NO-BREAK SPACE}{unit}".replace(".", ",")
        value /= _THOUSAND
    raise AssertionError  # the last unit returns


def count(number: int, one: str, many: str) -> str:
    """A number with its word: ``1 tråd``, ``1 204 trådar``."""
    grouped = f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
    return f"{grouped}\N{NO-BREAK SPACE}{one if number == 1 else many}"


def why(part: ExceptedPart) -> str:
    """Why a listed thread did not go."""
    if part.kept:
        return f"Bevaras: {KEEP_REASONS[part.kept].sv}"
    return "Kvar: " + ", ".join(STOPS.get(code, code) for code in part.stopped)
