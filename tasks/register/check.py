"""Checks a register against the guidelines' clauses; each finding cites its clause.

Three kinds of answer: what is wrong or missing, what is unknown because the evidence is not there
(a hint, never a silent pass), and, when asked for, what only a person can attest.
"""

import datetime as dt
from collections.abc import Iterator, Mapping

from tasks.model import Channel, Finding, Level, Register
from tasks.register import rules_account, rules_archive, rules_watch
from tasks.register.clauses import CEILING, CLAUSES, Clause
from tasks.register.evidence import BY_CHANNEL, NAMES, Evidence
from tasks.register.rules import BodyRule, ChannelRule, Ground, Remark

CHANNEL_RULES: Mapping[str, ChannelRule] = {
    "K01": rules_account.plan_complete,
    "K02": rules_account.plan_approved,
    "K03": rules_account.two_administrators,
    "K04": rules_account.attended,
    "K05": rules_account.function_mailbox,
    "K06": rules_account.credentials_deposited,
    "K07": rules_account.listed_rightly,
    "K08": rules_account.new_medium_consulted,
    "K09": rules_account.party_links_marked,
    "K10": rules_watch.sender_shown,
    "K12": rules_watch.watched,
    "K13": rules_watch.replied_within_week,
    "K14": rules_watch.replied_within_day,
    "K16": rules_watch.nothing_flagged,
    "K17": rules_watch.removed_promptly,
    "K18": rules_watch.nothing_flagged,
    "K21": rules_archive.culled_in_time,
    "K22": rules_archive.documented,
    "K24": rules_watch.crisis_reviewed,
    "K26": rules_watch.website_first,
}
BODY_RULES: Mapping[str, BodyRule] = {
    "K07": rules_archive.collection_page_up,
    "K18": rules_archive.privacy_page,
    "K20": rules_archive.searchable,
    "K23": rules_archive.reported,
    "K25": rules_archive.guidelines_reviewed,
}

_GRAVEST_FIRST = (Level.ERROR, Level.WARNING, Level.HINT)


def check(
    register: Register,
    *,
    now: dt.datetime,
    evidence: Evidence | None = None,
    attest: bool = False,
) -> tuple[Finding, ...]:
    """Hold a register, and what else is known, against clauses K01–K26.

    Args:
        register: as loaded.
        now: the moment to judge at (aware); days are Stockholm's.
        evidence: what is known beside the register; nothing by default.
        attest: also list, as hints, the clauses that only a person can attest.

    Returns:
        Findings, gravest first, then by clause; ``where`` is a channel's id, ``""`` for the body.
    """
    ground = Ground(register=register, evidence=evidence or Evidence(), now=now)
    found = [f for clause in CLAUSES.values() for f in _judge(clause, ground, attest=attest)]
    return tuple(sorted(found, key=lambda f: (_GRAVEST_FIRST.index(f.level), f.code)))


def _judge(clause: Clause, ground: Ground, *, attest: bool) -> Iterator[Finding]:
    asked = [c for c in ground.register.channels if c.life in clause.lives]
    if clause.by_person:
        if attest and asked:
            yield _finding(clause, _to_attest(asked))
        return
    if rule := BODY_RULES.get(clause.no):
        yield from (_finding(clause, remark) for remark in rule(ground))
    if channel_rule := CHANNEL_RULES.get(clause.no):
        for channel in asked:
            yield from (_finding(clause, r, channel) for r in channel_rule(ground, channel))
    for need in clause.needs if asked else ():
        yield from _unknown(clause, need, asked, ground.evidence)


def _unknown(
    clause: Clause, need: str, asked: list[Channel], evidence: Evidence
) -> Iterator[Finding]:
    """One hint for evidence that is missing as a whole, else one a channel that it leaves out."""
    known, name = getattr(evidence, need), NAMES[need]
    remark = Remark(
        Level.HINT,
        f"Okänt: underlag saknas ({name.sv}).",
        f"Unknown: there is no evidence ({name.en}).",
    )
    if known is None:
        yield _finding(clause, remark)
    elif need in BY_CHANNEL:
        yield from (_finding(clause, remark, c) for c in asked if c.id not in known)


def _to_attest(channels: list[Channel]) -> Remark:
    ids = ", ".join(c.id for c in channels)
    return Remark(
        Level.HINT,
        f"Kan inte bedömas maskinellt; intygas av kontoadministratören för {ids}.",
        f"No machine can judge it; the administrator attests it for {ids}.",
    )


def _finding(clause: Clause, remark: Remark, channel: Channel | None = None) -> Finding:
    ceiling = CEILING.get(channel.life, Level.ERROR) if channel else Level.ERROR
    return Finding(
        code=clause.no,
        level=max(remark.level, ceiling, key=_GRAVEST_FIRST.index),
        text=remark.text,
        clause=clause.text,
        where=channel.id if channel else "",
    )
