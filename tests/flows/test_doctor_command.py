"""``kanalarkiv doctor``: a table for people as it goes, a document, an honest exit code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive_store import doctor as ground
from archive_store.bucket import Bucket
from archive_store.doctor import Needed, Ok, Report, Row, Text
from flows.cli import main as cli
from flows.cli.out import DONE, SHORT

pytestmark = pytest.mark.usefixtures("alone")


def a_row(code: str, ok: Ok, needed: Needed, *, locks: bool = False) -> Row:
    return Row(
        code=code,
        asks=Text(sv=f"fråga {code}", en=f"question {code}"),
        needed=needed,
        ok=ok,
        seen=Text(sv="sett", en="seen"),
        advice=Text(sv=f"råd {code}", en=f"advice {code}"),
        locks=locks,
    )


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets doctor find these rows."""

    def find(*rows: Row) -> None:
        def examine(bucket: Bucket, *, told: Callable[[Row], None] | None = None) -> Report:
            for row in rows:
                if told:
                    told(row)
            return Report(place=str(bucket), rows=rows)

        monkeypatch.setattr(ground, "examine", examine)

    return find


def test_a_sound_directory_ends_with_0_and_is_left_as_it_was(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(["doctor"]) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Prövar {tmp_path}/archive"
    assert lines[2].startswith("✓ platsen är en katalog, eller kan bli det ")
    assert "Lagret duger för ett arkiv." in lines[-2]
    assert lines[-1] == "Lås mot förstöring kan inte utlovas."
    assert max(map(len, lines)) <= 120
    assert list(tmp_path.iterdir()) == []


def test_the_document_holds_every_row_in_the_language_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(["doctor", "--json", "--lang", "en"]) == DONE
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert document["place"] == f"{tmp_path}/archive"
    assert document["ok"] is True
    assert document["locks"] is False
    first = document["rows"][0]
    assert first == {
        "code": "place",
        "asks": "the place is a directory, or can become one",
        "ok": "yes",
        "needed": "required",
        "seen": "can be made",
        "advice": "",
    }
    assert document["rows"][-1]["advice"].startswith("Locks take an S3 bucket")


def test_a_place_that_will_not_do_ends_with_1_and_says_why(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert cli.main(["doctor", "--archive", "file/archive"]) == SHORT
    told = capsys.readouterr().out
    first = told.splitlines()[2]
    assert first.startswith("✗ platsen är en katalog, eller kan bli det  ")
    assert first.endswith(f"  {tmp_path}/file är en fil")
    assert "    place (krävs): Ange en katalog med --archive" in told
    assert "den som kör får skriva här" not in told
    assert "0 av 17 (16 prövades inte) ja." in told
    assert told.rstrip().endswith("Lagret duger inte för ett arkiv: place.")


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ((Ok.YES, Needed.REQUIRED), ("✓", DONE)),
        ((Ok.NO, Needed.REQUIRED), ("✗", SHORT)),
        ((Ok.UNKNOWN, Needed.REQUIRED), ("✗", SHORT)),
        ((Ok.NO, Needed.PROMISED), ("✗", SHORT)),
        ((Ok.NO, Needed.USEFUL), ("!", DONE)),
        ((Ok.UNKNOWN, Needed.USEFUL), ("?", DONE)),
    ],
)
def test_what_is_required_or_promised_decides_the_exit_code(
    found: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
    second: tuple[Ok, Needed],
    said: tuple[str, int],
) -> None:
    found(a_row("first", Ok.YES, Needed.REQUIRED), a_row("x", *second))
    mark, code = said
    assert cli.main(["doctor"]) == code
    told = capsys.readouterr().out
    assert f"{mark} fråga x" in told
    assert ("råd x" in told) == (second[0] is not Ok.YES)


def test_what_was_not_tried_is_counted_and_not_listed(
    found: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    found(a_row("first", Ok.YES, Needed.REQUIRED), a_row("x", Ok.NOT_TRIED, Needed.REQUIRED))
    assert cli.main(["doctor"]) == DONE
    told = capsys.readouterr().out
    assert "fråga x" not in told
    assert "1 av 2 (1 prövades inte) ja." in told


@pytest.mark.parametrize(
    ("locked", "words"),
    [(Ok.YES, "can be promised"), (Ok.UNKNOWN, "cannot be promised")],
)
def test_locks_are_promised_only_where_every_trial_of_them_passed(
    found: Callable[..., None], capsys: pytest.CaptureFixture[str], locked: Ok, words: str
) -> None:
    found(
        a_row("locks", Ok.YES, Needed.USEFUL, locks=True),
        a_row("lock-ends", locked, Needed.USEFUL, locks=True),
    )
    assert cli.main(["doctor", "--lang", "en"]) == DONE
    assert capsys.readouterr().out.rstrip().endswith(f"Locks against destruction {words}.")


def test_quietly_only_what_stands_in_the_way_is_said(
    found: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    found(a_row("good", Ok.YES, Needed.REQUIRED), a_row("bad", Ok.NO, Needed.REQUIRED))
    assert cli.main(["doctor", "--quiet"]) == SHORT
    told = capsys.readouterr().out
    assert "fråga good" not in told
    assert "✗ fråga bad" in told
