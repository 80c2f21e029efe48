"""A form takes references without meaning: Prefect keeps in clear what is typed into it.

The body's own posts are named by their id, threads that others began by a number that leads to
nobody (``other-3``), comments not at all: a thread is what is judged (DESIGN section 1, nothing of
a person lives outside the archive). What the shape of an id gives away, Prefect's server refuses
before it stores it, by the form's schema. What only the archive knows is seen when the run has
begun: then the run takes it out of its own parameters before it says what to write instead.
"""

import contextlib
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.runtime import flow_run

from archive_store import Archive
from archive_store.errors import InputError
from tasks.culling.reading import find_thread
from tasks.model import Thread
from tasks.threads import head_of

# Prefect's page shows a pattern that was not met: it begins with a remark that says what to write.
POST: Final = (
    r"(?# Skriv KANAL/ID eller LISTA:RAD, aldrig en kommentars id, en adress eller ord. )"
    r"^([a-z0-9-]+/(?!c[0-9])(urn:uuid:)?[0-9A-Za-z-]{1,64}|[0-9a-z-]{1,80}:[0-9]{1,6})$"
)
"""``KANAL/ID``, save a comment's id, or ``LISTA:RAD``; no address, and nothing with a space."""

ID: Final = r"(?# Skriv ditt id, inte ditt namn. )^[^\s]{0,80}$"
"""A person's id: a name, which has a space, is refused."""

_ROW: Final = "LISTA:RAD"

FORGOTTEN: Final = "-"
"""What stands in a run's parameters in place of what was typed."""


@contextlib.contextmanager
def forgotten_if_refused(parameter: str) -> Iterator[None]:
    """Forget a parameter of this run where the block, which is to judge it, does not end well."""
    try:
        yield
    except Exception:  # whatever it was: what was typed must not stay, and the error goes on
        forget(parameter)
        raise


def require_meaningless(archive: Archive, channel: str, reference: str) -> None:
    """Refuse, as a name for a thread, what leads to somebody outside the body.

    What names no living thread is told by whoever looks for it; it is forgotten here, for nobody
    can say any more whose it was.

    Raises:
        InputError: ``post-of-others``, with the name to use instead.
    """
    found = find_thread(archive, channel, reference)
    if found is None:
        forget("post")
    elif reference not in _names(found[1]):
        called = _called(found[1])
        name = f"{channel}/{called}" if called else _ROW
        raise InputError(
            "post-of-others",
            sv=f"{channel}: det är någon annans inlägg, och dess id ska inte stå i Prefect. Det är "
            f"nu borttaget ur körningens parametrar; ange tråden som {name} i stället.",
            en=f"{channel}: it is somebody else's post, whose id must not stand in Prefect. It is "
            f"now gone from the run's parameters; name the thread as {name} instead.",
        )


def _called(thread: Thread) -> str:
    """What to call it by; ``""`` where others began it and only its late comments are left."""
    head = head_of(thread)
    return thread.counted_as or (thread.id if head is not None and head.own else "")


def _names(thread: Thread) -> set[str]:
    """By what a thread may be called where nothing of a person may stand."""
    own = {post.id for post in thread.posts if post.own}
    return {*own, _called(thread)} - {""}


def forget(parameter: str) -> None:
    """Take a parameter's value out of this run's record in Prefect, if it is a run of Prefect's."""
    if flow_run.id is None:
        return
    run = UUID(str(flow_run.id))
    with get_client(sync_client=True) as client:
        stored = client.read_flow_run(run).parameters
        answer = client.update_flow_run(run, parameters={**stored, parameter: FORGOTTEN})
        answer.raise_for_status()
