"""The approver's page of a list: a file of their own, in full or not at all."""

import stat
from pathlib import Path

import pytest

from archive_store.errors import InputError, MissingError
from flows.list_pages import write_list_page
from tests.flows.test_judging import house_of
from tests.tasks.culling.conftest import bath
from tests.tasks.culling.world import BATH, World

__all__ = ["bath"]


def list_of(world: World) -> str:
    list_id = world.propose().list_id
    assert list_id is not None
    return list_id


def test_the_page_is_its_owners_alone(bath: World, tmp_path: Path) -> None:
    target = tmp_path / "lista.html"
    list_id = list_of(bath)
    told = write_list_page(house_of(bath), list_id, target)
    assert told["rows"] == 3
    assert told["bytes"] == target.stat().st_size
    assert BATH[1] in target.read_text("utf-8")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_nothing_is_written_over(bath: World, tmp_path: Path) -> None:
    target = tmp_path / "lista.html"
    target.write_text("annat")
    list_id = list_of(bath)
    with pytest.raises(InputError, match="file-exists"):
        write_list_page(house_of(bath), list_id, target)
    assert target.read_text() == "annat"


@pytest.mark.parametrize(
    ("name", "code"),
    [("archive/lista.html", "file-inside-archive"), ("ingen/mapp/l.html", "file-not-written")],
)
def test_a_place_where_it_cannot_be_is_told(
    bath: World, tmp_path: Path, name: str, code: str
) -> None:
    list_id = list_of(bath)
    with pytest.raises(InputError, match=code):
        write_list_page(house_of(bath), list_id, tmp_path / name)
    assert not (tmp_path / name).exists()


def test_of_a_list_that_never_was_there_is_no_file(bath: World, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="list-unknown"):
        write_list_page(house_of(bath), "2025-01-01-kommunstyrelsen-1", tmp_path / "l.html")
    assert not (tmp_path / "l.html").exists()
