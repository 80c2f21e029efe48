"""What may be pressed on somebody's page: refusals of cookies, and whatever shows more of the feed.

Rules are texts, Swedish and English, matched against the whole visible text of a button. Nothing
that accepts is among them, and no link that leads elsewhere is ever pressed. A rule's ``label`` is
what the provenance page tells; the button's own text could hold a name ("Visa 3 svar från …").
"""

import dataclasses as dc
from typing import Final

# What a banner must speak of before one of its buttons is taken for a refusal.
CONSENT_WORDS: Final = r"cookie|kakor|samtyck|consent|gdpr"

_COOKIES = r"(?: valfria| frivilliga| optional| all)?(?: kakor| cookies)?"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One text that may be pressed.

    Attributes:
        label: how the provenance page names it.
        pattern: of the whole button text: small letters, white space folded.
        again: whether the same button may be pressed again once the page has grown by it.
    """

    label: str
    pattern: str
    again: bool = False


DECLINES: Final = (
    Rule(
        label="Endast nödvändiga",
        pattern=r"(?:(?:acceptera|använd|godkänn|godta|tillåt|spara) )?(?:endast|bara) "
        r"(?:de )?(?:nödvändiga|nödvändigt)(?: kakor| cookies)?",
    ),
    Rule(label="Nödvändiga kakor", pattern=r"(?:endast )?nödvändiga (?:kakor|cookies)"),
    Rule(label="Avvisa alla", pattern=rf"(?:avvisa|avböj)(?: alla| allt)?{_COOKIES}"),
    Rule(label="Neka alla", pattern=rf"neka(?: till)?(?: alla| allt)?{_COOKIES}"),
    Rule(label="Fortsätt utan att godkänna", pattern=r"fortsätt utan att (?:godkänna|acceptera)"),
    Rule(
        label="Only necessary",
        pattern=r"(?:(?:accept|allow|use) )?only (?:necessary|essential|required)(?: cookies)?",
    ),
    Rule(
        label="Necessary only",
        pattern=r"(?:(?:accept|allow|use) )?(?:necessary|essential|required)(?: cookies)? only",
    ),
    Rule(label="Reject all", pattern=rf"(?:reject|decline|deny|refuse){_COOKIES}"),
    Rule(
        label="Continue without accepting",
        pattern=r"continue without (?:accepting|agreeing|consent)",
    ),
)

# What no rule may press, its own or another's: a whole text that says yes to more than is needed.
ACCEPTS: Final = (
    r"(?:ja,? |yes,? |ok,? |jag |i )?"
    r"(?:acceptera|accepterar|godkänn|godkänner|godta|godtar|tillåt|tillåter|samtyck|samtycker|"
    r"accept|allow|agree|consent|enable)"
    r"(?: till| to)?(?: alla| allt| alltihop| våra| valfria| samtliga| all| everything| our| the"
    r"| optional| recommended)*(?: kakor| cookies| cookie| cookies here)?"
    r"(?:,? (?:och|and|&) (?:fortsätt|stäng|gå vidare|continue|close|proceed))?[.!]?"
    r"|(?:ok|okej|okay|ja|yes|got it|understood|i understand|jag förstår|förstått|uppfattat|"
    r"jag är med|that.s (?:ok|fine)|sounds good)[.!]?"
)

# A button by which one answers: what floats, speaks of consent and has none is no question.
ANSWERS: Final = "|".join(f"(?:{rule.pattern})" for rule in DECLINES) + f"|{ACCEPTS}"

_MORE = r"\s*(?:\.\.\.|…|»|\u203a|▾|▼|\+)?"
_SOME = (
    r"(?:alla |fler |de |fler av de |tidigare |äldre |ytterligare )*(?:\d+ )?(?:fler |tidigare )?"
)
_ANY = r"(?:all |the |more |previous |older |other )*(?:\d+ )?(?:more |previous |older )?"

EXPANDERS: Final = (
    Rule(label="Visa mer", pattern=rf"(?:…\s*)?(?:visa|se|läs) mer{_MORE}"),
    Rule(label="Läs hela inlägget", pattern=rf"(?:läs|visa|se) hela(?: inlägget| texten)?{_MORE}"),
    Rule(label="See more", pattern=rf"(?:…\s*)?(?:see|show|read|view) more{_MORE}"),
    Rule(
        label="Visa fler kommentarer",
        pattern=rf"(?:visa|se|läs|ladda|hämta) {_SOME}(?:kommentarer|svar)(?: \(\d+\))?{_MORE}"
        rf"|(?:fler|tidigare|äldre) (?:kommentarer|svar)(?: \(\d+\))?{_MORE}",
        again=True,
    ),
    Rule(
        label="Show more comments",
        pattern=rf"(?:show|view|see|load) {_ANY}(?:comments?|repl(?:y|ies))(?: \(\d+\))?{_MORE}"
        rf"|(?:more|previous) (?:comments|replies){_MORE}",
        again=True,
    ),
    Rule(
        label="Visa fler inlägg",
        pattern=rf"(?:visa|ladda|hämta|läs in|se) (?:fler|äldre)(?: inlägg| nyheter)?{_MORE}"
        rf"|(?:ladda|hämta|läs in) mer{_MORE}|(?:fler|äldre) inlägg{_MORE}",
        again=True,
    ),
    Rule(
        label="Load more posts",
        pattern=rf"(?:load|show|view) (?:more|older)(?: posts| news)?{_MORE}"
        rf"|(?:more|older) posts{_MORE}",
        again=True,
    ),
)
