"""docs/culling.md says what the code does, code by code."""

import re
from pathlib import Path

from tasks.culling.decision import Person, RecordClass, Terms
from tasks.culling.guards import GUARDS
from tasks.culling.lists import BY_RULE, KEEP_REASONS
from tasks.culling.protocol import STOPS

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs" / "culling.md").read_text()
ROOM = [path.read_text() for path in (ROOT / "tasks" / "culling").glob("*.py")]


def coded() -> set[str]:
    return set(re.findall(r"`([a-z][a-z_-]+)`", DOCUMENT))


def test_every_key_of_a_decision_is_explained() -> None:
    keys = {*Terms.__slots__, *RecordClass.__slots__, *Person.__slots__}
    keys -= {"classes", "approvers", "proposers"}
    assert keys <= coded()
    for table in ("[[class]]", "[[approver]]", "[[proposer]]"):
        assert table in DOCUMENT


def test_every_guard_and_reason_is_named_with_its_words() -> None:
    for guard in GUARDS:
        assert guard.ensures.sv in DOCUMENT
    guards = set(STOPS) - {"not-there", "changed", "rule-changed"}
    assert guards <= coded()
    assert set(KEEP_REASONS) - {BY_RULE} <= coded()


def test_every_refusal_of_the_room_is_listed() -> None:
    raised = {
        code
        for text in ROOM
        for code in re.findall(r"(?:RefusalError|InputError)\(\s*\"([a-z-]+)\"", text)
    }
    told_elsewhere = {"hold-reason", "hold-review", "hold-id", "hold-role", "answer-own"}
    assert raised - told_elsewhere <= coded()
    assert len(raised) >= 12
