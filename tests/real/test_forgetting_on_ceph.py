"""What was culled is gone from a real Ceph too: no version of any object holds it.

The bucket has versions and locks on, the words come from a real WordPress. Every version of every
object is fetched behind the product's back and scanned, with Prefect's home, the state folder, logs
and temporary files. A step fails in between with a person's words in its error; the post leaves
the channel before the first snapshot; it has been edited, so that its day was written anew.
"""

import contextlib
import datetime as dt
import json
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from leaks import leaks
from way import ROOT, Way
from wordpress.seed import Seeded, seed
from wordpress.server import WordPress

from tests.real.ceph.server import Ceph
from tests.real.test_whole_way import BOARD, COMMENTER, REGISTER, Told, needles

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

pytestmark = [pytest.mark.real, pytest.mark.browser, pytest.mark.timeout(900)]

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
PREFIX = "arkiv"
WROTE = "Min son Tindragubben ramlade där i tisdags"
EDITED = "Gungan på Lärkvägen är lagad sedan i går kväll."
TRANSIENT = ("posts/", "lists/", "leases/")
"""Where nothing of the past may be left: no older version, no mark of a deletion."""


class OnCeph(Way):
    """A way whose archive lies in a bucket of its own, with versions and locks."""

    def __init__(self, home: Path, tmp: Path, secret: str, store: Ceph) -> None:
        super().__init__(home, tmp, {"kanalarkiv-wp": secret})
        self.store, self.bucket = store, store.new_bucket(locks=True)
        self.fetched = home / "versions"
        location = f"s3://{self.bucket}/{PREFIX}"
        self.environment |= {**store.environment(), "KANALARKIV_ARCHIVE": location}

    def run(self, *words: str, **more: Any) -> Any:
        locked = ("--lock-years", "1", "--lock-days", "30") if words[0] == "init" else ()
        return super().run(*words, *locked, **more)

    def versions(self) -> list[dict[str, Any]]:
        """Every version and mark of deletion in the bucket, as the store lists them."""
        with self.client() as client:
            pages = client.get_paginator("list_object_versions").paginate(Bucket=self.bucket)
            return [
                {**each, "Mark": kind == "DeleteMarkers"}
                for page in pages
                for kind in ("Versions", "DeleteMarkers")
                for each in page.get(kind, ())
            ]

    def places(self) -> list[Path]:
        """What the bucket holds now, each version a file; and all that lies beside it."""
        with contextlib.suppress(FileNotFoundError):
            for old in sorted(self.fetched.rglob("*")):
                old.unlink()
        self.fetched.mkdir(exist_ok=True)
        with self.client() as client:
            for number, each in enumerate(self.versions()):
                name = urllib.parse.quote(each["Key"], safe="")[-180:]
                body = b""
                if not each["Mark"]:
                    got = client.get_object(
                        Bucket=self.bucket, Key=each["Key"], VersionId=each["VersionId"]
                    )
                    body = got["Body"].read()
                (self.fetched / f"{number}-{name}").write_bytes(body)
        return [self.fetched, self.hus / ".kanalarkiv", self.tmp, self.logs]

    def client(self) -> "contextlib.closing[S3Client]":
        return contextlib.closing(self.store.client())

    def in_posts(self, file: str) -> bool:
        where = urllib.parse.unquote(Path(file).name)
        return f"{PREFIX}/posts/" in where


@pytest.fixture
def told(wordpress: WordPress, ceph: Ceph, tmp_path: Path) -> Iterator[Told]:
    """The site as it was twelve days ago, and an archive in Ceph."""
    seeded: Seeded = seed(wordpress, dt.datetime.now(dt.UTC) - 12 * DAY)
    with tempfile.TemporaryDirectory(prefix="kc") as tmp:
        way = OnCeph(tmp_path, Path(tmp), wordpress.secret, ceph)
        decision = ROOT / "examples" / "sjovik" / "decisions" / f"{BOARD}.toml"
        way.begin((seeded.now - HOUR).isoformat(), REGISTER.format(url=wordpress.url), [decision])
        yield Told(way, wordpress, seeded)


def sought(told: Told) -> dict[str, str]:
    """Words, name, commenter's id, slug and picture of a post that others have written on."""
    number = told.seeded.post_ids["lekplats"]
    comment = told.site.add_comment(
        number, WROTE, at=told.start - 2 * HOUR, author="Göta Gråsparv", user=COMMENTER
    )
    with urllib.request.urlopen(told.seeded.picture_urls["lekplats.png"]) as answer:  # noqa: S310 - loopback
        picture = answer.read()
    return {
        **needles(told, comment),
        "edited": EDITED,
        "picture": picture[len(picture) // 2 :][:40].decode("latin-1"),
    }


def test_no_version_of_any_object_holds_what_was_culled(told: Told) -> None:
    way = told.way
    assert isinstance(way, OnCeph)
    words = sought(told)
    failing = str(Path(__file__).parents[1] / "forgetting" / "failing.py")
    number = told.seeded.post_ids["lekplats"]
    with way.server():
        assert told.run(dt.timedelta(), "harvest")["state"] == "completed"
        moment = (told.start + 6 * HOUR).isoformat()
        failed = way.run("harvest", "--as-of", moment, program=(failing, words["word"]))
        assert failed["state"] == "failed"
        told.site.edit_post(number, at=told.start + 7 * HOUR, text=f"<p>{EDITED}</p>")
        assert told.run(8 * HOUR, "harvest")["rows"][0]["edited"] == 1
        told.site.delete_post(number)
        assert told.run(DAY, "harvest")["state"] == "completed"
        taken = told.run(DAY + HOUR, "snapshot", "--occasion", "manuell", "--reason", "prov")
        assert taken["state"] == "completed", taken
        assert told.run(9 * DAY, "harvest")["state"] == "completed"

    found = leaks(way.places(), words)
    assert {leak.needle for leak in found} == set(words), "the scan must see all of it before"
    outside = {leak.file for leak in found if not way.in_posts(leak.file)}
    assert not outside, "words stand in posts/ and nowhere else"
    locked = [each for each in way.versions() if "/snapshots/" in each["Key"]]
    assert locked

    with way.server():
        done = way.cull((told.start + 9 * DAY + HOUR).isoformat(), BOARD)
        assert done["state"] == "completed", json.dumps(done)
    assert done["rows"][0]["culled"] >= 1

    assert leaks(way.places(), words) == set()
    left = [
        (each["Key"], each["Mark"])
        for each in way.versions()
        if each["Key"].startswith(tuple(f"{PREFIX}/{zone}" for zone in TRANSIENT))
        and (each["Mark"] or not each["IsLatest"])
    ]
    assert left == [], "an older version, or the mark of a deletion"
    kept = {each["VersionId"] for each in way.versions()}
    assert {each["VersionId"] for each in locked} <= kept, "what is preserved was not touched"
    assert way.run("verify")["ok"] is True
