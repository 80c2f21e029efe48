"""What operators meet in the Prefect UI: Swedish forms, refusals as sentences, tables that fit."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.objects import State
from prefect.flows import Flow
from prefect.utilities.callables import parameter_schema

from archive_store.errors import InputError, KanalarkivError, RefusalError
from flows import cull
from flows.cli import main as cli
from flows.cli import runs
from flows.cli.out import WRONG
from flows.deployments import deployments, plan
from flows.forms import AsOf, for_operators
from flows.outcome import FEW, Outcome, PartlyFailedError, counted
from flows.settings import Settings
from tasks.discreet import StepError
from tests.flows.test_judging import house_of
from tests.tasks.culling.conftest import bath
from tests.tasks.culling.world import APPROVER, PROPOSER, World

__all__ = ["bath"]

WORDS = "Majken badade i sjön"
SENTENCE = "Listan gällde till i går; föreslå en ny."
REFUSAL = RefusalError("list-expired", sv=SENTENCE, en="The list was valid until yesterday.")
FLOWS = {flow.name: flow for flow, _ in plan(Settings())}
FORMS = {
    made.flow_name: made._parameter_openapi_schema.properties for made in deployments(Settings())
}


@for_operators(name="refusing", description="Nekar.")
def refusing(as_of: AsOf = None) -> State[Outcome]:  # noqa: ARG001 - a form has a field
    """Refuses at any time."""
    raise REFUSAL


@for_operators(name="refusing-later", description="Nekar.")
async def refusing_later(as_of: AsOf = None) -> State[Outcome]:  # noqa: ARG001 - a form has a field
    """Refuses in an event loop."""
    await asyncio.sleep(0)
    raise REFUSAL


@for_operators(name="breaking", description="Går sönder.")
def breaking(as_of: AsOf = None) -> State[Outcome]:  # noqa: ARG001 - a form has a field
    """Breaks on what somebody wrote."""
    raise ValueError(WORDS)


@pytest.mark.parametrize("name", FLOWS)
def test_every_field_of_a_form_has_a_swedish_heading_and_says_what_to_write(name: str) -> None:
    fields: dict[str, dict[str, Any]] = FORMS[name]
    assert fields
    for key, field in fields.items():
        assert field["title"][0].isupper(), key
        assert field["title"] != key
        assert field["description"].endswith("."), key
        assert set("åäö") & set(f"{field['title']} {field['description']}"), key
    assert str(FLOWS[name].description) in str(FLOWS[name].__doc__)


@pytest.mark.parametrize("name", FLOWS)
def test_a_work_pools_form_says_the_same_beside_the_parameters_name(name: str) -> None:
    theirs = parameter_schema(FLOWS[name]).properties
    assert {k: f["description"] for k, f in theirs.items()} == {
        k: f["description"] for k, f in FORMS[name].items()
    }


@pytest.mark.parametrize(("name", "field"), [("cull-approve", "keep"), ("harvest", "channels")])
def test_a_list_is_an_empty_list_from_the_start_and_nothing_is_one_too(
    name: str, field: str
) -> None:
    form = FORMS[name][field]
    assert (form["type"], form["default"]) == ("array", [])
    given: dict[str, Any] = {"list_id": "x", "by": "y"} if name == "cull-approve" else {}
    assert FLOWS[name].validate_parameters({**given, field: None})[field] == ()
    assert FLOWS[name].validate_parameters({**given, field: ["3:unique"]})[field] == ("3:unique",)


def test_no_occasion_is_what_is_due_and_missing() -> None:
    assert FORMS["snapshot"]["occasion"]["default"] == "saknade"
    given: dict[str, Any] = {"occasion": None}
    assert FLOWS["snapshot"].validate_parameters(given)["occasion"] == "saknade"


def _ended(flow: Flow[..., Any]) -> State[Any]:
    made = flow.fn()
    return asyncio.run(made) if asyncio.iscoroutine(made) else made


@pytest.mark.parametrize("flow", [refusing, refusing_later])
def test_a_refusal_is_a_failed_run_whose_message_is_the_sentence(flow: Flow[..., Any]) -> None:
    state = _ended(flow)
    assert (state.is_failed(), state.message) == (True, SENTENCE)
    assert isinstance(state.data, RefusalError)


def test_what_is_unforeseen_tells_no_words_of_what_it_broke_on() -> None:
    state = _ended(breaking)
    told, error = str(state.message), state.data
    assert told.startswith("breaking: oväntat fel ValueError i test_forms.py:")
    assert "Kör om" in told
    assert isinstance(error, StepError)
    assert WORDS not in f"{told}{error!r}{error.__context__!r}{error.__cause__!r}"


def test_approving_ones_own_list_ends_as_a_sentence_with_who_may(
    bath: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bath.later(200)
    bath.harvest()
    list_id = str(bath.propose().list_id)
    house = house_of(bath)
    monkeypatch.setattr(cull, "open_house", lambda *_: house)
    state = cull.cull_approve.fn(list_id=list_id, by=PROPOSER)
    assert state.is_failed()
    assert APPROVER in str(state.message)
    assert "ger inte rätt att godkänna" in str(state.message)


@pytest.mark.parametrize("logger", ["prefect.flow_runs", "prefect.task_runs"])
def test_a_refusal_stands_in_the_log_as_its_sentence_once_and_without_a_traceback(
    logger: str,
) -> None:
    log = logging.getLogger(logger)
    again = "Engine execution exited with unexpected exception"

    def told(message: str, error: Exception) -> logging.LogRecord | None:
        raised = (type(error), error, None)
        record = log.makeRecord(logger, logging.ERROR, "", 0, message, (error,), raised)
        return record if log.filter(record) else None

    ours = told("Task run failed with exception: %r", REFUSAL)
    assert ours is not None
    assert (ours.getMessage(), ours.exc_info) == (SENTENCE, None)
    assert told(again, REFUSAL) is None
    for quote in ("'", '"'):
        said = f"Finished in state Failed({quote}Task run encountered an exception "
        for error, passes in (("RefusalError: list-expired: The …", False), ("OSError: x", True)):
            ended = log.makeRecord(logger, logging.ERROR, "", 0, said + error, (), None)
            assert bool(log.filter(ended)) is passes
    theirs = told(again, ValueError())
    assert theirs is not None
    assert theirs.exc_info is not None


def test_the_command_line_says_the_same_sentence_and_ends_with_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run_here(*_: Any, **__: Any) -> int:
        return runs.in_process(__name__, "_called", {})

    monkeypatch.setattr("flows.cli.culling.run_flow", run_here)
    assert cli.main(["cull", "carry-out", "x"]) == WRONG
    assert capsys.readouterr().err == f"kanalarkiv: {SENTENCE}\n"


def _called(*, return_state: bool) -> State[Any]:
    assert return_state
    return _ended(refusing)


def _failing(count: int) -> Outcome:
    outcome = Outcome(flow="harvest", title="Skörd")
    outcome.done("kommunbloggen", {"nya": 0, "borta": "", "nyckel": "a/b"})
    for number in range(count):
        error = InputError("x", sv=f"Gör så här {number}.", en="Do it.")
        outcome.fail(f"kanal-{number}", error)
    return outcome


def test_few_failures_are_told_by_their_sentences_and_many_by_their_codes() -> None:
    assert _failing(1).message() == "1 av 2; kanal-0: Gör så här 0."
    assert _failing(FEW + 1).message().count(": x") == FEW + 1
    own = InputError("x", sv="bloggen: finns inte.", en="bloggen: is not.")
    outcome = Outcome(flow="f", title="F", failures={"bloggen": own})
    assert outcome.message() == "0 av 1; bloggen: finns inte."


KEY = "snapshots/informationsenheten/kommunbloggen/2025/2025-12-31T2300-arsskifte.pdf"


@pytest.mark.parametrize(
    ("rows", "table"),
    [
        ({"a": {"nya": 0, "borta": ""}}, [{"kanal": "a", "nya": 0}]),
        (
            {"a": {"nya": 0, "nyckel": KEY}},
            [{"kanal": "nya", "a": 0}, {"kanal": "nyckel", "a": KEY}],
        ),
        (
            {"a": {"nya": 0, "nyckel": KEY}, "b": {"nya": 1, "nyckel": ""}, "c": {"nyckel": KEY}},
            [{"kanal": "a", "nya": 0}, {"kanal": "b", "nya": 1}, {"kanal": "c", "nya": ""}],
        ),
    ],
    ids=["fits", "upright", "what is long stands above"],
)
def test_a_table_hides_nothing_at_its_edge(
    rows: dict[str, dict[str, Any]], table: list[dict[str, Any]]
) -> None:
    outcome = Outcome(flow="f", title="F")
    for name, counts in rows.items():
        outcome.done(name, counts)
    heading, shown = outcome.shown()
    assert shown == table
    beside = [f"- {name}: {KEY}" for name in ("a", "c")] if len(rows) > 1 else []
    assert heading.splitlines()[2:] == beside


def test_a_failure_is_a_code_in_the_table_and_a_sentence_above_it() -> None:
    outcome = _failing(1)
    outcome.next = "Läs listan."
    heading, table = outcome.shown()
    assert heading == "## Skörd\n\nLäs listan.\n\n- kanal-0: Gör så här 0."
    assert table[1] == {"kanal": "kanal-0", "nya": "", "nyckel": "", "fel": "x"}


def test_nothing_done_is_no_table() -> None:
    assert Outcome(flow="f", title="F").shown() == ("## F", [])


def test_a_run_that_failed_in_part_keeps_what_it_did_for_the_command_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("flows.outcome.create_table_artifact", lambda **_: None)
    outcome = _failing(1)
    found = outcome.state().data
    assert isinstance(found, PartlyFailedError)
    assert found.outcome is outcome
    assert isinstance(found, KanalarkivError)


def test_one_is_one_row() -> None:
    assert (counted(1, "rad", "rader"), counted(0, "rad", "rader")) == ("1 rad", "0 rader")


def test_settings_that_are_refused_are_told_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kanalarkiv.toml").write_text("bogus = 1\n", "utf-8")
    assert _ended(refusing).message == SENTENCE
