"""A request from its asking to its closing: its pack, what is held and left, by command too."""

import json
from pathlib import Path
from typing import Any

import pytest
from leaks import leaks

from archive_store.errors import ArchiveError, ExistsError, InputError, MissingError, RefusalError
from flows import disclosing
from flows.cli import main as cli
from flows.cli.out import DONE, SHORT, WRONG, call
from flows.disclosing import Ask, disclose, masking_of
from tasks.culling import holds
from tasks.disclosure import Masking
from tasks.disclosure import request as requests
from tests.flows.disclosing.office import NAME, Office, documents, said


def test_what_is_found_is_packed_in_context_and_held_until_the_request_is_closed(
    office: Office,
) -> None:
    done, out = office.ask(f'"{NAME}"')
    assert done.packed.counts["threads"] == 1
    [file] = documents(out)
    assert file.name == "0001-kommunbloggen-2025-12-01-trad.pdf"
    text = said(file)
    for phrase in ("Badet öppnar klockan nio", "När öppnar badet", NAME, "Klockan nio, välkommen"):
        assert phrase in text
    assert "Lånekort" not in text
    assert {path.name for path in out.iterdir()} == {
        *("LAS-MIG.txt", "arbetsblad.csv", "arbetsblad.html", "arbetsblad.pdf"),
        *("forteckning.json", "handlingar", "svar.html", "svar.pdf"),
    }
    assert out.stat().st_mode & 0o077 == 0

    office.world.later(10)
    office.world.harvest()
    first = office.world.propose()
    assert (first.rows, first.blocked) == (1, {"held": 1})
    office.close(done.request.id, "disclosed")
    assert holds.active(office.house.archive) == ()
    assert office.world.reopened().propose().rows == 2


def test_only_codes_are_left_when_it_is_closed_and_nothing_after_ninety_days(
    office: Office,
) -> None:
    done, _ = office.ask("badet")
    place = "archive/requests"
    assert leaks([office.folder / place], {"phrase": "badet"})
    closed = office.close(done.request.id, "partly")
    assert (closed.phrases, closed.outcome, closed.counts["threads"]) == ((), "partly", 1)
    assert not leaks([office.folder / place, office.folder / "archive/journal"], {"p": "badet"})
    [noted] = office.house.archive.entries(event="disclosure-closed")
    assert noted.facts["outcome"] == "partly"
    assert noted.facts["pack"] == done.packed.sha256
    with pytest.raises(RefusalError, match="disclosure-closed"):
        office.close(done.request.id, "partly")
    office.world.later(91)
    office.ask("lånekort")
    assert [r.id for r in requests.every(office.house.archive)] == ["2026-03-02-1"]
    with pytest.raises(MissingError, match="disclosure-unknown"):
        office.close(done.request.id)


def test_nothing_can_have_been_disclosed_without_a_pack(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise ArchiveError("pack-not-written", sv="x", en="x")

    with monkeypatch.context() as patched:
        patched.setattr(disclosing, "write_pack", full)
        with pytest.raises(ArchiveError):
            office.ask("badet")
    [open_] = requests.every(office.house.archive)
    assert holds.active(office.house.archive)  # what was asked for stays although the pack failed
    with pytest.raises(RefusalError, match="disclosure-no-pack"):
        office.close(open_.id, "disclosed")
    done, out = office.ask(request_id=open_.id)
    assert (done.request.id, done.held, len(documents(out))) == (open_.id, 0, 1)
    office.close(open_.id, "disclosed")
    with pytest.raises(RefusalError, match="disclosure-closed"):
        office.ask(request_id=open_.id)


def test_a_person_who_asks_for_their_own_data_gets_another_text(office: Office) -> None:
    done, out = office.ask(f'"{NAME}"', purpose="art15")
    answer = said(out / "svar.pdf")
    for words in ("Artikel 15", "Integritetsskyddsmyndigheten", "Rättslig grund", "1 handling"):
        assert words in answer
    assert "6 kap. 3 §" not in answer
    assert done.request.purpose == "art15"


def test_a_place_that_is_taken_and_a_call_that_is_wrong_leave_no_request(office: Office) -> None:
    taken = office.folder / "tagen"
    taken.mkdir()
    (taken / "a").touch()
    missing = office.folder / "nowhere" / "x"
    for place, kind in ((taken, ExistsError), (taken / "a", ExistsError), (missing, InputError)):
        with pytest.raises(kind):
            disclose(office.house, Ask(phrases=("badet",)), place)
    for phrases, more in ((("***",), {}), (("badet",), {"purpose": "gossip"})):
        with pytest.raises(InputError):
            office.ask(*phrases, **more)
    assert requests.every(office.house.archive) == ()
    assert [path.name for path in taken.iterdir()] == ["a"]


def test_an_open_request_is_searched_again_with_a_masking(office: Office) -> None:
    done, _ = office.ask("badet")
    masking = Masking(words=(NAME,), provision="OSL 25 kap. 1 §")
    again, out = office.ask(request_id=done.request.id, masking=masking)
    assert (again.request.id, again.held, again.packed.counts["masked"]) == (done.request.id, 0, 1)
    [copy] = (out / "maskerade").iterdir()
    assert NAME in said(documents(out)[0])
    assert "Sjöberg" not in said(copy)
    assert "OSL 25 kap. 1 §" in said(out / "beslut-utkast.pdf")


def test_nothing_is_masked_without_a_provision(tmp_path: Path) -> None:
    words = tmp_path / "ord.txt"
    words.write_text("\ufeffMajken  Sjöberg\n\nBodil\n", "utf-8")
    made = masking_of(words, "OSL 25 kap. 1 §")
    assert made is not None
    assert made.words == ("Majken Sjöberg", "Bodil")
    assert masking_of(None, "") is None
    for file, provision in ((words, " "), (None, "OSL"), (tmp_path / "no", "OSL 25 kap. 1 §")):
        with pytest.raises(InputError, match="mask-"):
            masking_of(file, provision)


def test_more_than_a_request_can_be_answered_with_is_refused_before_it_is_recorded(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.disclosure_search.MOST", 1)
    office.world.later(0.1)
    office.world.post("Badet är stängt")
    office.world.harvest()
    with pytest.raises(InputError, match="disclosure-too-many"):
        office.ask("badet")
    assert requests.every(office.house.archive) == ()


@pytest.mark.usefixtures("alone")
def test_the_command_says_the_same_as_json_and_leaves_the_phrase_nowhere_else(
    office: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.house.open_house", lambda *_, **__: office.house)
    monkeypatch.setattr("flows.cli.runs.prepared", lambda **_: None)
    monkeypatch.setattr("flows.cli.disclosing.prepared", lambda **_: None)
    out = office.folder / "ut"

    def told(*words: str) -> tuple[int, Any]:
        code = cli.main(["disclose", *words, "--json"])
        call.json = False
        return code, json.loads(capsys.readouterr().out)

    code, made = told("--query", f'"{NAME}"', "-o", str(out), "--by", "registrator-1")
    assert (code, made["counts"]["threads"], made["held"]) == (DONE, 1, 1)
    assert told("list")[1]["requests"][0]["request"] == made["request"]
    needles = {"name": NAME, "last": "sjöberg"}
    assert leaks([out], needles)
    outside = [office.folder / "state", office.folder / "archive" / "journal"]
    outside += list((office.folder / "archive").glob("*.html"))
    assert not leaks(outside, needles)
    assert told("close", made["request"], "--outcome", "disclosed")[0] == DONE
    assert not leaks([office.folder / "archive" / "requests"], needles)
    assert told("--query", "a")[0] == WRONG
    assert told("close", "2020-01-01-1", "--outcome", "nothing")[0] == WRONG
    assert told("--query", "a", "--from", "i går", "-o", "x")[0] == WRONG
    office.world.blog.down = True
    assert told("--query", "badet", "-o", "blind")[0] == SHORT
