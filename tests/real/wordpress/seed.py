"""Fills the tests' own WordPress from seed.json, and says what is in it.

Expected values come from the seed file alone; nothing here knows the product.
"""

import base64
import dataclasses as dc
import datetime as dt
import functools
import hashlib
import html
import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wordpress.server import WordPress

SEED = Path(__file__).with_name("seed.json")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """What was put into the site.

    Attributes:
        now: the time that the seed's hours count back from.
        posts, comments: as in the seed file, by name, fillers included; with ``published`` and
            ``modified`` as UTC times and ``text`` as a reader sees it.
        post_ids, comment_ids: the numbers that WordPress gave, by name.
        picture_urls: addresses of the uploaded files; ``picture_sha256`` of their bytes, by name.
    """

    now: dt.datetime
    posts: Mapping[str, Mapping[str, Any]]
    comments: Mapping[str, Mapping[str, Any]]
    post_ids: Mapping[str, int]
    comment_ids: Mapping[str, int]
    picture_urls: Mapping[str, str]
    picture_sha256: Mapping[str, str]


def seed(site: WordPress, now: dt.datetime) -> Seeded:
    """Empty the site and fill it; takes about two seconds. ``now`` must not lie in the future."""
    told = json.loads(SEED.read_text(encoding="utf-8"))
    now = now.astimezone(dt.UTC).replace(microsecond=0)
    alts = {p["name"]: p["alt"] for p in told["pictures"]}
    posts = {p["name"]: _post(p, now, alts) for p in (*told["posts"], *_filler(told["filler"]))}
    comments = {c["name"]: _comment(c, now) for c in told["comments"]}
    files = {p["name"]: _png(*p["size"], tuple(p["colour"])) for p in told["pictures"]}
    given = site.ask(
        "seed",
        pictures=[
            {"name": name, "alt": alts[name], "bytes": base64.b64encode(data).decode()}
            for name, data in files.items()
        ],
        posts=[_plain(p) for p in posts.values()],
        comments=[_plain(c) for c in comments.values()],
    )
    return Seeded(
        now=now,
        posts=posts,
        comments=comments,
        post_ids=given["posts"],
        comment_ids=given["comments"],
        picture_urls={name: picture["url"] for name, picture in given["pictures"].items()},
        picture_sha256={name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    )


def _filler(rule: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": f"notis-{n}",
            "title": rule["title"].replace("{n}", str(n)),
            "paragraphs": [rule["text"].replace("{n}", str(n))],
            "hours_ago": rule["first_hours_ago"] + n * rule["step_hours"],
            "editor": n % 2 == 0,
        }
        for n in range(rule["count"])
    ]


def _post(told: Mapping[str, Any], now: dt.datetime, alts: Mapping[str, str]) -> dict[str, Any]:
    published = now - dt.timedelta(hours=told["hours_ago"])
    changed = told.get("modified_hours_ago")
    inline = told.get("inline", [])
    body = [
        f"<!-- wp:paragraph -->\n<p>{html.escape(p, quote=False)}</p>\n<!-- /wp:paragraph -->"
        for p in told["paragraphs"]
    ]
    body += [
        f'<figure class="wp-block-image"><img src="{{picture:{name}}}" alt="{alts[name]}"/>'
        "</figure>"
        for name in inline
    ]
    return {
        "kind": "post",
        **told,
        "published": published,
        "modified": published if changed is None else now - dt.timedelta(hours=changed),
        "text": "\n".join((*told["paragraphs"], *(alts[name] for name in inline))),
        "html": "\n\n".join(body),
    }


def _comment(told: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    return {
        "kind": "comment",
        "state": "approved",
        "own": False,
        **told,
        "at": now - dt.timedelta(hours=told["hours_ago"]),
    }


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, dt.datetime) else value
        for key, value in row.items()
    }


@functools.cache
def _png(width: int, height: int, colour: tuple[int, ...]) -> bytes:
    """A real picture: one colour that darkens downwards, with a lighter sun."""
    rows = bytearray()
    for y in range(height):
        shade = 1 - y / height / 2
        sky = bytes(int(c * shade) for c in colour)
        sun = bytes(min(255, c + 70) for c in sky)
        half = max(0, round(height * 0.15) - abs(y - round(height * 0.3)))
        rows += b"\0" + sky * (width - 2 * half) + sun * half + sky * half
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
