import enum
import re
import tomllib
from pathlib import Path

import pytest

import tasks.model
from tasks.model import CaptureBasis, Level, LifeCycle, Occasion, Outcome, Visibility
from tasks.register import CLAUSES, parse_register, read_register
from tasks.register.problems import MESSAGES
from tasks.register.shape import HEADERS, keys_of, table_at
from tasks.register.tables import COMMENTS, METRICS, PLATFORMS, RegisterTable

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "register.md").read_text(encoding="utf-8")
TERMS = (ROOT / "docs" / "terms.md").read_text(encoding="utf-8")
TEMPLATE = ROOT / "tasks" / "register" / "templates" / "register-mall.toml"


@pytest.mark.parametrize("keys", HEADERS)
def test_the_guide_tells_every_key_of_every_table_and_which_are_needed(
    keys: tuple[str, ...],
) -> None:
    (section,) = re.findall(
        rf"^### `{re.escape(HEADERS[keys])}`.*?(?=^##)", GUIDE, re.DOTALL | re.MULTILINE
    )
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*)\|", section, re.MULTILINE))
    table = table_at(keys)
    assert table is not None
    told = {key: needed for key, needed in rows.items() if key not in METRICS or keys[-1] != "goal"}
    assert set(told) == keys_of(table)
    needed = {key for key, field in table.model_fields.items() if field.is_required()}
    assert {key for key, word in told.items() if word.strip() == "ja"} == needed


def test_every_table_of_the_file_is_told() -> None:
    assert {keys[0] for keys in HEADERS} == keys_of(RegisterTable)


def test_the_guide_names_every_allowed_value_and_cites_every_clause() -> None:
    for word in (*PLATFORMS, *METRICS, *COMMENTS, *LifeCycle, *CaptureBasis):
        assert f"`{word}`" in GUIDE
    for clause in CLAUSES.values():
        row = f"| {clause.no} | {clause.text.sv} | {clause.text.en} | {clause.judged.sv} |"
        assert row in GUIDE


def test_the_guides_register_is_right() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    register, found = parse_register(block.encode(), file="r.toml")
    assert found == ()
    assert register is not None
    assert len(register.channels) == 1


def test_the_template_asks_for_just_what_is_empty_and_names_every_key() -> None:
    _, found = read_register(TEMPLATE)
    text = TEMPLATE.read_text(encoding="utf-8")
    empty = [n for n, row in enumerate(text.splitlines(), 1) if re.match(r'\w+ = ""', row)]
    told = {int(f.where.removeprefix(f"{TEMPLATE}:").split()[0]) for f in found}
    assert {f.code for f in found} == {"empty"}
    plan = [n for n in empty if n > text[: text.index("\n[channel.plan]")].count("\n")]
    assert told == set(empty) - set(plan)  # an unwritten plan is for the check, not a refusal
    rare = {"basis", "comments", "party_link", "party_marked", "reads_mailbox", "at_least", "ended"}
    for keys in HEADERS:
        table = table_at(keys)
        assert table is not None
        for key in keys_of(table) - rare:
            assert re.search(rf"^(# )?(\[+[a-z.]*{key}\]|{key} = )", text, re.MULTILINE), key


def test_a_filled_template_is_right() -> None:
    filled = TEMPLATE.read_text(encoding="utf-8")
    filled = re.sub(r"^# (?=\w+ = |\[)", "", filled, flags=re.MULTILINE)
    for key in ("id", "unit", "board", "information_unit", "administrator"):
        filled = re.sub(rf'^{key} = ""', f'{key} = "a"', filled, flags=re.MULTILINE)
    first, header, second = filled.rpartition("[[channel.administrator]]")
    filled = first + header + second.replace('id = "a"', 'id = "b"', 1)
    filled = re.sub(
        r'^(valid_from|opened|appointed) = ""', r"\1 = 2020-01-01", filled, flags=re.MULTILINE
    )
    filled = re.sub(
        r'^(website|address) = ""', r'\1 = "https://a.example/"', filled, flags=re.MULTILINE
    )
    filled = re.sub(r'^(name|number|manager|role) = ""', r'\1 = "A"', filled, flags=re.MULTILINE)
    tomllib.loads(filled)
    assert parse_register(filled.encode(), file="r.toml")[1] == ()


def test_the_terms_page_names_every_word_of_the_model() -> None:
    for name in set(tasks.model.__all__):
        assert re.search(rf"`{name}\b", TERMS), name
    values: list[enum.StrEnum] = [*LifeCycle, *CaptureBasis, *Occasion, *Visibility, *Level]
    for value in values:
        assert f"`{value}`" in TERMS, value
    for outcome in Outcome:
        assert f"`Outcome.{outcome.name}`" in TERMS


@pytest.mark.parametrize("code", MESSAGES)
def test_both_languages_of_a_message_take_the_same_words(code: str) -> None:
    def fields(text: str) -> set[str]:
        return {f.removesuffix("_sv").removesuffix("_en") for f in re.findall(r"{(\w+)}", text)} - {
            "sv",
            "en",
        }

    assert fields(MESSAGES[code].sv) == fields(MESSAGES[code].en)
