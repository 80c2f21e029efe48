"""The culling room as Prefect tasks: ids and counts in, counts and a certificate's facts out.

A decision and a certificate hold no words of a post; neither is persisted by Prefect.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from archive_store import archive_at
from archive_store.errors import ConflictError, HeldError
from tasks.culling.carrying_out import Reread, carry_out
from tasks.culling.certificate import Certificate, read_certificate
from tasks.culling.decision import Decision, decision_for
from tasks.culling.lists import board_of_list
from tasks.culling.proposal import propose
from tasks.culling.protocol import STOPS
from tasks.culling.tags import Circumstances
from tasks.discreet import discreet
from tasks.model import Register


def _may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether trying again may help: another run was in the way."""
    return isinstance(state.data, (ConflictError, HeldError))


@task(
    name="propose-culling",
    task_run_name="propose-{decision.board}",
    retries=2,
    retry_delay_seconds=exponential_backoff(backoff_factor=10),
    retry_jitter_factor=0.5,
    retry_condition_fn=_may_pass,
    timeout_seconds=3600,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def propose_step(  # noqa: PLR0913, PLR0917 - what is judged, by whom, when and on what ground
    location: str,
    decision: Decision,
    channels: Sequence[str],
    by: str,
    now: dt.datetime,
    circumstances: Circumstances | None = None,
) -> dict[str, Any]:
    """Freeze what may go of one board's channels; ``lista`` is ``""`` where nothing may."""
    with discreet("propose", decision.board):
        found = propose(
            archive_at(location), decision, channels, by=by, now=now, circumstances=circumstances
        )
    if found.list_id is None:
        get_run_logger().info("%s: nothing to cull, %d not due", found.board, found.not_due)
    else:
        get_run_logger().info("%s: list %s waits", found.board, found.list_id)
    return {
        "lista": found.list_id or "",
        "trådar": found.rows,
        "bevaras": found.keeps,
        "att granska": found.flagged,
        "ej förfallna": found.not_due,
        "stoppade": "; ".join(
            f"{STOPS.get(code, code)}: {count}" for code, count in found.blocked.items()
        ),
    }


@task(
    name="carry-out-culling",
    task_run_name="carry-out-{list_id}",
    retries=2,
    retry_delay_seconds=exponential_backoff(backoff_factor=10),
    retry_jitter_factor=0.5,
    retry_condition_fn=_may_pass,
    timeout_seconds=3600,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def carry_out_step(  # noqa: PLR0913, PLR0917 - who, what, when and by what
    location: str,
    decisions: Mapping[str, Decision],
    list_id: str,
    now: dt.datetime,
    run: str,
    software: str,
    register: Register | None = None,
    reread: Reread | None = None,
    circumstances: Circumstances | None = None,
) -> tuple[Certificate, dict[str, Any]]:
    """Destroy what a list's approval allows; the certificate and counts for the operator."""
    with discreet("carry-out", list_id):
        archive = archive_at(location)
        decision = decision_for(decisions, board_of_list(archive, list_id))
        done = carry_out(
            archive,
            decision,
            list_id,
            now=now,
            run=run,
            software=software,
            register=register,
            reread=reread,
            circumstances=circumstances,
        )
        certificate = read_certificate(archive, done.certificate)
    get_run_logger().info("%s: culled %d, kept %d", list_id, done.culled, done.kept)
    return certificate, {
        "gallrade": done.culled,
        "bevarade": done.kept,
        "överhoppade": done.skipped,
        "byte": done.size,
        "protokoll": done.certificate,
    }
