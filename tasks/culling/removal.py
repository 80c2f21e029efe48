"""Removal on the platform, recorded: another act than culling, and never done by this product.

What is forbidden is unpublished promptly (K17), but a copy stays: content against BBS-lagen is not
culled, and the author is told why (notes: law and practice). Of a removal are kept its ground,
when, by which role and whether the author was told, as codes; the copy lies in ``restricted/``.
"""

import dataclasses as dc
import datetime as dt
import hashlib
import re
from collections.abc import Iterator

from archive_store import Archive, Commit, Draft, Entry, Package
from archive_store.errors import InputError
from tasks.culling.classifying import thread_unknown
from tasks.culling.gathering import last_harvest
from tasks.culling.moving import APART_ZONE, FILE, clear
from tasks.culling.plan import review_of
from tasks.culling.reading import find_thread, stored_threads
from tasks.days import day_media, media_names, thread_json
from tasks.model import Post, Text, Thread, Visibility
from tasks.office_time import STOCKHOLM

KIND = "removed"
GROUNDS = {
    "bbs": Text("BBS-lagen 5 §", "section 5 of the act on bulletin boards"),
    "secrecy": Text("sekretess", "secrecy"),
    "personal-data": Text("personuppgifter", "personal data"),
    "house-rules": Text("egna regler / nätetikett", "house rules"),
    "spam": Text("skräppost", "spam"),
}
"""Kept apart, because each has a law of its own."""
FORMERLY = {"bbs5": "bbs"}
"""Codes that are no longer taken, and what to write instead."""

_ROLE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MINUTE = dt.timedelta(minutes=1)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What is said of a removal.

    Attributes:
        ground: a code of ``GROUNDS``.
        at: when it was removed.
        role: who removed it, as a role and never a name, such as ``"kontoadministrator"``.
        told: whether the author was told why.
    """

    ground: str
    at: dt.datetime
    role: str
    told: bool


def remove(  # noqa: PLR0913 - what was removed, what is said of it, by whom and when
    archive: Archive,
    channel: str,
    reference: str,
    removal: Removal,
    *,
    by: str,
    now: dt.datetime,
) -> Entry | None:
    """Record that a post was removed from the platform, and keep a copy of it.

    A comment's copy is the comment alone; where the post that began a thread was removed, so was
    all of the thread, and the copy holds all of it.

    Args:
        archive: where it lies.
        channel: channel's id.
        reference: id of the post.
        removal: what is said of it.
        by: id of the person who records it.
        now: the rule's time.

    Returns:
        The journal's entry, or ``None`` where the same was recorded before.

    Raises:
        InputError: ``removal-ground``, ``removal-role`` or ``removal-time``.
        MissingError: no living thread of the channel has the post.
        HeldError: a harvest or culling is busy with the channel.
    """
    _require(removal, now)
    with archive.lease(f"channel-{channel}"):
        clear(archive, channel)
        found = find_thread(archive, channel, reference)
        if found is None:
            raise thread_unknown(channel)
        package, thread = found
        post = next((post for post in thread.posts if post.id == reference), thread.posts[0])
        said = (post.id, removal.ground, _stamp(removal.at))
        for _, about in _recorded(archive, channel):
            if (about["post"], about["ground"], about["at"]) == said:
                return None
        secured = _secured(archive, thread, post)
        return archive.commit(
            Commit(
                event="removed",
                now=now,
                actor=by,
                drafts=(_copy(archive, package, thread, post, removal, secured, by, now),),
                facts={
                    "channel": channel,
                    "ground": removal.ground,
                    "at": _stamp(removal.at),
                    "role": removal.role,
                    "told": removal.told,
                    "seen_minutes": max(0, (removal.at - post.published) // _MINUTE),
                    "secured": "" if secured is None else secured.key,
                },
            )
        )


def still_in_view(archive: Archive, channel: str) -> int:
    """Posts that are removed or secured as forbidden, and that the channel showed after that."""
    harvest = last_harvest(archive, channel)
    if harvest is None:
        return 0
    removed, cited = {}, set()
    for _, about in _recorded(archive, channel):
        removed[about["post"]] = dt.datetime.fromisoformat(about["at"])
        cited.add(about["secured"])
    secured = {
        _plain(archive.manifest(package)["about"].get("address", ""))
        for package in archive.packages("restricted/", kind="secured", channel=channel)
        if package.key not in cited and package.time < harvest.now
    } - {""}
    return sum(
        post.visibility is Visibility.PUBLIC
        and (
            (post.id in removed and removed[post.id] < harvest.now)
            or _plain(post.words.permalink) in secured
        )
        for stored in stored_threads(archive, channel)
        for post in stored.thread.posts
    )


def copies_of(archive: Archive, channel: str, threads: set[str]) -> list[str]:
    """Keys of copies in ``restricted/`` that hold posts of the threads: what stays of them."""
    found = _recorded(archive, channel)
    return [package.key for package, about in found if about["thread"] in threads]


def require_ground(code: str, option: str) -> None:
    """Refuse what is no code of ``GROUNDS``.

    Args:
        code: as a person gave it.
        option: where, such as ``"--ground"``.

    Raises:
        InputError: ``removal-ground``; a code of before is told what it is now.
    """
    if code in GROUNDS:
        return
    if now := FORMERLY.get(code):
        ground = GROUNDS[now]
        raise InputError(
            "removal-ground",
            sv=f"{option} {code}: skälet {ground.sv} skrivs {now}. Skriv {option} {now}.",
            en=f"{option} {code}: the ground {ground.en} is written {now}. Write {option} {now}.",
        )
    sv = ", ".join(f"{code} ({text.sv})" for code, text in GROUNDS.items())
    en = ", ".join(f"{code} ({text.en})" for code, text in GROUNDS.items())
    raise InputError(
        "removal-ground", sv=f"{option}: välj en av {sv}.", en=f"{option}: one of {en}."
    )


def _require(removal: Removal, now: dt.datetime) -> None:
    require_ground(removal.ground, "--ground")
    if not _ROLE.fullmatch(removal.role):
        raise InputError(
            "removal-role",
            sv="--role: ange rollen med a–z, 0–9 och bindestreck, aldrig ett namn.",
            en="--role: give the role with a–z, 0–9 and hyphens, never a name.",
        )
    if removal.at > now:
        raise InputError(
            "removal-time",
            sv="--at: tiden för borttagandet har inte varit ännu.",
            en="--at: the time of removal has not been yet.",
        )


def _copy(  # noqa: PLR0913, PLR0917 - a copy tells of all of them
    archive: Archive,
    package: Package,
    thread: Thread,
    post: Post,
    removal: Removal,
    secured: Package | None,
    by: str,
    now: dt.datetime,
) -> Draft:
    whole = post.id == thread.id
    copy = thread if whole else dc.replace(thread, posts=(post,))
    named = media_names([copy])
    pictures = day_media(archive, package) if named else {}
    line = thread_json(copy)
    local = removal.at.astimezone(STOCKHOLM)
    return Draft(
        base=f"{APART_ZONE}/{thread.channel}/{local:%Y}/{local:%Y-%m-%dT%H%M}-borttagen",
        files={
            FILE: line + b"\n",
            **{name: data for name, data in pictures.items() if name in named},
        },
        about={
            "thread": thread.id,
            "post": post.id,
            "whole": whole,
            "ground": removal.ground,
            "at": _stamp(removal.at),
            "role": removal.role,
            "told": removal.told,
            "by": by,
            "secured": "" if secured is None else secured.key,
            "retention": "until-review",
            "review": review_of(now).isoformat(),
            "sha256": hashlib.sha256(line).hexdigest(),
        },
        labels={
            "kind": KIND,
            "channel": thread.channel,
            "ground": removal.ground,
            "told": "yes" if removal.told else "no",
        },
        folder=True,
    )


def _recorded(archive: Archive, channel: str) -> Iterator[tuple[Package, dict[str, str]]]:
    for package in archive.packages(f"{APART_ZONE}/{channel}/", kind=KIND):
        yield package, archive.manifest(package)["about"]


def _secured(archive: Archive, thread: Thread, post: Post) -> Package | None:
    """The latest page that was secured of the post, or else of its thread."""
    pages = archive.packages("restricted/", kind="secured", channel=thread.channel)
    by_address = {
        _plain(archive.manifest(package)["about"].get("address", "")): package
        for package in sorted(pages, key=lambda package: package.seq)
    }
    by_address.pop("", None)
    return by_address.get(_plain(post.words.permalink)) or by_address.get(_plain(thread.permalink))


def _plain(address: str) -> str:
    return address.strip().removesuffix("/")


def _stamp(when: dt.datetime) -> str:
    return f"{when.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
