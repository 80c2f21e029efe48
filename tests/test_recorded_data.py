"""The recordings in the project are the servers' own words: never mended to fit a test."""

from pathlib import Path

HERE = Path(__file__).parent / "data" / "recorded"


def test_our_copies_equal_the_recordings(test_data: Path) -> None:
    copies = [file for file in HERE.rglob("*") if file.is_file()]
    assert len(copies) >= 8
    for copy in copies:
        original = test_data / "recorded-local" / copy.relative_to(HERE)
        assert copy.read_bytes() == original.read_bytes(), copy.name
