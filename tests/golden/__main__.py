"""Makes the golden pictures anew: ``python -m tests.golden [all|everyday|wordpress]``.

Look at every picture in tests/data/golden that changed before it is committed: from then on the
tests hold the product to it. WordPress' pages need what tests/real/install.sh installs.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.golden import documents
from tests.golden.pictures import FOLDER, Leaf, keep, tools

WHICH = ("everyday", "wordpress")


def main(asked: str) -> int:
    """Make those asked for; 2 where there is no such kind."""
    if asked not in {"all", *WHICH}:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kg") as scratch:
        folder = Path(scratch)
        for leaf, made_with in (*_everyday(folder, asked), *_wordpress(folder, asked)):
            sys.stdout.write(f"{keep(leaf, made_with, folder)}\n")
    return 0


def _everyday(folder: Path, asked: str) -> Iterator[tuple[Leaf, dict[str, str]]]:
    if asked == "wordpress":
        return
    yield from ((leaf, tools()) for leaf in documents.certificate_leaves(folder))
    made = documents.channels()
    drawn_by = tools(next(iter(made.values())).browser)
    yield from ((leaf, drawn_by) for leaf in documents.channel_leaves(made))


def _wordpress(folder: Path, asked: str) -> Iterator[tuple[Leaf, dict[str, str]]]:
    if asked == "everyday":
        return
    sys.path.insert(0, str(Path(__file__).parents[1] / "real"))  # its helpers are no package
    from wordpress.seed import seed  # noqa: PLC0415 - found by the line above
    from wordpress.server import wordpress  # noqa: PLC0415 - the same

    from tests.golden import blog  # noqa: PLC0415 - the same

    with wordpress(folder / "wordpress") as site:
        seed(site, documents.NOW)
        made = blog.snapshot(site)
        drawn_with = blog.drawn_with(made, site)
    yield from ((leaf, drawn_with) for leaf in made.leaves("wordpress"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
