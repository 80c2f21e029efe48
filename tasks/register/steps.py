"""The register's room as a Prefect step: ids and counts cross it, nothing else."""

import datetime as dt

from prefect import get_run_logger, task

from tasks.discreet import discreet
from tasks.model import Level
from tasks.register.check import check
from tasks.register.evidence import Evidence
from tasks.register.load import load_register


@task(name="check-register", task_run_name="check-register", timeout_seconds=60)
def check_register(path: str, now: dt.datetime, evidence: Evidence) -> dict[str, int]:
    """Check the register at ``path``; findings go to the log, their number by level is returned."""
    logger = get_run_logger()
    with discreet("check-register"):
        findings = check(load_register(path), now=now, evidence=evidence)
    for finding in findings:
        logger.info("%s %s %s", finding.level, finding.code, finding.where)
    return {level: sum(f.level is level for f in findings) for level in Level}
