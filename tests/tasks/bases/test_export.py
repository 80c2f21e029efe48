"""A person's download becomes threads; a hostile or broken one is refused whole."""

import io
import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_store.errors import InputError
from tasks.bases.export import exported
from tasks.bases.rendering import Rendering, rendering
from tasks.bases.unpacking import MAX_RATIO, opened, read_json
from tests.tasks.bases.downloads import (
    DECEMBER_3,
    facebook,
    facebook_posts,
    instagram,
    laid_out,
    zipped,
)
from tests.tasks.bases.samples import NOW, YEAR, a_channel


def shown(source: Path | bytes, **changes: Any) -> Rendering:
    channel = a_channel()
    with exported(source, channel) as export:
        return rendering(
            channel,
            export.threads,
            now=NOW,
            comments=changes.get("comments", "full"),
            period=YEAR,
            media=export.media,
            source="export",
            remarks=export.remarks,
        )


def refusal(source: Path | bytes) -> InputError:
    with pytest.raises(InputError) as caught, exported(source, a_channel()):
        pass
    return caught.value


@pytest.mark.parametrize("root", ["", "facebook-sjovik-2026-01-03-Ab12/"])
def test_a_facebook_download_shows_its_posts_with_mended_letters_and_pictures(root: str) -> None:
    told = shown(zipped(facebook(root=root)))
    assert len(told.posts) == 2
    assert "Isen på Sjön bär inte än 🧊\nHåll er på land. 👨‍👩‍👧\nIsläget" in told.text
    assert "https://sjovik.example/is" in told.links
    assert (told.images, told.images_missing) == (1, 2)
    assert "Beskrivning: Röd flagga" in told.text
    assert "Sjöviks kommun delade ett inlägg." in told.text
    assert "1 bilaga av okänt slag" in told.text
    assert "kontots egen export" in told.text
    assert "Av kommentarer återges kontots egna." in told.text


def test_the_accounts_own_comments_stand_apart_and_name_nobody() -> None:
    told = shown(zipped(facebook()))
    assert told.text.index("Kanalens egna kommentarer") < told.text.index("Hej! Banan spolas")
    assert told.comments == 1
    assert "Ada" not in told.text
    assert "Skrivet i en grupp" not in told.text
    assert "Hej! Banan" not in shown(zipped(facebook()), comments="none").text


def test_what_is_not_public_is_not_opened() -> None:
    text = shown(zipped(facebook())).text + shown(zipped(instagram())).text
    assert "hemligt" not in text
    assert "arkiverat" not in text
    assert "192.0.2.7" not in text


def test_an_instagram_download_shows_posts_carousels_and_reels() -> None:
    told = shown(zipped(instagram()))
    assert len(told.posts) == 3
    assert (told.images, told.images_missing) == (3, 1)
    assert "Snö på Åsen ❄️" in told.text
    assert "Tack för tipset å hälsningar" in told.text
    assert "ada.testsson" not in told.text


def test_a_folder_shows_the_same_as_the_zip_file(tmp_path: Path) -> None:
    for files in (facebook(), instagram()):
        folder = laid_out(tmp_path / str(len(files)), files)
        assert shown(folder).html == shown(zipped(files)).html


def test_posts_of_one_second_keep_apart_and_ids_hold_no_words() -> None:
    posts = [{"timestamp": DECEMBER_3, "data": [{"post": text}]} for text in ("Ett", "Två")]
    with exported(zipped(facebook(posts)), a_channel()) as export:
        ids = [thread.id for thread in export.threads if thread.id]
    assert ids == [f"post-{DECEMBER_3}-1", f"post-{DECEMBER_3}-2"]


def entry(name: str, data: bytes = b"x", *, mode: int = 0) -> bytes:
    """A good download with one more file."""
    target = io.BytesIO(zipped(facebook()))
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    with zipfile.ZipFile(target, "a") as packed:
        packed.writestr(info, data)
    return target.getvalue()


@pytest.mark.parametrize(
    "name", ["../../etc/x", "/etc/x", "a/../../x", "C:x", "..\\x", "posts/..", "a\\b"]
)
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    assert refusal(entry(name)).code == "export-unsafe"


def test_a_link_is_refused_in_a_zip_file_and_in_a_folder(tmp_path: Path) -> None:
    assert refusal(entry("l", b"/etc/passwd", mode=stat.S_IFLNK | 0o777)).code == "export-unsafe"
    folder = laid_out(tmp_path, facebook())
    (folder / "link").symlink_to("/etc/passwd")
    assert refusal(folder).code == "export-unsafe"


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        doubled = entry("your_facebook_activity/messages/inbox/a/message_1.json")
    assert refusal(doubled).code == "export-unsafe"


def test_a_bomb_is_refused_by_its_directory_and_by_what_comes_out() -> None:
    packed = zipped(facebook(extra={"a.json": b" " * (MAX_RATIO * 20_000)}))
    assert refusal(packed).code == "export-unsafe"
    name = "a.json"
    lying = zipped({name: b"[" + b" " * 3_000_000 + b"]"})
    with opened(zipped({name: b"[1]"})) as package:
        assert read_json(package, name) == [1]
        with pytest.raises(InputError) as caught:
            package.read(name, limit=2)
    assert caught.value.code == "export-too-large"
    assert refusal(lying).code == "export-unsafe"


def test_a_locked_file_is_refused() -> None:
    packed = bytearray(zipped({"posts/your_posts_1.json": b"[]"}))
    packed[6] |= 1  # the bit in the file's own header, and in the directory
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(packed)).code == "export-unsafe"


@pytest.mark.parametrize("damage", [slice(0, 400), slice(40, None), slice(0, 0)])
def test_a_damaged_file_is_refused(damage: slice) -> None:
    assert refusal(zipped(facebook())[damage]).code == "export-damaged"


def test_a_damaged_entry_is_refused_and_named() -> None:
    packed = bytearray(zipped({"posts/your_posts_1.json": json.dumps(facebook_posts()).encode()}))
    packed[60:90] = bytes(30)
    error = refusal(bytes(packed))
    assert error.code == "export-damaged"
    assert "posts/your_posts_1.json" in error.sv


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"[" * 100_000,
        b'{"a":' * 60 + b"1" + b"}" * 60,
        b"[NaN]",
        b"\xff\xfe",
        b"[" + b"9" * 5000 + b"]",
    ],
    ids=["cut", "deep", "deeper-than-a-download", "nan", "not-utf-8", "long-number"],
)
def test_json_that_is_none_is_refused_and_named(text: bytes) -> None:
    error = refusal(zipped({"x/posts/your_posts_1.json": text}))
    assert error.code == "export-json"
    assert "posts/your_posts_1.json" in error.sv
    assert "JSON" in error.en


@pytest.mark.parametrize(
    ("posts", "place"),
    [
        ({"a": 1}, "väntades en lista"),
        ([1], "[0]"),
        ([{"timestamp": "igår"}], "[0].timestamp"),
        ([{"timestamp": True}], "[0].timestamp"),
        ([{"timestamp": 10**15}], "[0].timestamp"),
        ([{"data": [{"post": "x"}]}], "[0]"),
        ([{"timestamp": DECEMBER_3, "data": [{"post": ["x"]}]}], "[0].data[0].post"),
        ([{"timestamp": DECEMBER_3, "data": {}}], "[0].data"),
        (
            [{"timestamp": DECEMBER_3, "attachments": [{"data": [{"media": {"uri": 7}}]}]}],
            "[0].attachments[0].data[0].media.uri",
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_by_its_place(posts: Any, place: str) -> None:
    error = refusal(zipped(facebook(posts)))
    assert error.code == "export-shape"
    assert place in error.sv
    assert "igår" not in error.sv


def test_a_download_in_html_and_other_zip_files_are_told_what_to_do() -> None:
    assert refusal(zipped({"posts/your_posts_1.html": b"<p>"})).code == "export-html"
    assert refusal(zipped({"a.txt": b"x"})).code == "export-no-posts"
    assert refusal(Path("/finns/inte.zip")).code == "export-missing"


@settings(max_examples=60)
@given(
    posts=st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.sampled_from(["timestamp", "data", "post", "attachments", "media", "uri"]),
                inner,
                max_size=4,
            ),
        ),
        max_leaves=15,
    )
)
def test_any_json_is_read_or_refused_never_a_crash(posts: Any) -> None:
    codes = []
    try:
        with exported(zipped(facebook(posts)), a_channel()) as export:
            assert all(thread.posts for thread in export.threads)
    except InputError as error:
        codes.append(error.code)
    assert set(codes) <= {"export-shape"}
