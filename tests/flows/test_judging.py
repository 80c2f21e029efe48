"""Judging single threads and what follows on culling, with the house around it."""

import dataclasses as dc
import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest

from archive_store import Commit
from archive_store.errors import InputError, RefusalError
from flows import audit, following_up
from flows.checking import check_register
from flows.circumstances import circumstances_of, require_judge, require_scope
from flows.classifying import Reason, classified, classify_thread, reference_of
from flows.cli import judging
from flows.cli.out import call
from flows.filing import enter, make_documents, work_list
from flows.following_up import cull_follow_up
from flows.house import House
from flows.outcome import Outcome
from flows.settings import Settings
from tasks import gists
from tasks.culling import holds
from tasks.culling.classifying import REASONS
from tasks.culling.supplements import supplements
from tasks.documents import read_back
from tasks.model import Level
from tests.faults.house import house_at
from tests.tasks.culling.conftest import bath
from tests.tasks.culling.world import APPROVER, BATH, CHANNEL, EXAMPLES, World

__all__ = ["bath"]


def house_of(world: World) -> House:
    """The house around a world's archive, with the example decisions."""
    house = house_at(str(world.folder), world.now)
    state = world.folder.parent / "state"
    settings = dc.replace(house.settings, decision=EXAMPLES, state=state)
    return dc.replace(house, settings=settings)


@pytest.fixture
def house(bath: World) -> House:
    return house_of(bath)


def test_register_crises_and_screening_are_what_rules_go_by(bath: World) -> None:
    bath.archive.commit(
        Commit(
            event="crisis-started",
            now=bath.now,
            actor="info-1",
            facts={"period": "kris-1", "channels": [CHANNEL]},
        )
    )
    bath.comment("4", "Mitt nummer är 19121212-1212")
    bath.later(0.1)
    bath.harvest()
    around = circumstances_of(house_of(bath))
    assert (around.units[CHANNEL], around.platforms[CHANNEL]) == ("informationsenheten", "blog")
    (crisis,) = around.crises
    assert (list(crisis.channels), crisis.ended) == ([CHANNEL], None)
    assert set(around.screened(bath.threads()["4"].thread)) == {"personal-number"}
    assert "question" not in around.screened(bath.threads()["5"].thread)


def test_a_scope_that_the_register_does_not_know_lets_nothing_go(house: House, bath: World) -> None:
    require_scope(house, bath.decision)
    wrong = dc.replace(bath.decision.classes[2], channels=("komunbloggen",))
    with pytest.raises(RefusalError, match="scope-unknown") as refused:
        require_scope(house, dc.replace(bath.decision, classes=(wrong,)))
    assert "komunbloggen" in refused.value.sv
    with pytest.raises(RefusalError, match="scope-unknown"):
        require_scope(house, dc.replace(bath.decision, officials=("borgmastaren",)))


def test_only_those_whom_decision_or_register_name_may_judge(house: House, bath: World) -> None:
    for known in (APPROVER, "informationsenheten"):
        require_judge(house, bath.decision, known)
    with pytest.raises(InputError, match="person-unknown") as refused:
        require_judge(house, bath.decision, "Maja Ekdal")
    assert "Maja" not in refused.value.sv


def test_a_thread_is_named_by_channel_and_id_or_by_list_and_row(bath: World) -> None:
    list_id = bath.propose().list_id
    assert reference_of(bath.archive, f"{CHANNEL}/c2") == (CHANNEL, "c2")
    assert reference_of(bath.archive, f"{list_id}:2") == (CHANNEL, "4")
    for wrong in ("17", f"{list_id}:9", f"{list_id}:x", "/17", f"{CHANNEL}/"):
        with pytest.raises(InputError, match="post-reference"):
            reference_of(bath.archive, wrong)


def test_the_form_offers_every_reason_as_a_choice() -> None:
    assert [str(reason) for reason in Reason] == list(REASONS)
    schema = json.dumps(dict(classify_thread.parameters.definitions or {}))
    assert "special-interest" in schema


def test_a_case_gets_a_document_that_an_officer_can_register(house: House, bath: World) -> None:
    classified(house, CHANNEL, "1", "arende", "case", APPROVER)
    assert make_documents(house) == 1
    assert make_documents(house) == 0
    (waiting,) = work_list(house)
    assert waiting.document is not None
    pdf = house.archive.read(waiting.document, "pdf")
    for said in (*BATH, "Handling att registrera", "Sjöviks kommun"):
        assert said in text_of(pdf)
    enter(house, CHANNEL, "1", dnr="KS 2025/41", by=APPROVER)
    assert work_list(house) == []
    assert bath.reopened().threads()["1"].thread.filed == "KS 2025/41"


def checked_of(bath: World, tmp_path: Path, **changes: Any) -> Settings:
    """Settings of the example's register and decision; ``changes`` in the decision's words."""
    text = (EXAMPLES / "kommunstyrelsen.toml").read_text("utf-8")
    for was, becomes in changes.items():
        text, made = re.subn(rf"(?m)^{was} = .*$", f"{was} = {becomes}", text)
        assert made == 1
    decision = tmp_path / "beslut.toml"
    decision.write_text(text, "utf-8")
    register = EXAMPLES.parent / "register.toml"
    return dc.replace(house_of(bath).settings, register=register, decision=decision)


def overdue(settings: Settings, now: dt.datetime) -> list[tuple[Level, str]]:
    found = check_register(settings, now=now, attest=False)
    return [(f.level, f.text.sv) for f in found if f.code == "K21" and f.where == CHANNEL]


def test_what_is_overdue_breaks_the_decision_and_is_an_error_of_the_register_check(
    bath: World, tmp_path: Path
) -> None:
    settings = checked_of(bath, tmp_path)
    assert overdue(settings, bath.now) == []
    bath.later(30)
    [(level, said)] = overdue(settings, bath.now)
    assert level is Level.ERROR
    assert said.startswith("Gallringen eftersläpar: 3 trådar har passerat beslutets sista dag.")
    assert "kanalarkiv cull show KANAL/ID" in said


def test_a_decision_without_legal_force_sets_no_latest_day(bath: World, tmp_path: Path) -> None:
    settings = checked_of(bath, tmp_path, in_force="2099-01-01")
    bath.later(30)
    found = overdue(settings, bath.now)
    assert [level for level, _ in found] == [Level.WARNING]
    assert found[0][1].endswith("inget gallringsbeslut i kraft; inget gallras.")


def test_the_audit_says_in_which_channel_culling_is_overdue(bath: World, tmp_path: Path) -> None:
    settings = checked_of(bath, tmp_path)
    bath.later(30)
    outcome = Outcome(flow="audit", title="Granskning")
    audit._register(dc.replace(house_of(bath), settings=settings), outcome)
    [said] = outcome.shortfalls
    assert f"K21 {CHANNEL}" in said


def test_the_audit_compares_what_culling_judges_by_with_the_threads(
    bath: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, other = Outcome(flow="audit", title="x"), Outcome(flow="audit", title="x")
    audit._gists(house_of(bath), sound)
    assert not sound.failures
    monkeypatch.setattr(gists, "open_questions", lambda _: ("one",))
    audit._gists(house_of(bath), other)
    assert "gists-differ" in str(other.failures)


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(read_back(pdf).texts).split())


def told(house: House) -> tuple[dict[str, Any], Outcome]:
    outcome = Outcome(flow="x", title="x")
    return following_up._waiting(house, outcome, ("kommunstyrelsen",)), outcome


def test_what_waits_for_people_is_told_as_counts(bath: World) -> None:
    asked = bath.post("Nytt inlägg")
    bath.comment(asked, "En fråga?")
    bath.later(0.1)
    bath.harvest()
    classified(house_of(bath), CHANNEL, "1", "arende", "case", APPROVER)
    bath.cull(keep={1: "unique"})
    bath.later(400)
    holds.add(
        bath.archive,
        channel=CHANNEL,
        reason="audit",
        by=APPROVER,
        now=bath.now,
        review=dt.date(2027, 6, 1),
    )
    bath.later(400)
    row, outcome = told(house_of(bath))
    assert row == {
        "nya handlingar att registrera": 1,
        "att registrera": 1,
        "att bedöma": 1,
        "eftersläpar": 0,
        "omprövas": 2,
        "rensade": 0,
    }
    said = "; ".join(outcome.shortfalls)
    assert "1 att registrera" in said
    assert "1 obesvarade att bedöma efter 30 dagar" in said
    assert "1 bevarade att ompröva; 1 undantag att ompröva" in said


def test_a_supplement_is_printed_once(bath: World) -> None:
    bath.cull()
    bath.blog.delete("4")
    bath.later(31)
    bath.harvest()
    house = house_of(bath)
    assert following_up._supplemented(house, "kommunstyrelsen") == {"nya tillägg": 1}
    assert following_up._supplemented(house, "kommunstyrelsen") == {"nya tillägg": 0}
    assert len(supplements(house.archive)) == 1
    (page,) = house.archive.packages("certificates/", kind="certificate-supplement-pdf")
    text = text_of(house.archive.read(page, "pdf"))
    assert "har konstaterats borta även ur kanalen" in text


def test_a_year_is_summed_up_as_a_page_of_its_own(bath: World) -> None:
    bath.cull(keep={2: "unique"})
    house = house_of(bath)
    row = following_up._summed(house, "kommunstyrelsen", [CHANNEL], 2025)
    assert (row["antal protokoll"], row["gallrade"]) == (1, 2)
    again = following_up._summed(house, "kommunstyrelsen", [CHANNEL], 2025)
    assert again["sammanställning"] == row["sammanställning"]
    (page,) = house.archive.packages("certificates/", kind="culling-summary")
    text = text_of(house.archive.read(page, "pdf"))
    assert "Gallring i sociala medier 2025" in text
    assert "innehåller unik information" in text


def test_a_single_thread_is_explained_at_the_terminal(
    bath: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json", "quiet", "debug"):
        monkeypatch.setattr(call, name, False)
    monkeypatch.setattr(call, "lang", "sv")
    house = house_of(bath)
    classified(house, CHANNEL, "1", "unik", "unique", APPROVER)
    judging.show_thread(house, f"{CHANNEL}/c2")
    said = capsys.readouterr().out
    assert "handlingstyp: Inlägg med unik information" in said
    assert "regel: unik/1, klassad av en person: arkivarie-1, unik information" in said
    assert "flyttas till kept/ från 2025-12-09 00:00, senast 2026-01-01 00:00" in said
    assert "✗ Inlägg med unik information: ska bevaras" in said
    assert said.count("✓") == 8


def test_the_follow_up_is_a_flow_with_its_own_name() -> None:
    assert cull_follow_up.name == "cull-follow-up"


def test_a_year_that_has_not_ended_is_not_summed_up(bath: World) -> None:
    assert following_up._ended(None, bath.now) == 2024
    assert following_up._ended(2024, bath.now) == 2024
    with pytest.raises(InputError, match="year-not-ended"):
        following_up._ended(2025, bath.now)
