"""Made-up threads, and words that would do harm if they were not taken as text."""

import datetime as dt
from typing import Final

from tasks.disclosure import Sheet
from tasks.model import Media, Outcome, Post, Thread, Version, Visibility, Words

BEGUN: Final = dt.datetime(2025, 12, 1, 9, 15, tzinfo=dt.UTC)
HOSTILE: Final = (
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} {% include '/etc/passwd' %}",
    '" } @page { content: url(http://127.0.0.1/a) } "',
    "</style><img src=http://127.0.0.1/b>",
    "\u202eomvänd\u202c \x00 \ud83d",
    "=HYPERLINK(1)",
    "&lt;b&gt;",
)


def words(text: str, *, name: str = "Majken Sjöberg", title: str = "", alt: str = "") -> Words:
    return Words(
        author="u-1",
        author_name=name,
        title=title,
        text=text,
        html="",
        permalink="https://sjovik.example/?p=1",
        media=(Media(url="https://sjovik.example/a.png", alt=alt, file="media/1.png"),)
        if alt
        else (),
    )


def post(  # noqa: PLR0913 - a post has these sides
    id_: str,
    *wordings: Words,
    own: bool = False,
    parent: str | None = None,
    after: float = 0,
    visibility: Visibility = Visibility.PUBLIC,
    outcome: Outcome | None = None,
) -> Post:
    at = BEGUN + dt.timedelta(hours=after)
    return Post(
        id=id_,
        parent=parent,
        kind="comment" if id_.startswith("c") else "post",
        own=own,
        published=at,
        first_seen=at,
        visibility=visibility,
        visibility_since=at,
        address="/?p=1",
        outcome=outcome,
        versions=tuple(
            Version(digest=str(n), seen=at + dt.timedelta(hours=n), modified=None, words=each)
            for n, each in enumerate(wordings)
        ),
    )


def thread(*posts: Post, id_: str = "1", channel: str = "kommunbloggen") -> Thread:
    return Thread(
        id=id_,
        channel=channel,
        day=posts[0].published.date(),
        salt="00",
        permalink="https://sjovik.example/?p=1",
        posts=posts,
    )


BATH: Final = thread(
    post(
        "1",
        words("Badet öppnar klockan åtta.", name="Informationsenheten", title="Badhuset i jul"),
        words(
            "Badet öppnar klockan nio.\n\nVälkommen!",
            name="Informationsenheten",
            title="Badhuset i jul",
            alt="Bassängen i morgonljus",
        ),
        own=True,
    ),
    post("c2", words("Är det öppet på annandagen också?"), after=2),
    post(
        "c3",
        words("Ja, mellan nio och fyra.", name="Informationsenheten"),
        own=True,
        parent="c2",
        after=3,
    ),
    post("c4", words("Köp billiga klockor", name="x"), after=4, visibility=Visibility.SPAM),
    post("c5", words("Hur anmäler jag fel?", name="Bo Ek"), after=5, outcome=Outcome.CASE),
)


def sheet(label: str = "Handling 1, begäran 2025-12-31-1", *, rehearsal: bool = False) -> Sheet:
    return Sheet(
        label=label,
        organisation="Sjöviks kommun",
        board="Kommunstyrelsen",
        channel="Sjöviks kommun – nyheter",
        address="https://sjovik.example/",
        source="Kanalarkivet, paketet posts/kommunbloggen/2025-12-01/1.",
        made=dt.datetime(2025, 12, 31, 9, tzinfo=dt.UTC),
        rehearsal=rehearsal,
    )
