"""Asks a bucket on S3 who compares what is written: checksums, signed bodies, ETags; and versions.

No server measured but AWS refuses a wrong ChecksumSHA256, so that none of the first four is
required: the archive reads back and hashes anew.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final

from archive_store.doctor.asking import check
from archive_store.doctor.report import Answer, Needed, no, unknown, yes
from archive_store.doctor.s3_ground import Corner

_BODY: Final = b"a" * 64
_WRITTEN: Final = 3


@check(
    "payload-refused",
    sv="en kropp som ändrats på vägen avvisas",
    en="a body that was changed on its way is refused",
    needed=Needed.USEFUL,
    advice_sv="Skadan ses först när det skrivna läses tillbaka. Läs tillbaka allt (förvalet).",
    advice_en="Damage is seen only when what was written is read back. Read all back (default).",
)
def payload_refused(corner: Corner) -> Answer:
    """The signature holds the SHA-256 of another body of the same length."""

    def tampered(request: Any) -> None:
        request.body = b"b" * len(_BODY)

    # Without a checksum of its own the whole body is signed, over HTTPS too.
    with corner.changed("PutObject", tampered):
        code = corner.refusal(lambda: corner.client.put_object(**corner.at("tampered"), Body=_BODY))
    return yes(code) if code else no("togs emot", "accepted")


@check(
    "sha256-refused",
    sv="en fel SHA-256 i skrivningen avvisas",
    en="a wrong SHA-256 with a put is refused",
    needed=Needed.USEFUL,
    advice_sv="Arkivet hashar själv om det som läses tillbaka; läs tillbaka allt (förvalet).",
    advice_en="The archive itself hashes what is read back; read all back (default).",
)
def sha256_refused(corner: Corner) -> Answer:
    """``x-amz-checksum-sha256`` of another body."""
    wrong = digest(b"other")
    code = corner.refusal(
        lambda: corner.client.put_object(**corner.at("wrong-sum"), Body=_BODY, ChecksumSHA256=wrong)
    )
    return yes(code) if code else no("togs emot", "accepted")


@check(
    "sha256-kept",
    sv="SHA-256 följer objektet och sägs när någon frågar",
    en="the SHA-256 stays with the object and is told on asking",
    needed=Needed.USEFUL,
    advice_sv="Arkivets manifest bär summorna i alla fall.",
    advice_en="The archive's manifests carry the digests in any case.",
)
def sha256_kept(corner: Corner) -> Answer:
    """Given with the put, told by a HEAD."""
    at, right = corner.at("summed"), digest(_BODY)
    corner.client.put_object(**at, Body=_BODY, ChecksumSHA256=right)
    head: Mapping[str, Any] = corner.client.head_object(**at, ChecksumMode="ENABLED")
    told = head.get("ChecksumSHA256")
    if told is None:
        return no("sägs inte", "not told")
    return yes("samma", "the same") if told == right else no("en annan", "another")


@check(
    "etag-compared",
    sv="ETag är det skrivnas MD5, så att varje skrivning jämförs",
    en="the ETag is the MD5 of what was written, so that every put is compared",
    needed=Needed.USEFUL,
    advice_sv="Låt allt läsas tillbaka (förvalet), inte ett urval.",
    advice_en="Let all be read back (default), not a sample.",
)
def etag_compared(corner: Corner) -> Answer:
    """Of a single put without a server-side key."""
    etag = corner.client.put_object(**corner.at("tagged"), Body=_BODY)["ETag"].strip('"')
    right = hashlib.md5(_BODY, usedforsecurity=False).hexdigest()
    return yes("MD5") if etag == right else no("något annat", "something else")


@check(
    "condition-honoured",
    sv="servern själv avvisar en andra skrivning av samma nyckel",
    en="the server itself refuses a second put of the same key",
    needed=Needed.USEFUL,
    advice_sv="Servern bryr sig inte om If-None-Match. Där versioner sparas låter arkivet den "
    "äldsta gälla, till priset av en listning per skrivning; annars duger lagret inte.",
    advice_en="The server ignores If-None-Match. Where versions are kept the archive lets the "
    "oldest count, at the price of one listing a put; else the store will not do.",
)
def condition_honoured(corner: Corner) -> Answer:
    """``If-None-Match: *`` twice, past what the store makes of it."""
    put = corner.client.put_object
    codes = [
        corner.refusal(lambda: put(**corner.at("conditional"), Body=_BODY, IfNoneMatch="*"))
        for _ in range(2)
    ]
    if codes[0] is not None:
        return no(f"första: {codes[0]}", f"the first: {codes[0]}")
    return yes(codes[1]) if codes[1] else no("skrivs över i tysthet", "silently overwritten")


@check(
    "versions",
    sv="det som skrivs över eller tas bort av misstag sparas som version",
    en="what is overwritten or removed by mistake is kept as a version",
    needed=Needed.USEFUL,
    advice_sv="Slå på versioner (put-bucket-versioning); arkivet förstör ändå varje version av "
    "det som gallras.",
    advice_en="Switch on versioning (put-bucket-versioning); the archive destroys every version "
    "of what is culled all the same.",
)
def versions(corner: Corner) -> Answer:
    """The bucket's own setting."""
    found, refused = corner.answer(lambda: corner.client.get_bucket_versioning(Bucket=corner.name))
    if refused:
        return unknown(refused)
    status = found.get("Status")
    if status == "Enabled":
        return yes("versioner på", "versioning on")
    if status is None:
        return no("utan versioner", "no versioning")
    return no("pausat", "suspended")


@check(
    "versions-destroyed",
    sv="varje version kan listas och förstöras",
    en="every version can be listed and destroyed",
    needed=Needed.REQUIRED,
    advice_sv="Gallring vore inte förstöring. Ge kontot s3:ListBucketVersions och "
    "s3:DeleteObjectVersion, eller byt lager.",
    advice_en="Culling would not be destruction. Give the account s3:ListBucketVersions and "
    "s3:DeleteObjectVersion, or change the store.",
)
def versions_destroyed(corner: Corner) -> Answer:
    """Three puts, a removal that leaves its marker, one more put: all gone after one delete."""
    at, key = corner.at("versions"), f"{corner.prefix}versions"
    for number in range(_WRITTEN):
        corner.client.put_object(**at, Body=b"%d" % number)
    corner.client.delete_object(**at)
    last: Mapping[str, Any] = corner.client.put_object(**at, Body=b"last")
    expected = 1 if last.get("VersionId", "null") == "null" else _WRITTEN + 2
    listed = len(corner.versions(key))
    if listed < expected:
        return no(f"{listed} av {expected} listas", f"{listed} of {expected} are listed")
    corner.bucket.delete(key)
    left = len(corner.versions(key))
    if left:
        return no(f"{left} av {listed} finns kvar", f"{left} of {listed} remain")
    return yes(f"{listed} förstörda", f"{listed} destroyed")


def digest(data: bytes) -> str:
    """SHA-256 as a request carries it."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()
