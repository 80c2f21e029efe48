"""Every deployment with its schedule: one table for ``kanalarkiv up`` and for prefect.yaml.

Times are Europe/Stockholm (DESIGN section 4). The half-year and year-end snapshots are duties of
the guidelines: 30 June and 31 December at 23:00.
"""

import dataclasses as dc
from typing import Any, cast

from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.flows import Flow
from prefect.schedules import Cron, Schedule
from prefect.types.entrypoint import EntrypointType

from flows.annual_report import annual_report
from flows.audit import audit
from flows.classifying import classify_thread
from flows.cull import cull_approve, cull_carry_out, cull_propose
from flows.following_up import cull_follow_up, cull_summary
from flows.harvest import harvest
from flows.monthly_facts import monthly_facts
from flows.replies import replies
from flows.settings import Settings
from flows.snapshot import snapshot
from tasks.model import Occasion

STOCKHOLM = "Europe/Stockholm"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One schedule of a flow: a cron line in Stockholm time, and the parameters of its runs."""

    slug: str
    cron: str
    parameters: dict[str, Any] = dc.field(default_factory=dict)


DUTIES = (
    Planned(
        slug="halvarsskifte", cron="0 23 30 6 *", parameters={"occasion": Occasion.HALF_YEAR.value}
    ),
    Planned(
        slug="arsskifte", cron="0 23 31 12 *", parameters={"occasion": Occasion.YEAR_END.value}
    ),
)

REHEARSALS = (
    Planned(slug="fore-halvarsskifte", cron="0 7 16,27 6 *"),
    Planned(slug="fore-arsskifte", cron="0 7 17,28 12 *"),
)
"""14 and 3 days before each duty, when logins are rehearsed."""


def plan(settings: Settings) -> tuple[tuple[Flow[..., Any], tuple[Planned, ...]], ...]:
    """Each flow with its schedules; those without any are started by a person's form."""
    return (
        (harvest, (Planned(slug="dagligen", cron=settings.harvest_cron),)),
        (snapshot, (*DUTIES, Planned(slug="saknade", cron="0 5 * * *"))),
        (monthly_facts, (Planned(slug="dagligen", cron="0 4 * * *"),)),
        (replies, (Planned(slug="varje-timme", cron="5 * * * *"),)),
        (audit, (Planned(slug="mandagar", cron="0 7 * * 1"), *REHEARSALS)),
        (cull_propose, (Planned(slug="mandagar", cron="0 6 * * 1"),)),
        (classify_thread, ()),
        (cull_approve, ()),
        (cull_carry_out, ()),
        (cull_follow_up, (Planned(slug="tisdagar", cron="0 6 * * 2"),)),
        (cull_summary, (Planned(slug="15-januari", cron="30 6 15 1 *"),)),
        (annual_report, (Planned(slug="15-januari", cron="0 7 15 1 *"),)),
    )


def deployments(settings: Settings) -> list[RunnerDeployment]:
    """What ``kanalarkiv up`` serves.

    Entry points are module paths: a file path would put flows/ first on ``sys.path``. One run of a
    flow at a time, the next one waits; culling has a lease of its own in the archive besides.
    """
    return [_deployed(flow, schedules) for flow, schedules in plan(settings)]


def _deployed(flow: Flow[..., Any], schedules: tuple[Planned, ...]) -> RunnerDeployment:
    made = flow.to_deployment(
        name="kanalarkiv",
        description=flow.description,
        tags=["kanalarkiv"],
        schedules=[_schedule(planned) for planned in schedules],
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE
        ),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    found = cast("RunnerDeployment", made)  # outside an event loop it is no coroutine
    # Prefect reads the function anew and heads each field by the parameter's name; ours speak.
    found._parameter_openapi_schema = flow.parameters  # noqa: SLF001 - there is no public way
    return found


def _schedule(planned: Planned) -> Schedule:
    return Cron(
        planned.cron, timezone=STOCKHOLM, slug=planned.slug, parameters=dict(planned.parameters)
    )
