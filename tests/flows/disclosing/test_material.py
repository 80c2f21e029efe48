"""Where a request is searched: threads, the channel itself, snapshots, what is restricted."""

import datetime as dt

import pytest
from leaks import leaks

from archive_store.errors import InputError
from tasks.disclosure import request as requests
from tasks.documents import read_back
from tests.flows.disclosing.office import NAME, Office, documents, pages, put, said
from tests.tasks.culling.world import CHANNEL


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
