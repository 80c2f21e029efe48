"""The id of somebody else's post, typed into a form, stays nowhere in Prefect.

One is refused by Prefect's server before it is stored, one is stored and then forgotten by the run.
A third, of a run that is kept from forgetting, shows that the scan would have found them.
"""

import contextlib
import json
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from leaks import leaks
from way import ROOT, Way

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

SJOVIK = ROOT / "examples" / "sjovik"
COMMENT, OTHERS, KEPT = "c998877665544332", "887766554433221", "776655443322110"
FORM = """
import json, sys
from flows.settings import load_settings, prepare_environment
settings = load_settings()
prepare_environment(settings)
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectHTTPStatusError
from flows import meaningless
from flows.classifying import Reason, classify_thread
from flows.deployments import deployments
comment, others, kept = sys.argv[1:]
[form] = [each for each in deployments(settings) if each.flow_name == "classify"]
def given(reference):
    return {"post": f"kommunbloggen/{reference}", "record_class": "veckan",
            "reason": "routine", "by": "arkivarie-1"}
said = {}
with get_client(sync_client=True) as client:
    deployment = form.apply()
    try:
        client.create_flow_run_from_deployment(deployment, parameters=given(comment))
    except PrefectHTTPStatusError as error:
        said["comment"] = error.response.status_code
    for reference in (others, kept):
        if reference == kept:
            meaningless.forget = lambda _: None
        state = classify_thread(**given(reference), return_state=True)
        run = client.read_flow_run(state.state_details.flow_run_id)
        said[reference] = [state.message, run.parameters["post"]]
print(json.dumps(said))
"""


def _fold_in(database: Path) -> None:
    """Fold SQLite's log into the database, as a server does in its turn, and overwrites it."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_an_id_of_somebody_elses_is_refused_or_forgotten(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="kf") as tmp:
        way = Way(tmp_path, Path(tmp), {})
        register = (SJOVIK / "register.toml").read_text("utf-8")
        way.begin("2025-12-15T08:00", register, sorted((SJOVIK / "decisions").glob("*.toml")))
        with way.server():
            done = subprocess.run(
                [sys.executable, "-c", FORM, COMMENT, OTHERS, KEPT],
                cwd=way.hus,
                env=way.environment,
                capture_output=True,
                text=True,
                check=False,
            )
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout.splitlines()[-1])
        unknown = "kommunbloggen: ingen levande tråd har det id:t; kontrollera det med cull show."
        assert said == {
            "comment": 409,
            OTHERS: [unknown, "-"],
            KEPT: [unknown, f"kommunbloggen/{KEPT}"],
        }
        (way.logs / "form.log").write_text(done.stderr, "utf-8")
        _fold_in(way.hus / ".kanalarkiv" / "prefect" / "prefect.db")
        needles = {"comment": COMMENT, "others": OTHERS, "kept": KEPT}
        assert {leak.needle for leak in leaks(way.places(), needles)} == {"kept"}
