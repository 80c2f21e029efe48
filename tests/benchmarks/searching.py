"""Finding a word in the open days of ``posts/`` against ``grep`` over the same files.

100 000 posts lie in 400 day packages, as a body with several busy channels has them in its month of
retention. Everything read has just been written: these are figures of the page cache.
"""

import datetime as dt
import json
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive_store import Archive, Commit, Directory, Draft
from archive_store.words import Query
from flows import searching as search
from flows.settings import Settings
from tests.benchmarks.rows import Row, race, time_row

NOW = dt.datetime(2026, 3, 15, 2, tzinfo=dt.UTC)
POSTS: Final = 100_000
DAYS: Final = 400
COMMENTS: Final = 3  # to each post, counted as posts too
WITHIN: Final = 2.0  # seconds for all of them: issue 3
RARE: Final = "Tranebergsvägen"
HITS: Final = 20
_TEXT: Final = (
    "vi hälsar alla välkomna till biblioteket i morgon när bussen går från torget och kön är lång "
    "men snön ligger kvar på gångvägen vid skolan så ta det försiktigt tack för frågan kommunen "
    "svarar på här under veckan öppettiderna ändras över helgen läs mer på sidan om avgifter"
)
_WORDS: Final = _TEXT.split()


def searching(folder: Path, *, scale: float, rounds: int) -> list[Row]:
    """One rare word in all posts, and a word that stands everywhere; from a fifth on in full."""
    share = min(1.0, 5 * scale)
    place, settings = folder / "archive", Settings(state=folder / "state")
    archive = _filled(place, share=share)
    hits = max(1, round(HITS * share))

    def ours(phrase: str, wanted: int) -> None:
        found = search.find(archive, settings, Query(phrase), zone="posts", limit=50)
        if len(found.hits) != wanted or found.flaws:
            raise AssertionError(len(found.hits))

    def grep(phrase: str) -> None:
        command = ["grep", "-ric", "--include=threads.jsonl", phrase, str(place / "posts")]
        counts = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if not sum(int(line.rpartition(":")[2]) for line in counts.splitlines()):
            raise AssertionError(phrase)

    rows = []
    for phrase, wanted, what in ((RARE, hits, "a rare word"), ("biblioteket", 50, "a common word")):
        run = race(
            lambda p=phrase, w=wanted: lambda: ours(p, w),  # type: ignore[misc]  # bound now
            lambda p=phrase: lambda: grep(p),  # type: ignore[misc]  # the same
            rounds=rounds,
        )
        rows.append(
            time_row(
                f"find {what} in {round(POSTS * share)} posts, {round(DAYS * share)} packages",
                run,
                peer_name="grep -ric over the same files",
                target=None,
                whole=run.ours <= WITHIN * share,
            )
        )
    return rows


def _filled(place: Path, *, share: float) -> Archive:
    archive = Archive.create(Directory(place), now=NOW)
    dice = random.Random(2026)  # noqa: S311 - the same words in every run, not a secret
    days = max(1, round(DAYS * share))
    threads = round(POSTS * share) // (1 + COMMENTS) // days
    rare = set(range(0, days * threads, max(1, days * threads // max(1, round(HITS * share)))))
    rare = set(sorted(rare)[: max(1, round(HITS * share))])
    for start in range(0, days, 50):
        drafts = tuple(
            _day(number, threads, rare, dice) for number in range(start, min(days, start + 50))
        )
        archive.commit(Commit(event="harvest", now=NOW, actor="harvest", drafts=drafts))
    return archive


def _day(number: int, threads: int, rare: set[int], dice: random.Random) -> Draft:
    channel = f"kanal-{number % 10}"
    day = (NOW - dt.timedelta(days=1 + number // 10)).date()
    ids = range(number * threads, (number + 1) * threads)
    lines = [
        json.dumps(_thread(id_, channel, day, dice, rare=id_ in rare), ensure_ascii=False)
        for id_ in ids
    ]
    return Draft(
        base=f"posts/{channel}/{day}/1",
        files={"threads.jsonl": "".join(f"{line}\n" for line in lines).encode()},
        labels={"kind": "day", "channel": channel, "day": f"{day}"},
        folder=True,
    )


def _thread(
    id_: int, channel: str, day: dt.date, dice: random.Random, *, rare: bool
) -> dict[str, object]:
    posts = [_post(f"{id_}", None, day, dice, rare=rare)]
    posts += [_post(f"c{id_}-{n}", f"{id_}", day, dice, rare=False) for n in range(COMMENTS)]
    return {
        "id": f"{id_}",
        "channel": channel,
        "day": f"{day}",
        "salt": dice.randbytes(16).hex(),
        "permalink": f"https://example.org/{channel}/?p={id_}",
        "posts": posts,
        "culled_by": "",
        "record_class": "",
        "counted_as": "",
    }


def _post(
    id_: str, parent: str | None, day: dt.date, dice: random.Random, *, rare: bool
) -> dict[str, object]:
    text = " ".join(_sentences(dice)) + (f" {RARE.upper()} 7" if rare else "")
    words = {
        "author": f"u{dice.randrange(5000)}",
        "author_name": f"{dice.choice(_WORDS).title()} {dice.choice(_WORDS).title()}sson",
        "title": "" if parent else "Nytt från kommunen",
        "text": text,
        "html": f"<p>{text}</p>",
        "permalink": f"https://example.org/?p={id_}",
        "media": [],
    }
    time = f"{day}T08:00:00Z"
    version = {"digest": dice.randbytes(32).hex(), "seen": time, "modified": None, "words": words}
    return {
        "id": id_,
        "parent": parent,
        "kind": "comment" if parent else "post",
        "own": parent is None,
        "published": time,
        "first_seen": time,
        "visibility": "public",
        "visibility_since": time,
        "address": f"/?p={id_}",
        "versions": [version],
        "outcome": None,
        "outcome_by": "",
        "outcome_at": None,
    }


def _sentences(dice: random.Random) -> Iterator[str]:
    for _ in range(dice.randrange(1, 5)):
        yield " ".join(dice.choices(_WORDS, k=dice.randrange(4, 14))).capitalize() + dice.choice(
            [".", "!", "? 😀", " “så” …", " 👨‍👩‍👧"]
        )
