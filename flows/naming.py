"""Names of runs as operators read them in the Prefect UI."""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from prefect.runtime import flow_run

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def run_name(flow: str) -> Callable[[], str]:
    """A callable that names a run after its flow, its rule's time and its channels."""

    def name() -> str:
        given = flow_run.parameters or {}
        as_of = given.get("as_of")
        moment = dt.datetime.fromisoformat(str(as_of)) if as_of else dt.datetime.now(dt.UTC)
        said = [flow, f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"]
        said += [str(given[key]) for key in ("occasion", "list_id", "year") if given.get(key)]
        said += given.get("channels") or []
        return " ".join(said)

    return name
