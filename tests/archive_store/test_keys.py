"""Keys for people, safe everywhere; the zones' law said in the README."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_store import Package
from archive_store.errors import InputError
from archive_store.keys import (
    SECRETS,
    ZONES,
    check_base,
    check_key,
    check_prefix,
    file_key,
    is_safe,
    law,
    manifest_key,
    owners,
    territory,
)
from archive_store.readme import readme
from archive_store.records import Entry

segments = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,8}[A-Za-z0-9])?", fullmatch=True)
bases = st.builds(
    lambda zone, rest: "/".join([zone, *rest]),
    st.sampled_from(sorted(ZONES)),
    st.lists(segments, min_size=1, max_size=4),
).filter(lambda base: not base.endswith("/manifest"))
names = st.sampled_from(["pdf", "certificate.json", "jsonl", "threads.jsonl"])


@given(base=bases, name=names, folder=st.booleans())
def test_a_files_key_is_safe_and_leads_back_to_its_package(
    base: str, name: str, *, folder: bool
) -> None:
    check_base(base)
    package = manifest_key(base, folder=folder)
    key = file_key(package, name)
    check_key(key)
    assert package in owners(key)
    assert package in owners(package)
    assert key.startswith(territory(package))
    assert package.startswith(territory(package))


@given(one=bases, other=bases, folder=st.booleans(), name=names)
def test_no_package_lies_in_the_territory_of_a_record(
    one: str, other: str, name: str, *, folder: bool
) -> None:
    record = manifest_key(one, folder=False)
    stranger = manifest_key(other, folder=folder)
    if stranger != record:
        assert not file_key(stranger, name).startswith(territory(record))
        assert not stranger.startswith(territory(record))


@given(st.text(max_size=20))
def test_any_text_is_a_safe_key_or_refused(text: str) -> None:
    if is_safe(text):
        assert text.isascii()
        assert not {"", ".", ".."} & set(text.split("/"))
        check_key(text)
        check_prefix(text)
    else:
        with pytest.raises(InputError):
            check_key(text)


@given(bases, names, st.integers(0, 60))
def test_every_beginning_of_a_key_may_be_asked_for(base: str, name: str, length: int) -> None:
    check_prefix(file_key(manifest_key(base, folder=True), name)[:length])


def test_the_design_sections_table_is_the_law() -> None:
    assert {zone for zone, each in ZONES.items() if each.write_once} == {
        "register",
        "snapshots",
        "certificates",
        "reports",
    }
    assert {zone for zone, each in ZONES.items() if each.like_for_like} == {
        "observations",
        "snapshots",
        "statistics",
    }
    assert {zone: each.locked for zone, each in ZONES.items() if each.locked} == {
        "register": "long",
        "snapshots": "first",
        "certificates": "long",
        "reports": "long",
    }
    assert {zone for zone, each in ZONES.items() if "withdrawn" in each.retirements} == {
        "snapshots"
    }
    assert {zone for zone, each in ZONES.items() if "culled" in each.retirements} == {
        "posts",
        "kept",
        "restricted",
        "lists",
        "requests",
    }
    assert {zone for zone, each in ZONES.items() if not each.personal} == {
        "register",
        "snapshots",
        "certificates",
        "reports",
        "observations",
        "statistics",
    }
    assert law("posts/blogg/2025-12-30/1/manifest.json") is ZONES["posts"]


def test_the_readme_tells_of_every_zone_and_every_field_of_an_entry() -> None:
    swedish, english = readme().decode().split("\n---\n")
    for text in (swedish, english):
        for zone in [*ZONES, "journal", "checkpoints", "leases"]:
            assert f"| `{zone}/` |" in text
        for word in ("actor", "added", "retired", "retirement", "previous", "superseded", "culled"):
            assert f"`{word}`" in text
        assert SECRETS[0] in text
        assert "{zones}" not in text
    assert set(Entry.__dataclass_fields__) >= {"actor", "added", "retired", "retirement"}


def test_a_package_knows_its_base_and_zone() -> None:
    for key in ("posts/blogg/2025-12-30/1/manifest.json", "posts/blogg/2025-12-30/1.json"):
        package = Package(
            key=key,
            sha256="",
            size=0,
            files=0,
            labels={},
            seq=1,
            time=None,  # type: ignore[arg-type]  # no matter
        )
        assert (package.base, package.zone) == ("posts/blogg/2025-12-30/1", "posts")
