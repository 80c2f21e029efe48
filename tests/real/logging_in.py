"""A command in which the person who logs in is a programme: for the leak scan of login states.

Usage: python logging_in.py STATE COMMAND …
"""

import json
import sys
from typing import Any

import flows.logins
from flows.cli.main import main


async def _logs_in(*_: Any, **__: Any) -> Any:
    return json.loads(sys.argv[1])


flows.logins.record_login = _logs_in
sys.exit(main(sys.argv[2:]))
