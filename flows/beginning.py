"""``kanalarkiv init``: a folder with a register, a decision, settings and an empty archive.

The templates refuse until their fields are filled: nothing is harvested without a register that
was read, and nothing is culled without a board's own decision.
"""

import contextlib
import datetime as dt
import shutil
from pathlib import Path, PurePosixPath

from archive_store import Archive, Locks, write_index
from archive_store.doctor import require
from archive_store.errors import InputError, MissingError
from archive_store.journal import entry_key
from archive_store.places import bucket_at

TEMPLATES = (
    ("register.toml", ("tasks", "register", "templates", "register-mall.toml")),
    ("decisions/namnden.toml", ("tasks", "culling", "templates", "beslut-mall.toml")),
)
SETTINGS = """\
# Inställningar för Kanalarkiv. Flagga går före miljövariabel (KANALARKIV_…), som går före filen.
archive = "{archive}"
register = "register.toml"
decision = "decisions"
state = "./.kanalarkiv"
lang = "sv"
# tsa_url = "https://…"   # en tjänst för tidsstämplar (RFC 3161); se docs/trusted-time.md
# tsa_ca = "tsa-rot.pem"
"""


def begin(
    folder: Path,
    *,
    location: str | None = None,
    locks: Locks | None = None,
    rehearsal: bool,
    as_of: dt.datetime | None,
) -> list[str]:
    """Write the starting files; the names of what was made.

    Args:
        folder: a new or empty folder.
        location: where the archive is to lie; in the folder where not given.
        locks: for how long what is written once is locked, where the store can.
        rehearsal: whether times of one's own choice are allowed; marked on every certificate.
        as_of: when the archive begins, for a rehearsal.

    Raises:
        InputError: the folder is not empty, a time was given without ``rehearsal``, or the store
            cannot do what an archive relies on.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            "folder-not-empty",
            sv=f"{folder} finns och är inte tom. Välj en ny mapp.",
            en=f"{folder} exists and is not empty. Choose a new folder.",
        )
    if as_of is not None and not rehearsal:
        raise InputError(
            "time-not-allowed",
            sv="--as-of gäller bara tillsammans med --rehearsal.",
            en="--as-of works only together with --rehearsal.",
        )
    archive = str(folder / "archive") if location is None else location
    try:
        # First: a store that is not fit leaves no half-made folder behind.
        create_archive(archive, locks=locks, rehearsal=rehearsal, as_of=as_of)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            "folder-not-made",
            sv=f"{folder} kunde inte skapas: {error.strerror}.",
            en=f"{folder} could not be made: {error.strerror}.",
        ) from None
    for name, source in TEMPLATES:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_template(*source), target)
    settings = SETTINGS.replace("{archive}", location or "./archive")
    (folder / "kanalarkiv.toml").write_text(settings, "utf-8")
    return [*(name for name, _ in TEMPLATES), "kanalarkiv.toml", location or "archive/"]


def create_archive(
    location: str | Path,
    *,
    locks: Locks | None = None,
    rehearsal: bool,
    as_of: dt.datetime | None,
) -> Archive:
    """A new archive in a place that does not hold one, if the store there is fit for it.

    Raises:
        ExistsError: there is an archive already.
        InputError: the store cannot do what an archive relies on.
    """
    now = as_of or dt.datetime.now(dt.UTC).replace(microsecond=0)
    _refuse_inside_another(str(location))
    bucket = bucket_at(location)
    require(bucket, locks=locks is not None)
    archive = Archive.create(bucket, now=now.astimezone(dt.UTC), rehearsal=rehearsal, locks=locks)
    write_index(archive)
    return archive


def _refuse_inside_another(location: str) -> None:
    """An archive inside another would be foreign there, and go with it."""
    scheme, mark, path = location.rpartition("://")
    path = path if mark else str(Path(path).absolute())
    for above in list(PurePosixPath(path.partition("?")[0]).parents):
        if str(above) in {".", "/"}:
            break
        with contextlib.suppress(MissingError):
            bucket_at(f"{scheme}{mark}{above}").get(entry_key(1))
            raise InputError(
                "inside-another",
                sv=f"{above} är redan ett arkiv. Lägg det nya utanför.",
                en=f"{above} is an archive already. Put the new one outside.",
            )


def _template(*parts: str) -> Path:
    return Path(__file__).parent.parent.joinpath(*parts)
