"""Which keys are safe, and what law each zone of the archive is under.

Keys are for people (DESIGN section 3) and become file names on any system, so they are plain ASCII.
The zones' laws are data here and nowhere else: the archive obeys them, the README in the archive's
root prints them.
"""

import dataclasses as dc
import re
from typing import Final, Literal

from archive_store.errors import InputError

README: Final = "README.md"
INDEX: Final = "index.html"
ROOT_PAGES: Final = (README, INDEX)
JOURNAL: Final = "journal/"
LEASES: Final = "leases/"
CHECKPOINTS: Final = "checkpoints/"
TRIALS: Final = "doctor/"  # what kanalarkiv doctor tries a store with; gone afterwards
STAMPED_ZONES: Final = ("snapshots/", "certificates/")
SECRETS: Final = ("tombstones/key",)

_SEGMENT: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?"
_KEY: Final = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_PREFIX: Final = re.compile(rf"(?:{_SEGMENT}/)*(?:[A-Za-z0-9][A-Za-z0-9._-]*)?")
_BASE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_/-]*[A-Za-z0-9])?")
_LONGEST: Final = 512


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What may happen to a package of a zone.

    Attributes:
        retirements: for which reasons it may be taken away; none where it is written once.
        like_for_like: what is superseded must be replaced, in the same commit, by a package of
            the same zone, so that nothing is lost in a compaction or a withdrawal.
        locked: where the store can lock: ``"long"`` from the first moment, ``"first"`` for a
            shorter time until confirmed, ``""`` not at all.
        personal: whether words or names may lie here, so that what is retired must not come back
            from an old backup.
        sv: what lies there, for the README; ``en`` the same in English.
    """

    retirements: frozenset[str]
    sv: str
    en: str
    like_for_like: bool = False
    locked: Literal["", "first", "long"] = ""
    personal: bool = False

    @property
    def write_once(self) -> bool:
        """Whether nothing here is ever taken away, save by a decision that withdraws it."""
        return self.retirements <= {"withdrawn"}


_NEVER: Final = frozenset[str]()
_BY_DECISION: Final = frozenset({"withdrawn"})
_COMPACTED: Final = frozenset({"superseded"})
_SHORT: Final = frozenset({"superseded", "expired"})
_ANY: Final = frozenset({"superseded", "culled", "expired"})

ZONES: Final[dict[str, Law]] = {
    "register": Law(
        retirements=_NEVER,
        locked="long",
        sv="kanalregistrets och gallringsbeslutens versioner",
        en="versions of the channel register and of the culling decisions",
    ),
    "snapshots": Law(
        retirements=_BY_DECISION,
        like_for_like=True,
        locked="first",
        sv="ögonblicksbilder av kanalerna, som PDF/A",
        en="snapshots of the channels, as PDF/A",
    ),
    "certificates": Law(
        retirements=_NEVER,
        locked="long",
        sv="gallringsprotokoll",
        en="destruction certificates",
    ),
    "reports": Law(retirements=_NEVER, locked="long", sv="årsrapporter", en="yearly reports"),
    "observations": Law(
        retirements=_COMPACTED,
        like_for_like=True,
        sv="iakttagna tal, inga personer (Parquet)",
        en="observed numbers, no persons (Parquet)",
    ),
    "statistics": Law(
        retirements=_COMPACTED,
        like_for_like=True,
        sv="månadsvis statistik, inga personer (Parquet)",
        en="monthly statistics, no persons (Parquet)",
    ),
    "posts": Law(
        retirements=_ANY,
        personal=True,
        sv="inlägg och kommentarer tills de gallras, ett paket per kanal och dag",
        en="posts and comments until they are culled, a package per channel and day",
    ),
    "kept": Law(
        retirements=_ANY,
        personal=True,
        sv="trådar som undantagits från gallring, med skäl",
        en="threads excepted from culling, with the reason",
    ),
    "restricted": Law(
        retirements=_ANY,
        personal=True,
        sv="sekretessmarkerat och bevarad bevisning",
        en="secrecy-marked records and preserved evidence",
    ),
    "tombstones": Law(
        retirements=_SHORT,
        personal=True,
        sv="märken som hindrar att gallrat tas in igen (utan ord och namn)",
        en="marks that keep culled things from being taken in again (no words, no names)",
    ),
    "lists": Law(
        retirements=_ANY,
        personal=True,
        sv="gallringslistor, godkännanden och påbörjade gallringar",
        en="culling lists, approvals and cullings begun",
    ),
    "requests": Law(
        retirements=_ANY,
        personal=True,
        sv="begäranden och stopp för gallring",
        en="requests and holds on culling",
    ),
    "access": Law(
        retirements=_SHORT,
        personal=True,
        sv="vem som läst det begränsade",
        en="who has read what is restricted",
    ),
}


def _unsafe(what_sv: str, what_en: str) -> InputError:
    # The text itself is left out: a key that was never meant to be one may hold words.
    return InputError(
        "unsafe-key",
        sv=f"{what_sv} duger inte. Använd a–z, A–Z, 0–9, punkt, bindestreck och understreck, med "
        f"snedstreck mellan leden och högst {_LONGEST} tecken.",
        en=f"{what_en} will not do. Use a–z, A–Z, 0–9, full stop, hyphen and underscore, with a "
        f"slash between the parts and at most {_LONGEST} characters.",
    )


def check_key(key: str) -> None:
    """Refuse a key that could not be a file name everywhere, or would leave the archive."""
    if len(key) > _LONGEST or not _KEY.fullmatch(key):
        raise _unsafe("Nyckeln till ett objekt", "The key of an object")


def check_prefix(prefix: str) -> None:
    """Refuse a prefix under which no safe key could lie."""
    if len(prefix) > _LONGEST or not _PREFIX.fullmatch(prefix):
        raise _unsafe("Början på en nyckel", "The beginning of a key")


def is_safe(key: str) -> bool:
    """Whether ``check_key`` accepts it."""
    return len(key) <= _LONGEST and _KEY.fullmatch(key) is not None


def check_base(base: str) -> None:
    """Refuse a package's base that is unsafe, outside the zones, or could shadow another.

    A base holds no full stop, so that ``<base>.`` and ``<base>/`` begin this package's keys and
    no other's.
    """
    if not is_safe(base) or not _BASE.fullmatch(base) or base.endswith("/manifest"):
        raise _unsafe("Namnet på ett paket", "The name of a package")
    zone, _, rest = base.partition("/")
    if zone not in ZONES or not rest:
        raise InputError(
            "unknown-zone",
            sv=f"Paketet ligger inte i någon av arkivets delar. Välj en av: {', '.join(ZONES)}.",
            en=f"The package lies in none of the archive's zones. Choose one of: "
            f"{', '.join(ZONES)}.",
        )


def law(key: str) -> Law:
    """The law of the zone in which a package's key lies."""
    return ZONES[key.split("/", 1)[0]]


def manifest_key(base: str, *, folder: bool) -> str:
    """Where the manifest of a package lies."""
    return f"{base}/manifest.json" if folder else f"{base}.json"


def territory(package_key: str) -> str:
    """How every key of a package begins, its manifest included."""
    base = package_key.removesuffix("/manifest.json")
    return f"{base}/" if base != package_key else package_key.removesuffix("json")


def file_key(package_key: str, name: str) -> str:
    """Where a file of a package lies."""
    return territory(package_key) + name


def token_key(key: str) -> str:
    """Where the token of trusted time over a manifest or journal entry lies: beside it."""
    return key.removesuffix("json") + "tsr"


def check_name(name: str, *, folder: bool) -> None:
    """Refuse a file name that is unsafe, or is the manifest's own or its token's."""
    taken = "manifest.json" if folder else "json"
    if not is_safe(name) or name in {taken, token_key(taken)} or (not folder and "/" in name):
        raise _unsafe("Namnet på en fil i ett paket", "The name of a file in a package")


def folders(base: str) -> list[str]:
    """Every folder in which a base lies, the nearest first."""
    parts = base.split("/")
    return ["/".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]


def owners(key: str) -> list[str]:
    """The packages that a key could belong to, as their manifests' keys."""
    head, _, last = key.rpartition("/")
    found = [key] if key.endswith(".json") else []
    if "." in last:
        found.append(f"{head}/{last.split('.', 1)[0]}.json")
    return found + [manifest_key(folder, folder=True) for folder in folders(key)]
