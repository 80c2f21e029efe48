import datetime as dt
import shutil
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger

from archive_store.errors import InputError
from tasks.model import Level
from tasks.register import Evidence, load_register, register_digest, register_draft
from tasks.register.steps import check_register

SJOVIK = Path(__file__).parents[3] / "examples" / "sjovik"
NOW = dt.datetime(2025, 12, 15, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(SJOVIK / "register.toml", tmp_path)
    shutil.copytree(SJOVIK / "aktivitetsplaner", tmp_path / "aktivitetsplaner")
    return tmp_path / "register.toml"


def test_a_version_holds_the_file_as_it_reads_and_each_plan(copy: Path) -> None:
    draft = register_draft(copy, load_register(copy), now=NOW)
    assert draft.base == "register/20251215T020000Z-register"
    assert draft.files["toml"] == copy.read_bytes()
    assert set(draft.files) == {
        "toml",
        "kommunbloggen.md",
        "biblioteksbloggen.md",
        "trygg-sjovik.md",
    }
    assert draft.about["plans"] == ["biblioteksbloggen", "kommunbloggen", "trygg-sjovik"]
    assert draft.labels["digest"] == register_digest(copy, load_register(copy))


def test_a_change_in_the_file_or_in_a_plan_is_a_new_version(copy: Path) -> None:
    register = load_register(copy)
    plan = copy.parent / "aktivitetsplaner" / "kommunbloggen.md"
    digests = [register_digest(copy, register), register_digest(copy, register)]
    plan.write_text("# Ny plan\n", encoding="utf-8")
    digests.append(register_digest(copy, register))
    copy.write_bytes(copy.read_bytes() + b"\n")
    digests.append(register_digest(copy, register))
    plan.unlink()
    digests.append(register_digest(copy, register))
    assert digests[0] == digests[1]
    assert len(set(digests)) == 4


def test_the_step_returns_counts_only() -> None:
    with disable_run_logger():
        counts = check_register.fn(str(SJOVIK / "register.toml"), NOW, Evidence())
    assert set(counts) == set(Level)
    assert counts[Level.WARNING] == 1
    assert counts[Level.ERROR] == 0


def test_a_refused_register_leaves_the_step_as_our_own_error(tmp_path: Path) -> None:
    broken = tmp_path / "register.toml"
    broken.write_text("[organisation]\n", encoding="utf-8")
    with disable_run_logger(), pytest.raises(InputError) as caught:
        check_register.fn(str(broken), NOW, Evidence())
    assert caught.value.code == "register-refused"
    assert caught.value.__cause__ is None
