"""A command in which one step fails with a person's words in the error's text: for the leak scan.

Usage: python failing.py WORDS COMMAND …
"""

import sys
from typing import Any, NoReturn

import tasks.harvest.channel
from flows.cli.main import main


def _choke(*_: Any, **__: Any) -> NoReturn:
    raise ValueError(f"cannot read {sys.argv[1]!r}")


tasks.harvest.channel.look = _choke
sys.exit(main(sys.argv[2:]))
