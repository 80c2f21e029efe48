"""What is typed into a form leads to nobody: Prefect refuses it unstored, or the run forgets it."""

import dataclasses as dc
from typing import Any

import pytest
from prefect.flows import Flow
from prefect.logging import disable_run_logger
from prefect.utilities.schema_tools.validation import ValidationError, validate

from flows import classifying, meaningless
from flows.classifying import Reason, classify_thread
from flows.cull import cull_approve, cull_propose
from flows.outcome import Outcome
from flows.snapshot import snapshot
from tests.flows.test_judging import house_of
from tests.tasks.culling.conftest import bath
from tests.tasks.culling.world import APPROVER, CHANNEL, World

__all__ = ["bath"]


def taken(flow: Flow[..., Any], **given: str) -> bool:
    """Whether Prefect's server takes these parameters: it asks before it stores a run."""
    schema = flow.parameters.model_dump()
    try:
        validate(given, schema, raise_on_error=True, ignore_required=True)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("post", "fit"),
    [
        ("kommunbloggen/17", True),
        ("kommunbloggen/other-3", True),
        ("kommunbloggen/f0123456789abcdef0123", True),
        ("kommunbloggen/urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6", True),
        ("2025-12-22-kommunstyrelsen-1:3", True),
        ("kommunbloggen/c42", False),
        ("https://blogg.example/2025/12/anna-fragar", False),
        ("kommunbloggen/anna fragar", False),
        ("Anna frågar om badet", False),
        ("", False),
    ],
)
def test_the_server_refuses_a_comments_id_an_address_and_words_before_it_stores_them(
    post: str, *, fit: bool
) -> None:
    assert taken(classify_thread, post=post) is fit


@pytest.mark.parametrize("flow", [cull_propose, cull_approve, classify_thread])
def test_a_name_is_no_id(flow: Flow[..., Any]) -> None:
    assert taken(flow, by="arkivarie-1")
    assert not taken(flow, by="Maja Ekdal")


def test_words_are_no_reason_for_a_snapshot() -> None:
    assert taken(snapshot, reason="KS/2025:12")
    assert taken(snapshot, reason="")
    assert not taken(snapshot, reason="Anna har klagat")


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Parameters that the run has taken out of its record in Prefect."""
    found: list[str] = []
    monkeypatch.setattr(meaningless, "forget", found.append)
    return found


def classified(world: World, post: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """How a run of the form ends."""
    house = house_of(world)
    monkeypatch.setattr(classifying, "open_house", lambda *_: house)
    monkeypatch.setattr(Outcome, "shown", lambda _: ("", []))
    with disable_run_logger():
        return classify_thread.fn(post, "veckan", next(iter(Reason)), APPROVER)


def test_what_leads_to_nobody_stays(
    bath: World, forgotten: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = f"{bath.propose().list_id}:1"
    for post in (f"{CHANNEL}/1", f"{CHANNEL}/c3", row):  # c3 is the body's own answer
        assert classified(bath, post, monkeypatch).is_completed()
    assert forgotten == []


def test_another_persons_comment_is_refused_with_the_name_to_use_and_forgotten(
    bath: World, forgotten: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = classified(bath, f"{CHANNEL}/c2", monkeypatch)
    assert ended.is_failed()
    assert ended.message.endswith(f"ange tråden som {CHANNEL}/1 i stället.")
    assert "c2" not in ended.message
    assert forgotten == ["post"]


def test_a_thread_that_others_began_is_named_by_its_number(
    bath: World, forgotten: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = bath.blog.post(bath.now, "En gästs inlägg", own=False)
    bath.later(0.1)
    bath.harvest()
    ended = classified(bath, f"{CHANNEL}/{number}", monkeypatch)
    assert f"{CHANNEL}/other-1 i stället" in ended.message
    assert forgotten == ["post"]
    assert classified(bath, f"{CHANNEL}/other-1", monkeypatch).is_completed()
    assert forgotten == ["post"]


def test_late_comments_on_a_strangers_culled_post_are_named_by_a_row_of_a_list(
    bath: World, forgotten: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = bath.blog.post(bath.now, "En gästs inlägg", own=False)
    bath.comment(number, "Tack för det", own=True)
    bath.later(0.1)
    bath.harvest()
    bath.later(9)
    bath.harvest()
    bath.cull()
    late = bath.comment(number, "Vad gäller nu")
    bath.later(0.1)
    bath.harvest()
    without = dc.replace(bath.threads()[number].thread, counted_as="")
    monkeypatch.setattr(meaningless, "find_thread", lambda *_: (None, without))
    for post in (number, late):
        ended = classified(bath, f"{CHANNEL}/{post}", monkeypatch)
        assert ended.message.endswith("ange tråden som LISTA:RAD i stället.")
    assert forgotten == ["post", "post"]


@pytest.mark.parametrize("post", [f"{CHANNEL}/9999", "anna", f"{CHANNEL}:3"])
def test_what_nobody_can_tell_is_forgotten(
    bath: World, forgotten: list[str], monkeypatch: pytest.MonkeyPatch, post: str
) -> None:
    ended = classified(bath, post, monkeypatch)
    assert ended.is_failed()
    assert "9999" not in ended.message
    assert forgotten == ["post"]
