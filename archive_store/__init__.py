"""The ground: packages under a chained journal. Knows no Prefect, browser or platform."""

from archive_store.archive import Archive, archive_at
from archive_store.directory import Directory
from archive_store.index_page import write_index
from archive_store.records import Commit, Draft, Entry, Locks, Package

__all__ = [
    "Archive",
    "Commit",
    "Directory",
    "Draft",
    "Entry",
    "Locks",
    "Package",
    "archive_at",
    "write_index",
]
