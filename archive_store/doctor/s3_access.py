"""Asks a bucket on S3 what hangs on the server: access, whole bytes, versions, who else may read.

The matrix that the store was built on (docs/stores.md), tried on the operator's own bucket.
"""

import dataclasses as dc
import datetime as dt
import time
import urllib.parse
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

from archive_store.doctor.asking import check
from archive_store.doctor.clocks import clock_answer
from archive_store.doctor.report import Answer, Needed, Text, no, unknown, yes
from archive_store.doctor.s3_ground import Corner, not_known
from archive_store.errors import MissingError

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_EVERYBODY: Final = ("/AllUsers", "/AuthenticatedUsers")
_SIGNED: Final = ("Authorization", "X-Amz-Date", "X-Amz-Content-SHA256", "X-Amz-Security-Token")
_COLD: Final = frozenset({"GLACIER", "DEEP_ARCHIVE"})
_MAY_NOT_ASK: Final = Text(
    sv="Servern känner inte frågan, eller kontot får inte ställa den. Låt den som sköter hinken "
    "se efter.",
    en="The server does not know the question, or the account may not ask it. Let whoever tends "
    "the bucket look.",
)


@check(
    "access",
    sv="servern svarar och godtar inloggningen",
    en="the server answers and accepts the credentials",
    needed=Needed.REQUIRED,
    advice_sv="Kontrollera AWS_ENDPOINT_URL_S3, hinkens namn, AWS_ACCESS_KEY_ID och "
    "AWS_SECRET_ACCESS_KEY.",
    advice_en="Check AWS_ENDPOINT_URL_S3, the bucket's name, AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY.",
    stops=True,
)
def access(corner: Corner) -> Answer:
    """A reading of nothing; through the store itself, whose errors say what to do."""
    try:
        corner.bucket.get(f"{corner.prefix}nothing")
    except MissingError as error:
        if error.code != "missing-object":
            raise
    return yes(_endpoint(corner))


@check(
    "versions-listed",
    sv="servern listar varje version",
    en="the server lists every version",
    needed=Needed.REQUIRED,
    advice_sv="Utan ListObjectVersions kan arkivet varken lista eller förstöra, så inget mer "
    "prövas. Ge kontot s3:ListBucketVersions; kan servern det inte, byt lager: se docs/stores.md.",
    advice_en="Without ListObjectVersions the archive can neither list nor destroy, so nothing "
    "more is tried. Give the account s3:ListBucketVersions; if the server cannot, change the "
    "store: see docs/stores.md.",
    stops=True,
)
def versions_listed(corner: Corner) -> Answer:
    """Also of a bucket without versions, whose objects each have one."""
    code = corner.refusal(lambda: corner.client.list_object_versions(**corner.within()))
    if code is not None:
        return no(code)
    corner.reached = True
    return yes("ja", "yes")


@check(
    "tls",
    sv="det som skickas är krypterat på vägen",
    en="what is sent is encrypted on its way",
    needed=Needed.USEFUL,
    advice_sv="Inlägg med personuppgifter går i klartext. Byt till en adress med https.",
    advice_en="Posts with personal data travel in clear text. Change to an https address.",
)
def tls(corner: Corner) -> Answer:
    """HTTPS, or a server on this machine."""
    endpoint = urllib.parse.urlsplit(_endpoint(corner))
    if endpoint.scheme == "https":
        return yes("https")
    if endpoint.hostname in _LOOPBACK:
        return yes("http, samma dator", "http, the same machine")
    return no("http")


@check(
    "clock",
    sv="serverns klocka går som den här datorns",
    en="the server's clock agrees with this machine's",
    needed=Needed.REQUIRED,
    advice_sv="Ställ datorns klocka med NTP. Är det serverns som går fel, säg till driften.",
    advice_en="Set this machine's clock by NTP. If the server's is wrong, tell its operators.",
)
def clock(corner: Corner) -> Answer:
    """The Date of its answers, against the middle of a request."""
    began = time.time()
    answer = corner.client.head_bucket(Bucket=corner.name)
    middle = (began + time.time()) / 2
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    if date is None:
        return unknown("servern säger inte sin tid", "the server does not tell its time")
    # Whole seconds: on the average half a second has been cut off.
    ahead = parsedate_to_datetime(date).timestamp() + 0.5 - middle
    corner.ahead = dt.timedelta(seconds=ahead)
    return clock_answer(ahead)


@check(
    "no-default-retention",
    sv="hinken låser inte av sig själv allt som skrivs",
    en="the bucket does not by itself lock all that is written",
    needed=Needed.REQUIRED,
    advice_sv="Det som ska gallras kunde då inte förstöras i tid, så inget mer prövas. Ta bort "
    "hinkens förvalda lås (put-object-lock-configuration utan Rule); arkivet låser självt det "
    "som ska låsas.",
    advice_en="What is to be culled could then not be destroyed in time, so nothing more is "
    "tried. Remove the bucket's default retention (put-object-lock-configuration without Rule); "
    "the archive itself locks what is to be locked.",
    stops=True,
)
def no_default_retention(corner: Corner) -> Answer:
    """Asked before anything is written: a trial would be locked as long."""
    retention = corner.bucket.default_retention()
    return no(retention.sv, retention.en) if retention else yes("inget förval", "no default")


@check(
    "anonymous-refused",
    sv="den som inte loggat in kommer inte åt något",
    en="who has not logged in reaches nothing",
    needed=Needed.REQUIRED,
    advice_sv="Vem som helst kan läsa arkivet. Ta bort hinkens policy och ACL för alla, och slå på "
    "Block Public Access.",
    advice_en="Anybody can read the archive. Remove the bucket's policy and ACL for everybody, "
    "and switch on Block Public Access.",
)
def anonymous_refused(corner: Corner) -> Answer:
    """A reading and a listing without signature."""
    corner.bucket.create(f"{corner.prefix}read-by-nobody", b"x")
    with corner.changed("GetObject", _unsigned):
        code = corner.refusal(lambda: corner.client.get_object(**corner.at("read-by-nobody")))
    if code is None:
        return no("läses av vem som helst", "read by anybody")
    with corner.changed("ListObjectsV2", _unsigned):
        if corner.refusal(lambda: corner.client.list_objects_v2(**corner.within())) is None:
            return no("listas av vem som helst", "listed by anybody")
    return yes(code)


@check(
    "not-public",
    sv="varken policy eller ACL släpper in alla",
    en="neither policy nor ACL lets everybody in",
    needed=Needed.PROMISED,
    advice_sv="Ta bort hinkens policy och ACL för alla, och slå på Block Public Access.",
    advice_en="Remove the bucket's policy and ACL for everybody, switch on Block Public Access.",
)
def not_public(corner: Corner) -> Answer:
    """What the bucket's settings say, where the server knows of such."""
    name = corner.name
    policy, refused = corner.answer(lambda: corner.client.get_bucket_policy_status(Bucket=name))
    if policy.get("PolicyStatus", {}).get("IsPublic"):
        return no("policyn släpper in alla", "the policy lets everybody in")
    acl, no_acl = corner.answer(lambda: corner.client.get_bucket_acl(Bucket=name))
    grantees = [grant["Grantee"].get("URI", "") for grant in acl.get("Grants", [])]
    if any(each.endswith(_EVERYBODY) for each in grantees):
        return no("ACL:en släpper in alla", "the ACL lets everybody in")
    if no_acl or refused not in {"", "NoSuchBucketPolicy"}:
        # That a stranger was refused has been seen, and weighs more than what settings say.
        answer = unknown(no_acl or refused)
        return dc.replace(answer, needed=Needed.USEFUL, advice=_MAY_NOT_ASK)
    return yes("ingen", "neither")


@check(
    "nothing-expires",
    sv="ingen livscykelregel tar bort eller stoppar undan objekt",
    en="no lifecycle rule removes objects or puts them away",
    needed=Needed.REQUIRED,
    advice_sv="Regeln tar bort det som ska bevaras, utan beslut och utan protokoll. Ta bort den.",
    advice_en="The rule removes what is to be kept, without decision or record. Remove it.",
)
def nothing_expires(corner: Corner) -> Answer:
    """Rules that touch the archive's part of the bucket; aborting of multipart uploads may stay."""
    found, refused = corner.answer(
        lambda: corner.client.get_bucket_lifecycle_configuration(Bucket=corner.name)
    )
    if refused == "NoSuchLifecycleConfiguration" or not_known(refused):
        return yes("inga", "none")
    if refused:
        return dc.replace(unknown(refused), needed=Needed.USEFUL, advice=_MAY_NOT_ASK)
    harmful = [rule.get("ID", "?") for rule in found["Rules"] if _harms(rule, corner.root)]
    return (
        no(", ".join(harmful))
        if harmful
        else yes("ingen som rör arkivet", "none that touches the archive")
    )


def _harms(rule: Mapping[str, Any], prefix: str) -> bool:
    only = rule.get("Filter", {})
    only = only.get("And", only)
    begins = only.get("Prefix", rule.get("Prefix", ""))
    touches = begins.startswith(prefix) or prefix.startswith(begins)
    moved = {
        move.get("StorageClass")
        for kind in ("Transitions", "NoncurrentVersionTransitions")
        for move in rule.get(kind, [])
    }
    marker_only = set(rule.get("Expiration", {})) <= {"ExpiredObjectDeleteMarker"}
    removes = not marker_only or "NoncurrentVersionExpiration" in rule
    tagged = "Tag" in only or "Tags" in only  # the archive's objects bear none
    enabled = rule["Status"] == "Enabled"
    return enabled and touches and not tagged and (removes or bool(moved & _COLD))


@check(
    "cleared",
    sv="inget av proven ligger kvar",
    en="nothing of the trials is left",
    needed=Needed.USEFUL,
    advice_sv="Ta bort det som ligger under doctor/ i arkivets del av hinken när låset släppt.",
    advice_en="Remove what lies below doctor/ in the archive's part of the bucket once the lock "
    "has let go.",
)
def cleared(corner: Corner) -> Answer:
    """Every version of what was written."""
    left = corner.clear()
    return no(", ".join(left)) if left else yes("inget", "nothing")


def _unsigned(request: Any) -> None:
    for name in _SIGNED:
        request.headers.pop(name, None)


def _endpoint(corner: Corner) -> str:
    return corner.client.meta.endpoint_url
