"""An archive in a folder, and beside it the catalogue of its words."""

from pathlib import Path

import pytest

from archive_store import Archive, Directory
from archive_store.catalogue import Catalogue
from tests.archive_store.catalogue.catalogued import NOW, pages


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(Directory(tmp_path / "archive"), now=NOW)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "state" / "catalogue.sqlite", {"kept": pages})
