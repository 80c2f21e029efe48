"""A request is forgotten: what was searched for stands in the pack and in ``requests/``, no more.

On the made-up municipality's own channel, through the command line, as a person calls it. The scan
must find phrase and names where they may be (else it proves nothing), and nowhere else; when the
request is closed, not in ``requests/`` either.
"""

import datetime as dt
from pathlib import Path

import pytest
from leaks import leaks

from archive_store import archive_at
from tasks.channels import connector_for
from tasks.documents import read_back
from tasks.harvest import harvest_channel
from tasks.register import load_register
from tests.forgetting.test_forgetting import CHANNEL, Sjovik, way

__all__ = ["way"]

NOW = "2025-12-19T08:00"
LOGIN = "arkiv:demo-demo"


def _harvest(way: Sjovik) -> None:
    way.move(NOW)
    channel = load_register(way.hus / "register.toml").channel(CHANNEL)
    with connector_for(channel, secret=LOGIN) as connector:
        moment = dt.datetime.fromisoformat(f"{NOW}:00+01:00").astimezone(dt.UTC)
        harvest_channel(archive_at(way.archive), channel, connector, now=moment)


def _needles(way: Sjovik) -> dict[str, str]:
    """A commenter's name and words, told by the channel alone."""
    comments = way.ask(f"/{CHANNEL}/wp-json/wp/v2/comments?per_page=50")
    comment = next(c for c in comments if c["author"] == 0 and len(c["author_name"].split()) > 1)
    name = comment["author_name"]
    return {"name": name, "phrase": f'"{name.casefold()}"'}


def _below(way: Sjovik, zone: str) -> Path:
    return way.archive / zone


@pytest.mark.timeout(300)
def test_phrase_and_names_stay_in_the_pack_and_the_request_until_it_is_closed(way: Sjovik) -> None:
    for name in ("biblioteksbloggen", "trygg-sjovik"):
        variable = f"KANALARKIV_SECRET_KANALARKIV_{name.upper().replace('-', '_')}"
        way.environment[variable] = LOGIN
    _harvest(way)
    needles = _needles(way)
    (way.hus / "fras.txt").write_text(needles["phrase"] + "\n", "utf-8")
    command = ("disclose", "--query", needles["phrase"], "-o", "underlag", "--as-of", NOW)
    made = way.run(*command)
    assert made["blind"] == {}
    assert made["counts"]["threads"] >= 1
    pack = way.hus / "underlag"

    for place in (pack, _below(way, "requests"), _below(way, "posts")):
        assert {leak.needle for leak in leaks([place], needles)} >= {"name"}, place
    assert {leak.needle for leak in leaks([_below(way, "requests")], needles)} == set(needles)
    texts = " ".join(
        "".join(read_back(file.read_bytes()).texts) for file in (pack / "handlingar").iterdir()
    )
    assert needles["name"] in " ".join(texts.split())

    elsewhere = [way.hus / ".kanalarkiv", way.tmp, way.logs, _below(way, "journal")]
    elsewhere += [path for path in way.archive.iterdir() if path.is_file()]
    assert leaks(elsewhere, needles) == set()

    closed = way.run("disclose", "close", made["request"], "--outcome", "disclosed", "--as-of", NOW)
    assert closed["outcome"] == "disclosed"
    assert leaks([*elsewhere, _below(way, "requests")], needles) == set()
