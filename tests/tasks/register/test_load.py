import datetime as dt
from pathlib import Path

import pytest

from archive_store.errors import InputError
from tasks.model import CaptureBasis, LifeCycle
from tasks.register import load_register, parse_register, read_register

EXAMPLE = Path(__file__).parents[3] / "examples" / "sjovik" / "register.toml"


def problems(text: str) -> list[tuple[str, int, str]]:
    """Code, line and key of every problem in a register's text."""
    register, found = parse_register(text.encode(), file="r.toml")
    assert (register is None) == bool(found)
    places = [f.where.removeprefix("r.toml:").split(" ", 1) for f in found]
    return [
        (f.code, int(place[0]), place[1] if len(place) > 1 else "")
        for f, place in zip(found, places, strict=True)
    ]


def test_a_right_register_becomes_the_words_of_the_domain(good: str) -> None:
    register, found = parse_register(good.encode(), file="r.toml")
    assert found == ()
    assert register is not None
    channel = register.channel("blogg")
    assert (channel.life, channel.basis) == (LifeCycle.ACTIVE, CaptureBasis.PAGE)
    assert channel.opened == dt.date(2019, 3, 4)
    assert channel.administrators[0].id == channel.absences[0].administrator == "adm-1"
    assert channel.plan is not None
    assert (channel.plan.goals[0].target, channel.plan.goals[0].at_least) == (2.0, True)
    assert register.board_of(channel).name == "Kommunstyrelsen"
    assert register.channel("arkivblogg").plan is None


def test_the_shipped_example_is_right_and_has_three_channels_with_plans_that_exist() -> None:
    register = load_register(EXAMPLE)
    assert [c.id for c in register.channels] == [
        "kommunbloggen",
        "biblioteksbloggen",
        "trygg-sjovik",
    ]
    for channel in register.channels:
        assert channel.plan is not None
        assert (EXAMPLE.parent / channel.plan.file).is_file()
        assert len(channel.plan.goals) in {2, 3}
        assert len(channel.administrators) == 2


BREAKS = [
    # code, the good line, what stands instead, the key that is named
    ("unknown-key", 'role = "K', 'titel = "K', "channel[blogg].administrator[adm-1].titel"),
    ("unknown-key", 'medium = "Blogg"', 'purpsoe = "Blogg"', "channel[blogg].plan.purpsoe"),
    (
        "misplaced-key",
        'medium = "Blogg"',
        "consulted = 2019-01-01",
        "channel[blogg].plan.consulted",
    ),
    ("wrong-type", 'name = "Sjöviks kommun"', "name = 7", "organisation.name"),
    ("wrong-type", "target = 2", 'target = "2"', "channel[blogg].plan.goal[rytm].target"),
    ("wrong-type", "target = 2", "target = true", "channel[blogg].plan.goal[rytm].target"),
    ("wrong-type", "[channel.plan]", "[[channel.plan]]", "channel[blogg].plan"),
    ("empty", 'name = "Sjöviks kommun"', 'name = "  "', "organisation.name"),
    ("bad-character", 'medium = "Blogg"', r'medium = "Bl\u0000gg"', "channel[blogg].plan.medium"),
    ("unsafe-id", 'id = "blogg"', 'id = "Blogg 1"', "channel[1].id"),
    ("unsafe-id", 'id = "blogg"', 'id = "../blogg"', "channel[1].id"),
    ("unsafe-id", 'id = "blogg"', 'id = "-blogg"', "channel[1].id"),
    ("unsafe-id", 'id = "blogg"', f'id = "{"b" * 41}"', "channel[1].id"),
    ("person-number", 'id = "blogg"', 'id = "19121212-1212"', "channel[1].id"),
    ("duplicate-id", 'id = "arkivblogg"', 'id = "blogg"', "channel[blogg].id"),
    ("duplicate-address", "/arkiv/", "/blogg", "channel[arkivblogg].address"),
    ("unresolved-reference", 'board = "ks"', 'board = "kn"', "unit[info].board"),
    (
        "unresolved-reference",
        'information_unit = "info"',
        'information_unit = "infos"',
        "organisation.information_unit",
    ),
    (
        "unresolved-reference",
        'administrator = "adm-1"',
        'administrator = "adm-2"',
        "channel[blogg].absence[1].administrator",
    ),
    ("date-format", "opened = 2016-01-01", 'opened = "1/1 2016"', "channel[arkivblogg].opened"),
    ("date-format", "opened = 2016-01-01", "opened = 20160101", "channel[arkivblogg].opened"),
    ("date-format", "opened = 2016-01-01", 'opened = "2016-02-30"', "channel[arkivblogg].opened"),
    (
        "date-format",
        "opened = 2016-01-01",
        "opened = 2016-01-01T10:00:00",
        "channel[arkivblogg].opened",
    ),
    ("impossible-date", "opened = 2016-01-01", "opened = 1900-01-01", "channel[arkivblogg].opened"),
    ("impossible-date", "closed = 2018-12-31", "closed = 9999-12-31", "channel[arkivblogg].closed"),
    ("date-order", "closed = 2018-12-31", "closed = 2015-12-31", "channel[arkivblogg].closed"),
    ("date-order", "last = 2025-08-01", "last = 2025-07-06", "channel[blogg].absence[1].last"),
    (
        "date-order",
        "valid_from = 2015-01-01",
        "valid_from = 2015-01-01\nvalid_to = 2014-12-31",
        "unit[info].valid_to",
    ),
    (
        "date-order",
        "appointed = 2019-03-04",
        'appointed = 2019-03-04\nended = "2019-03-03"',
        "channel[blogg].administrator[adm-1].ended",
    ),
    ("unknown-value", 'life = "active"', 'life = "aktiv"', "channel[blogg].life"),
    ("unknown-value", 'platform = "blog"', 'platform = "orkut"', "channel[blogg].platform"),
    ("unknown-value", 'life = "active"', 'life = "active"\nbasis = "x"', "channel[blogg].basis"),
    ("unknown-value", '"posts_per_week"', '"likes"', "channel[blogg].plan.goal[rytm].metric"),
    ("bad-number", "target = 2", "target = -1", "channel[blogg].plan.goal[rytm].target"),
    ("bad-number", "target = 2", "target = nan", "channel[blogg].plan.goal[rytm].target"),
    (
        "bad-rate",
        '"posts_per_week"\ntarget = 2',
        '"reply_rate_24h"\ntarget = 90',
        "channel[blogg].plan.goal[rytm].target",
    ),
    ("not-http", "https://sjovik.example/blogg/", "sjovik.example/blogg", "channel[blogg].address"),
    (
        "not-http",
        "https://sjovik.example/blogg/",
        "ftp://sjovik.example/",
        "channel[blogg].address",
    ),
    ("not-http", "https://sjovik.example/blogg/", "https://", "channel[blogg].address"),
    ("not-http", "https://sjovik.example/blogg/", "https://a.example:x/", "channel[blogg].address"),
    ("not-http", "https://sjovik.example/blogg/", "https://a.example/ b", "channel[blogg].address"),
    ("not-mail", 'life = "active"', 'life = "active"\nmailbox = "info"', "channel[blogg].mailbox"),
    ("bad-depth", 'life = "active"', 'life = "active"\ndepth = 0', "channel[blogg].depth"),
    ("bad-depth", 'life = "active"', 'life = "active"\ndepth = true', "channel[blogg].depth"),
    ("unsafe-path", '"Blogg"', '"Blogg"\nfile = "../plan.md"', "channel[blogg].plan.file"),
    ("unsafe-path", '"Blogg"', '"Blogg"\nfile = "/etc/passwd"', "channel[blogg].plan.file"),
    ("unsafe-path", '"Blogg"', "\"Blogg\"\nfile = 'C:\\plan.md'", "channel[blogg].plan.file"),
    (
        "secret-name",
        'life = "active"',
        'life = "active"\nsecret = "maja:abc"',
        "channel[blogg].secret",
    ),
    ("secret-in-file", 'medium = "Blogg"', 'password = "x"', "channel[blogg].plan.password"),
    ("secret-in-file", "https://sjovik", "https://maja:abc@sjovik", "organisation.website"),
]


@pytest.mark.parametrize(("code", "line", "instead", "key"), BREAKS)
def test_each_defect_is_refused_alone_with_its_line_and_key(
    good: str, code: str, line: str, instead: str, key: str
) -> None:
    assert line in good
    before, _, after = good.partition(line)
    broken = before + instead + after
    found = problems(broken)
    named = key.rsplit(".", 1)[-1]
    assert [(c, k) for c, _, k in found] == [(code, key)] or (
        # what stands instead of a needed key leaves that key missing as well
        {(c, k) for c, _, k in found if c != "missing-key"} == {(code, key)}
    )
    at = next(n for c, n, _ in found if c == code)
    assert named in broken.splitlines()[at - 1]


@pytest.mark.parametrize("life", ["active", "dormant", "closed"])
def test_a_channel_that_has_opened_must_say_when(good: str, life: str) -> None:
    text = good.replace("opened = 2019-03-04\n", "").replace('"active"', f'"{life}"')
    found = problems(text)
    assert ("missing-for-life", 18, "channel[blogg].opened") in found
    assert (("missing-for-life", 18, "channel[blogg].closed") in found) == (life == "closed")


def test_what_begins_and_ends_on_one_day_is_possible(good: str) -> None:
    assert problems(good.replace("closed = 2018-12-31", "closed = 2016-01-01")) == []


def test_a_planned_channel_needs_no_dates(good: str) -> None:
    assert (
        problems(good.replace("opened = 2019-03-04\n", "").replace('"active"', '"planned"')) == []
    )


def test_a_missing_key_is_reported_where_its_table_begins(good: str) -> None:
    text = good.replace('role = "Kommunikatör"\n', "").replace('name = "Sjöviks kommun"\n', "")
    assert problems(text) == [
        ("missing-key", 1, "organisation.name"),
        ("missing-key", 26, "channel[blogg].administrator[adm-1].role"),
    ]


def test_an_empty_file_lists_the_tables_that_are_missing() -> None:
    assert {key for _, _, key in problems("")} == {"organisation", "board", "unit"}


def test_the_same_goal_may_stand_in_two_channels_but_not_twice_in_one(good: str) -> None:
    goal = good[good.index("[[channel.plan.goal]]") : good.index('[[channel]]\nid = "arkivblogg"')]
    twice = good.replace(goal, goal + goal, 1)
    assert [p[0] for p in problems(twice)] == ["duplicate-id"]
    assert problems(good + "\n[channel.plan]\n" + goal) == []


def test_one_id_may_not_be_two_persons_in_two_channels(good: str) -> None:
    person = (
        '\n[[channel.administrator]]\nid = "adm-1"\nname = "{}"\nrole = "x"\nappointed = 2016-01-01'
    )
    assert problems(good + person.format("Maja Ekdal")) == []
    assert [p[0] for p in problems(good + person.format("Jonas Brandt"))] == ["two-persons"]


def test_every_problem_is_told_at_once_in_the_files_order_and_both_languages(
    good: str, tmp_path: Path
) -> None:
    path = tmp_path / "register.toml"
    text = good.replace('role = "K', 'titel = "K').replace("2018-12-31", "2015-12-31")
    path.write_text(text.replace('board = "ks"', 'board = "kss"'), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_register(path)
    error = caught.value
    assert error.code == "register-refused"
    assert len(error.sv.splitlines()) == len(error.en.splitlines()) == 5
    assert f"{path}:14 unit[info].board: pekar på en nämnd" in error.sv
    assert "menade du ks?" in error.sv
    assert "did you mean role?" in error.en
    lines = [int(row.split(":")[1].split()[0]) for row in error.en.splitlines()[1:]]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[organisation]\nname = "Sjöviks kommun\n', 2),
        ("[organisation]\nname = Sjövik\n", 2),
        ("[organisation]\nnämnd = 1\n", 2),
        ("[organisation]\nname = 'a'\nname = 'b'", 3),
        ("[organisation]\nname = 'öppen\nnumber = 'x'\n", 2),
        ('[organisation]\nname = """öppen\nnumber = 2\n', 2),
        ("[organisation]\n\nguidelines_reviewed = 2025-02-30\n", 3),
    ],
)
def test_a_syntax_error_is_told_on_its_line(text: str, line: int) -> None:
    assert problems(text) == [("toml-syntax", line, "")]


def test_nothing_of_a_malformed_line_is_repeated() -> None:
    _, found = parse_register(b"[organisation]\npassword = hunter2\n", file="r.toml")
    assert "hunter2" not in "".join(f.text.sv + f.text.en + f.where for f in found)


def test_an_editors_byte_order_mark_and_line_endings_do_no_harm(good: str) -> None:
    raw = b"\xef\xbb\xbf" + good.replace("\n", "\r\n").encode()
    assert parse_register(raw, file="r.toml")[1] == ()


def test_another_encoding_is_told_with_its_line() -> None:
    _, found = parse_register("# ok\nname = 'Sjövik'".encode("latin-1"), file="r.toml")
    assert [(f.code, f.where) for f in found] == [("not-utf-8", "r.toml:2")]


def test_abysmal_nesting_is_refused_and_not_a_crash() -> None:
    assert [p[0] for p in problems("x = " + "[" * 100_000)] == ["toml-syntax"]


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="kanalarkiv init") as caught:
        read_register(tmp_path / "saknas.toml")
    assert caught.value.code == "register-missing"


def test_dates_may_stand_in_quotes_and_numbers_for_ids_and_depth(good: str) -> None:
    text = good.replace(
        "opened = 2019-03-04", 'opened = "2019-03-04"\ndepth = 25\nown_authors = [1, "2"]'
    )
    register, found = parse_register(text.encode(), file="r.toml")
    assert found == ()
    assert register is not None
    channel = register.channel("blogg")
    assert (channel.opened, channel.depth) == (dt.date(2019, 3, 4), "25")
    assert channel.own_authors == ("1", "2")
