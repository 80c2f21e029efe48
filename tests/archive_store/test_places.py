"""Where an archive may lie."""

from pathlib import Path

import pytest

from archive_store.directory import Directory
from archive_store.errors import InputError
from archive_store.places import SAMPLE, bucket_at
from archive_store.s3 import S3


@pytest.mark.parametrize("place", ["archive", "./a/b", "/srv/arkiv", Path("x"), "s3", "C:x"])
def test_a_path_is_a_directory(place: str | Path) -> None:
    bucket = bucket_at(place)
    assert isinstance(bucket, Directory)
    assert str(bucket) == str(Path(place).absolute())


@pytest.mark.parametrize(
    ("place", "name", "read_back"),
    [
        ("s3://arkiv", "s3://arkiv", 1),
        ("s3://arkiv/", "s3://arkiv", 1),
        ("s3://arkiv.kommun.se/sociala/medier/", "s3://arkiv.kommun.se/sociala/medier", 1),
        ("s3://arkiv/2026?read_back=sample", "s3://arkiv/2026", SAMPLE),
        ("s3://arkiv?read_back=all", "s3://arkiv", 1),
    ],
)
def test_an_address_is_a_bucket_of_which_nothing_is_asked_yet(
    place: str, name: str, read_back: float
) -> None:
    bucket = bucket_at(place)
    assert isinstance(bucket, S3)
    assert (str(bucket), bucket.pace.read_back) == (name, read_back)


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("gs://arkiv", "no-such-store"),
        ("https://arkiv.se/x", "no-such-store"),
        ("s3:///x", "bad-place"),
        (Path("s3://arkiv"), "bad-place"),  # a path has one slash
        ("s3://a", "bad-place"),
        ("s3://user:word@arkiv", "bad-place"),
        ("s3://arkiv:9000/x", "bad-place"),
        ("s3://arkiv/../x", "bad-place"),
        ("s3://arkiv/två", "bad-place"),
        ("s3://arkiv/a//b", "bad-place"),
        ("s3://arkiv/" + "a" * 401, "bad-place"),
        ("s3://arkiv/x#y", "bad-place"),
        ("s3://arkiv?read_back=some", "bad-place"),
        ("s3://arkiv?read_back=", "bad-place"),
        ("s3://arkiv?readback=all", "bad-place"),
        ("s3://arkiv?read_back=all&read_back=sample", "bad-place"),
    ],
)
def test_no_other_place_will_do(place: str | Path, code: str) -> None:
    with pytest.raises(InputError) as caught:
        bucket_at(place)
    assert caught.value.code == code
    assert "word" not in caught.value.sv + caught.value.en
