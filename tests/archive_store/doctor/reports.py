"""How doctor's tests read its report, and the refusal of a store that is unfit."""

from pathlib import Path

import pytest

from archive_store.directory import Directory
from archive_store.doctor import Report, Row, require
from archive_store.errors import InputError


def row(report: Report, code: str) -> Row:
    (found,) = [each for each in report.rows if each.code == code]
    return found


def codes(report: Report) -> list[str]:
    return [each.code for each in report.failed]


def refusal(root: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        require(Directory(root), locks=False)
    assert caught.value.code == "store-unfit"
    assert str(root) in caught.value.sv
    assert "kanalarkiv doctor" in caught.value.sv
    return caught.value
