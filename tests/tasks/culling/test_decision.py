"""A decision file is taken whole or refused whole."""

import datetime as dt
from pathlib import Path

import pytest

from archive_store.errors import InputError, RefusalError
from tasks.culling import TEMPLATE, decision_for, in_force, load_decisions
from tests.tasks.culling.world import EXAMPLES

GOOD = (EXAMPLES / "kommunstyrelsen.toml").read_text()


def refused(folder: Path, text: str, name: str = "beslut.toml") -> InputError:
    file = folder / name
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        load_decisions(file)
    assert caught.value.code == "decision-refused"
    return caught.value


def test_the_made_up_boards_have_decisions_in_force() -> None:
    decisions = load_decisions(EXAMPLES)
    assert sorted(decisions) == ["kommunstyrelsen", "kulturnamnden"]
    for decision in decisions.values():
        assert decision.in_force == dt.date(2025, 3, 1)
        assert decision.approver("arkivarie-1")
        assert decision.proposer("informationsenheten")
        assert decision.class_of("").rule == "veckan/1"  # type: ignore[union-attr] # there is one
        assert decision.class_of("unheard-of") is None
        assert (decision.includes_older, decision.section.isdecimal()) == (True, True)
        assert "[" not in decision.text


def test_legal_force_begins_and_ends_with_a_swedish_day() -> None:
    decision = load_decisions(EXAMPLES)["kommunstyrelsen"]
    assert not in_force(decision, dt.datetime(2025, 2, 28, 22, 59, tzinfo=dt.UTC))
    assert in_force(decision, dt.datetime(2025, 2, 28, 23, 0, tzinfo=dt.UTC))


def test_the_last_day_is_included(tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text(
        GOOD.replace("includes_older = true", "includes_older = true\nends = 2025-12-31")
    )
    decision = load_decisions(file)["kommunstyrelsen"]
    assert in_force(decision, dt.datetime(2025, 12, 31, 22, 59, tzinfo=dt.UTC))
    assert not in_force(decision, dt.datetime(2025, 12, 31, 23, 0, tzinfo=dt.UTC))


def test_the_template_is_refused_field_by_field_until_it_is_filled(tmp_path: Path) -> None:
    error = refused(tmp_path, TEMPLATE.read_text(), "kommunstyrelsen.toml")
    for key in ("board", "body", "date", "section", "dnr", "in_force", "approver[1].name"):
        assert f"{key}: fyll i" in error.sv
        assert f"{key}: fill in" in error.en
    lines = TEMPLATE.read_text().splitlines()
    for line in error.sv.splitlines()[1:]:
        number = int(line.split(":")[1].split()[0])
        assert '""' in lines[number - 1]


def test_the_template_filled_as_a_person_would_is_accepted(tmp_path: Path) -> None:
    text = TEMPLATE.read_text()
    for key, value in {
        "board": '"kommunstyrelsen"',
        "body": '"Kommunstyrelsen"',
        "date": "2025-01-29",
        "section": '"§ 12"',
        "dnr": '"KS 2025/17"',
        "in_force": "2025-03-01",
    }.items():
        text = text.replace(f'\n{key} = ""', f"\n{key} = {value}")
    text = text.replace('name = ""', 'name = "N"').replace('role = ""', 'role = "R"')
    assert "fyll i [Nämnden]" in refused(tmp_path, text).sv
    text = text.replace("[Nämnden]", "Nämnden").replace("[arkivreglementet § …]", "x")
    (tmp_path / "beslut.toml").write_text(text)
    assert load_decisions(tmp_path)["kommunstyrelsen"].section == "12"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("date = 2025-01-29", 'date = "2025-01-29"', ":6 date: ska vara ett datum"),
        ("in_force = 2025-03-01", "in_force = 2025-01-01", ":9 in_force: laga kraft före"),
        ("includes_older = true", 'includes_older = "ja"', ":11 includes_older: ska vara true"),
        (
            "days = 7\nlatest_days = 30",
            'days = "7"\nlatest_days = 30',
            "class[1].days: ska vara ett",
        ),
        ("latest_days = 30", "latest_days = 3", "class[1].latest_days: senaste dag före"),
        ('action = "cull"', 'action = "delete"', "class[1].action: ska vara cull, keep"),
        ('dnr = "KS 2025/17"', 'dnr = "  "', ":8 dnr: fyll i"),
        ('dnr = "KS 2025/17"', 'dnr = "KS"\ncolour = "blue"', ":9 colour: okänd nyckel"),
        ('dnr = "KS 2025/17"', "", "dnr: saknas"),
        ('id = "arkivarie-2"', 'id = "arkivarie-1"', "approver[2].id: finns redan"),
        ('id = "arkivarie-2"', 'id = "Ingrid A"', "approver[2].id: id skrivs med"),
        ('id = "unik"', 'id = "veckan"', "class[3].id: finns redan"),
        ('id = "skrappost"', 'id = "skrappost"\ndefault = true', "class[2].default: högst en"),
        ("[[proposer]]", "[proposer]", "proposer: skrivs med dubbla"),
        ("backup_days = 30", "backup_days = -1", "backup_days: ogiltigt värde"),
        ("board = ", "board ", "är inte TOML"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_key(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert GOOD.count(old) >= 1
    error = refused(tmp_path, GOOD.replace(old, new, 1))
    assert said in error.sv
    assert "beslut.toml:" in error.sv


def test_every_problem_is_told_at_once_and_nothing_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD)
    (tmp_path / "b.toml").write_text(GOOD.replace('dnr = "KS 2025/17"', 'dnr = ""'))
    (tmp_path / "c.toml").write_text("board = 1")
    with pytest.raises(InputError) as caught:
        load_decisions(tmp_path)
    assert "b.toml:8 dnr: fyll i" in caught.value.sv
    assert "c.toml:1 board: ska vara text" in caught.value.sv


def test_two_files_of_one_board_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD)
    (tmp_path / "b.toml").write_text(GOOD)
    with pytest.raises(InputError, match=r"b\.toml: board: has a decision in a\.toml"):
        load_decisions(tmp_path)


def test_a_refusal_shows_no_name_of_a_person(tmp_path: Path) -> None:
    error = refused(tmp_path, GOOD.replace('name = "Ingrid Almlöv"', 'name = ["Ingrid Almlöv"]'))
    assert "approver[1].name: ska vara text" in error.sv
    assert "Ingrid" not in error.sv + error.en + repr(error) + str(error.__cause__)


def test_without_a_file_it_says_where_to_put_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="decision-missing"):
        load_decisions(tmp_path / "none.toml")
    assert load_decisions(tmp_path) == {}
    with pytest.raises(RefusalError, match="no-decision"):
        decision_for({}, "kommunstyrelsen")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('tags = ["skräp"]', "class[2].tags: välj bland spam, hidden"),
        ('tags = "spam"', 'class[2].tags: skrivs som en lista: ["…"]'),
        ('authors = ["alla"]', "class[2].authors[1]: ska vara own, other eller official"),
        ('clock = "published"', "class[2].clock: ska vara activity eller answer"),
        ('then = "file"', "class[2].then: ska vara cull eller keep"),
    ],
)
def test_a_scope_that_says_nothing_is_told_with_its_choices(
    tmp_path: Path, line: str, said: str
) -> None:
    text = GOOD.replace('tags = ["spam"]', line if line.startswith("tags") else "")
    if not line.startswith("tags"):
        text = text.replace('id = "skrappost"', f'id = "skrappost"\n{line}')
    assert said in refused(tmp_path, text).sv


def test_a_default_class_takes_what_is_left_and_has_no_scope(tmp_path: Path) -> None:
    text = GOOD.replace("default = true", 'default = true\nchannels = ["kommunbloggen"]')
    assert "class[1].default: den förvalda klassen" in refused(tmp_path, text).sv


def test_the_templates_text_is_the_notes_own() -> None:
    folded = " ".join(TEMPLATE.read_text().replace("\\\n", "").split())
    for said in (
        "med stöd av 10 § arkivlagen (1990:782)",
        "efter samråd med arkivmyndigheten",
        "får gallras tidigast sju hela dygn, och ska vara gallrade senast trettio dygn",
        "begärd, obesvarad, undantagen eller ska bevaras enligt bilagan",
        "gäller från den dag det har fått laga kraft",
    ):
        assert said in folded
