"""A request from its search to its closing, in a municipality in miniature."""

import dataclasses as dc
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from leaks import leaks

from archive_store import Commit, Draft
from archive_store.errors import (
    ArchiveError,
    ExistsError,
    InputError,
    MissingError,
    RefusalError,
)
from flows import disclosing, on_the_channel
from flows.cli import main as cli
from flows.cli.out import DONE, SHORT, WRONG, call
from flows.disclosing import Ask, Disclosed, close, disclose, masking_of
from flows.house import House
from flows.settings import Settings
from tasks.culling import holds
from tasks.disclosure import Masking
from tasks.disclosure import request as requests
from tasks.documents import html_to_pdf, read_back
from tests.faults.house import REGISTER
from tests.tasks.culling.world import CHANNEL, World
from tests.tasks.harvest.fake_channel import a_channel

NAME = "Majken Sjöberg"  # who comments, says the fake channel


class Office:
    """A world with a house around it, whose channel is looked at as it stands."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.world = World(folder / "archive")
        self._number = 0

        def connector(*_: Any, **__: Any) -> Any:
            return _Open(self.world.blog)

        monkeypatch.setattr(on_the_channel, "connector_for", connector)

    @property
    def house(self) -> House:
        (self.folder / "register.toml").touch()
        return House(
            settings=Settings(
                archive=str(self.folder / "archive"),
                state=self.folder / "state",
                register=self.folder / "register.toml",
            ),
            register=dc.replace(REGISTER, channels=(a_channel(CHANNEL),)),
            archive=self.world.reopened().archive,
            now=self.world.now,
            channels=(a_channel(CHANNEL),),
        )

    def ask(self, *phrases: str, **more: Any) -> tuple[Disclosed, Path]:
        self._number += 1
        out = self.folder / f"underlag-{self._number}"
        request_id = more.pop("request_id", "")
        masking = more.pop("masking", None)
        ask = None if request_id else Ask(phrases=phrases, **more)
        done = disclose(self.house, ask, out, request_id=request_id, masking=masking)
        return done, out

    def close(self, request_id: str, outcome: str = "nothing") -> requests.Request:
        return close(self.house, request_id, outcome=outcome, by="arkivarie-1")


class _Open:
    def __init__(self, blog: Any) -> None:
        self.blog = blog

    def __enter__(self) -> Any:
        return self.blog

    def __exit__(self, *_: object) -> None: ...


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    found = Office(tmp_path, monkeypatch)
    world = found.world
    post = world.post("Badet öppnar klockan nio", title="Bad")
    world.comment(post, "När öppnar badet")
    world.later(0.01)
    world.comment(post, "Klockan nio, välkommen", own=True)
    world.post("Lånekort delas ut")
    world.harvest()
    return found


def said(path: Path) -> str:
    return " ".join(" ".join(read_back(path.read_bytes()).texts).split())


def documents(out: Path) -> list[Path]:
    return sorted((out / "handlingar").iterdir())


def put(office: Office, base: str, kind: str, files: dict[str, bytes]) -> str:
    commit = Commit(
        event="x",
        now=office.world.now,
        actor="x",
        drafts=(Draft(base=base, files=files, labels={"kind": kind, "channel": CHANNEL}),),
    )
    return office.house.archive.commit(commit).added[0].key


def pages(*texts: str) -> bytes:
    body = "".join(f"<p style='page-break-before:always'>{text}</p>" for text in texts)
    return html_to_pdf(
        f"<html lang=sv><title>Bild</title><p>Framsida</p>{body}",
        title="Ögonblicksbild",
        author="Sjöviks kommun",
        created=dt.datetime(2025, 12, 1, tzinfo=dt.UTC),
    )


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


def test_what_was_culled_but_stands_on_the_channel_is_found_there_with_its_certificate(
    office: Office,
) -> None:
    office.world.later(10)
    office.world.harvest()
    certificate = office.world.cull().certificate
    done, out = office.ask("badet")
    [file] = documents(out)
    assert "Läst i kanalen" in said(file)
    assert NAME in said(file)
    answer = said(out / "svar.pdf")
    told = f"gallrad i arkivet (protokoll {certificate}), finns kvar i kanalen"
    assert told.replace(" ", "") in answer.replace(" ", "")
    assert not office.world.says("badet", "posts")  # looking takes nothing in
    office.close(done.request.id)

    for item in ("1", "2", "3", "4"):
        office.world.blog.delete(item)
    _, out = office.ask("badet")
    assert documents(out) == []
    answer = said(out / "svar.pdf")
    assert "inte funnit någon handling" in answer
    assert certificate in answer.replace(" ", "")
    assert "sett efter i kanalerna själva" in answer


def test_a_channel_that_does_not_answer_is_told_and_nobody_says_that_it_was_culled(
    office: Office,
) -> None:
    office.world.blog.down = True
    done, out = office.ask("badet")
    assert done.blind == {CHANNEL: "no-answer"}
    assert "Svara inte att något saknas eller är gallrat" in said(out / "svar.pdf")
    assert "SÖKNINGEN ÄR INTE FULLSTÄNDIG" in (out / "LAS-MIG.txt").read_text("utf-8-sig")
    assert done.packed.counts["blind"] == 1


def test_what_came_since_the_last_harvest_is_found_on_the_channel(office: Office) -> None:
    office.world.comment("1", "Stängt i dag, skriver Bodil Ek")
    done, out = office.ask('"Bodil Ek"')
    assert done.packed.counts["threads"] == 1
    assert "Bodil Ek" in said(documents(out)[0])


def test_pages_of_snapshots_are_taken_out_and_the_whole_is_named(office: Office) -> None:
    base = f"snapshots/info/{CHANNEL}/2025/2025-12-01T1000-manuell"
    key = put(office, base, "snapshot", {"pdf": pages("Badet", "Biblioteket", "Badet igen")})
    done, out = office.ask("badet", "biblioteket")
    names = [path.name for path in documents(out)]
    assert names[-1] == "0002-kommunbloggen-2025-12-01-ogonblicksbild.pdf"
    assert read_back(documents(out)[1].read_bytes()).pages == 4
    office.close(done.request.id)
    done, out = office.ask("biblioteket")
    assert "Badet" not in said(documents(out)[0])
    assert f"{base}.pdf" in (out / "arbetsblad.csv").read_text("utf-8-sig")
    assert office.house.archive.holds(key) == {f"begaran-{done.request.id}"}
    office.close(done.request.id, "disclosed")
    assert office.house.archive.holds(key) == frozenset()


def test_what_is_restricted_is_told_to_exist_and_is_not_read(office: Office) -> None:
    base = f"restricted/info/{CHANNEL}/2025/2025-12-01T1000-sakrad"
    put(office, base, "evidence", {"pdf": pages("Hotet mot Kajsa Warg")})
    done, out = office.ask('"Kajsa Warg"')
    assert (done.packed.counts["threads"], done.packed.counts["closed"]) == (0, 1)
    answer = said(out / "svar.pdf")
    assert "Utöver det som anges under Avskilda handlingar" in answer
    assert "6 kap. 3 §" in answer
    assert "Kammarrätten" in said(out / "beslut-utkast.pdf")
    assert "Har inte genomsökts" in said(out / "arbetsblad.pdf")
    assert not leaks([out], {"content": "Hotet mot"})


def test_dates_and_channels_narrow_what_is_found_and_held(office: Office) -> None:
    first = office.world.now.date()
    office.world.later(40)
    office.world.post("Badet stänger för säsongen")
    office.world.harvest()
    for span, texts in (
        ({"last": first}, ["nio"]),
        ({"first": first + dt.timedelta(days=10)}, ["säsongen"]),
        ({"first": first, "last": first + dt.timedelta(days=60)}, ["nio", "säsongen"]),
    ):
        done, out = office.ask("badet", **span)
        assert [any(t in said(f) for t in texts) for f in documents(out)] == [True] * len(texts)
        assert done.held == len(texts)
        office.close(done.request.id)
    with pytest.raises(InputError, match="disclosure-dates"):
        office.ask("badet", first=first, last=first - dt.timedelta(days=1))
    assert all(request.outcome for request in requests.every(office.house.archive))


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


@pytest.fixture
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("archive", "register", "decision", "lang"):
        monkeypatch.setattr(call, name, None)
    for name in ("json", "quiet", "debug"):
        monkeypatch.setattr(call, name, False)


@pytest.mark.usefixtures("_alone")
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
