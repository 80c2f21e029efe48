"""The guidelines' clauses K01–K26 as data: what they say, how and for whom they are judged.

From notes/texts-sv.md, which follows the municipality's guidelines. A finding cites its clause from
here; docs/register.md tells registrars what each is judged by.
"""

import dataclasses as dc
from collections.abc import Mapping

from tasks.model import Level, LifeCycle, Text

ACCOUNT = frozenset({LifeCycle.PLANNED, LifeCycle.ACTIVE, LifeCycle.DORMANT})
LIVE = frozenset({LifeCycle.ACTIVE, LifeCycle.DORMANT})
ACTIVE = frozenset({LifeCycle.ACTIVE})
KEPT = frozenset({LifeCycle.ACTIVE, LifeCycle.DORMANT, LifeCycle.CLOSED})
ALL = frozenset(LifeCycle)

CEILING: Mapping[LifeCycle, Level] = {LifeCycle.PLANNED: Level.HINT}
"""The gravest that a finding can be: what a planned channel lacks is to be done before it opens."""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause of the guidelines.

    Attributes:
        no: its number, such as ``"K03"``.
        text: its words.
        judged: what it is judged by.
        lives: the channels, by life cycle, that it is asked of.
        needs: names of the Evidence that it needs; without them it is unknown, never passed.
        by_person: no machine can judge it; a person attests it.
    """

    no: str
    text: Text
    judged: Text
    lives: frozenset[LifeCycle]
    needs: tuple[str, ...] = ()
    by_person: bool = False


_REGISTER = Text("registret", "the register")
_REPLIES = Text("bevakning av svar", "the watch on replies")
_SCREENING = Text("granskning av inlägg", "screening of posts")
_PERSON = Text("intygas av en person", "attested by a person")


def _clause(
    no: str, text: Text, judged: Text, lives: frozenset[LifeCycle], *needs: str
) -> tuple[str, Clause]:
    by_person = judged is _PERSON
    return no, Clause(
        no=no, text=text, judged=judged, lives=lives, needs=needs, by_person=by_person
    )


CLAUSES: Mapping[str, Clause] = dict(
    (
        _clause(
            "K01",
            Text(
                "Aktivitetsplan anger medium, målgrupper, syfte, mål och skötsel",
                "The activity plan states medium, audience, purpose, goals and care",
            ),
            Text("registret; planens fil är arkiverad", "the register; the plan's file archived"),
            ACCOUNT,
            "plans_archived",
        ),
        _clause(
            "K02",
            Text(
                "Planen är godkänd; kopia lämnad till informationsenheten",
                "The plan is approved and copied to the information unit",
            ),
            _REGISTER,
            ACCOUNT,
        ),
        _clause(
            "K03",
            Text("Minst två personer är utsedda", "At least two persons are appointed"),
            _REGISTER,
            ACCOUNT,
        ),
        _clause(
            "K04",
            Text(
                "Kontot har tillsyn även under semestertid",
                "The account is attended in holidays too",
            ),
            Text("registret: frånvaro de närmaste 60 dagarna", "the register: 60 days' absences"),
            LIVE,
        ),
        _clause(
            "K05",
            Text(
                "Särskild e-postadress; alla administratörer har läsrätt",
                "A function mailbox that all administrators can read",
            ),
            _REGISTER,
            ACCOUNT,
        ),
        _clause(
            "K06",
            Text(
                "Inloggningsuppgifter förvaras hos informationsenheten",
                "Credentials are deposited with the information unit",
            ),
            Text(
                "registret: namnet i valvet och när det prövades, aldrig hemligheten",
                "the register: name in the vault and when verified, never the secret",
            ),
            ACCOUNT,
        ),
        _clause(
            "K07",
            Text(
                "Alla konton förtecknas; samlingssida finns",
                "All accounts are listed; there is a collection page",
            ),
            Text("registret, samlingssidan", "the register, the collection page"),
            ALL,
            "collection_page",
        ),
        _clause(
            "K08",
            Text(
                "Informationsenheten är konsulterad om nytt medium",
                "The information unit is consulted on a new medium",
            ),
            _REGISTER,
            ACCOUNT,
        ),
        _clause(
            "K09",
            Text(
                "Partilänkar erbjuds lika och är tydligt märkta",
                "Party links are offered equally and clearly marked",
            ),
            _REGISTER,
            LIVE,
        ),
        _clause(
            "K10",
            Text(
                "Tydlig avsändarinformation och kontaktuppgifter",
                "Sender and contact details are clearly shown",
            ),
            Text("kanalens sida, som den senast fångades", "the channel's page as last captured"),
            LIVE,
            "senders",
        ),
        _clause(
            "K11",
            Text("Grafiska profilen beaktas", "The graphic profile is heeded"),
            _PERSON,
            LIVE,
        ),
        _clause(
            "K12",
            Text(
                "Insända meddelanden hålls under uppsikt", "Messages sent in are kept under watch"
            ),
            Text("insamlingen, helger inräknade", "the harvest, weekends included"),
            LIVE,
            "harvested",
        ),
        _clause(
            "K13",
            Text("Svar aldrig mer sällan än en vecka", "A reply never later than a week"),
            _REPLIES,
            LIVE,
            "oldest_open_minutes",
        ),
        _clause(
            "K14",
            Text(
                "Svar inom 24 timmar på arbetsdagar eftersträvas",
                "A reply within 24 hours on working days is striven for",
            ),
            _REPLIES,
            LIVE,
            "oldest_open_minutes",
        ),
        _clause(
            "K15",
            Text("Svar är korrekta, sakliga och tydliga", "Replies are correct, factual and clear"),
            _PERSON,
            LIVE,
        ),
        _clause(
            "K16",
            Text(
                "Inga sekretessuppgifter eller enskilda ärenden", "No secrets and no single cases"
            ),
            _SCREENING,
            LIVE,
            "flagged",
        ),
        _clause(
            "K17",
            Text(
                "Otillåtet innehåll avpubliceras skyndsamt",
                "Forbidden content is promptly unpublished",
            ),
            Text("innehåll som väntar på att döljas", "content waiting to be hidden"),
            LIVE,
            "removals_waiting",
        ),
        _clause(
            "K18",
            Text(
                "Personuppgifter kränker inte personlig integritet",
                "Personal data do not violate personal integrity",
            ),
            Text(
                "registret: sidan om personuppgifter; granskning av inlägg",
                "the register: the privacy page; screening of posts",
            ),
            LIVE,
            "flagged",
        ),
        _clause(
            "K19",
            Text("Befattning framgår; inga privata inlägg", "Position is stated; no private posts"),
            _PERSON,
            LIVE,
        ),
        _clause(
            "K20",
            Text("Handlingarna är lätt sökbara", "The documents are easily searchable"),
            Text(
                "sökning i levande och undantagna inlägg och ögonblicksbilder",
                "search over living and kept posts and snapshots",
            ),
            KEPT,
            "searchable",
        ),
        _clause(
            "K21",
            Text(
                "Kan gallras efter en vecka med giltigt beslut",
                "May be culled after a week under a valid decision",
            ),
            Text("gallringsbeslut, eftersläpning", "culling decision, backlog"),
            KEPT,
            "boards_with_decision",
            "backlog",
        ),
        _clause(
            "K22",
            Text(
                "Dokumenterad vid årsskifte, halvårsskifte, större förändringar",
                "Documented at year-end, half-year and larger changes",
            ),
            Text("ögonblicksbilder tagna och bekräftade", "snapshots taken and confirmed"),
            KEPT,
            "snapshots",
        ),
        _clause(
            "K23",
            Text(
                "Årlig rapport lämnad till två mottagare",
                "A yearly report is delivered to two recipients",
            ),
            Text("lämnade rapporter", "reports delivered"),
            KEPT,
            "reports",
        ),
        _clause(
            "K24",
            Text(
                "Kriskommunikation övervägs från fall till fall",
                "Crisis communication is decided case by case",
            ),
            Text("pågående krislägen", "crisis periods in force"),
            LIVE,
            "crises",
        ),
        _clause(
            "K25",
            Text(
                "Riktlinjerna ses över minst en gång per år",
                "The guidelines are reviewed at least yearly",
            ),
            _REGISTER,
            ALL,
        ),
        _clause(
            "K26",
            Text(
                "Officiell information finns på webbplatsen",
                "Official information is on the website",
            ),
            Text("egna inlägg utan länk till webbplatsen", "own posts without a link to it"),
            ACTIVE,
            "website_links",
        ),
    )
)
