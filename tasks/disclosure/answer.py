"""The drafts that an officer ends with: the answer, the decision where something is refused.

Drafts: a person fills in what stands in brackets, decides and signs. The texts are those that the
law asks for: tryckfrihetsförordningen 2 kap., offentlighets- och sekretesslagen (2009:400) 6 kap.
3, 7 and 8 §§, förvaltningslagen (2017:900) 43 and 44 §§, dataskyddsförordningen artiklarna 12
and 15.
"""

import datetime as dt
from typing import Final

from tasks.disclosure.material import Material
from tasks.disclosure.request import KEPT_DAYS
from tasks.disclosure.wording import templates
from tasks.disclosure.worksheet import Row
from tasks.office_time import local_date

_ANSWERS: Final = {"record": "svar.html", "art15": "registerutdrag.html"}
TITLES: Final = {
    "record": "Svar på begäran om allmän handling",
    "art15": "Svar på begäran om tillgång till personuppgifter",
}


def answer_html(material: Material, rows: tuple[Row, ...]) -> str:
    """The draft answer to whoever asked."""
    return templates().get_template(_ANSWERS[material.purpose]).render(**_told(material, rows))


def decision_html(material: Material, rows: tuple[Row, ...]) -> str | None:
    """The draft decision, ``None`` where nothing is refused and nothing waits to be tried."""
    told = _told(material, rows)
    if not told["masked"] and not told["closed"]:
        return None
    return templates().get_template("beslut.html").render(**told)


def read_me(material: Material, rows: tuple[Row, ...], *, decision: bool) -> str:
    """What the pack holds, what to do with it and when to delete it."""
    return (
        templates()
        .get_template("las-mig.txt")
        .render(
            **_told(material, rows),
            decision=decision,
            delete=local_date(material.now) + dt.timedelta(days=KEPT_DAYS),
        )
    )


def _told(material: Material, rows: tuple[Row, ...]) -> dict[str, object]:
    given = [row for row in rows if not row.closed]
    return {
        "m": material,
        "given": given,
        "masked": [row for row in given if row.masked],
        "closed": [row for row in rows if row.closed],
        "title": TITLES[material.purpose],
        "today": local_date(material.now),
    }
