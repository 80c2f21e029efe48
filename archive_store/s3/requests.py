"""Signed requests to one bucket, tried again while the store may yet answer.

boto3 takes twice the processor's time for a put (notes: speed), most of it for choices that never
change here. So what is frequent goes by this lean road: botocore's own signer over urllib3. The
SHA-256 that is signed is always that of the bytes sent.
"""

import dataclasses as dc
import hashlib
import random
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import urllib3
import urllib3.exceptions as http
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest

from archive_store.errors import ArchiveError
from archive_store.s3.access import Access
from archive_store.s3.errors import (
    Place,
    code_in,
    never_arrived,
    refused,
    unreachable,
    unsure,
)

NOTHING: Final = hashlib.sha256(b"").hexdigest()
_FIRST_PATIENCE: Final = 10.0  # seconds for a store that has never answered: the address is wrong
_SHORTEST_WAIT: Final = 0.05
_LONGEST_WAIT: Final = 5.0
_AGAIN: Final = frozenset({429, 500, 502, 503, 504})
_AGAIN_CODES: Final = frozenset(
    {
        "RequestTimeout",
        "BadDigest",
        "XAmzContentSHA256Mismatch",  # damaged on the way, as is BadDigest
        "IncompleteBody",
        "ConditionalRequestConflict",
        "OperationAborted",
        "ConcurrentModification",
    }
)
_SERVER_FAILED: Final = 500
_PIECE: Final = 2**20
_DICE: Final = random.SystemRandom()


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the store answered.

    Attributes:
        status, headers, body: as they came.
        sha256: of a body that was only to be hashed.
        doubtful: whether an earlier try, of which no answer came, may have been carried out.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    doubtful: bool
    sha256: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is a success."""
        return self.status in range(200, 300)

    @property
    def code(self) -> str:
        """The store's own code of an error."""
        return "" if self.ok else code_in(self.body)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked: a method on an archive's key, with a body whose SHA-256 is known.

    Without a key the bucket itself is meant. Where ``hashed``, a success's body is not wanted, only
    its SHA-256: it is never held all at once.
    """

    method: str
    key: str = ""
    query: Mapping[str, str] = dc.field(default_factory=dict)
    headers: Mapping[str, str] = dc.field(default_factory=dict)
    body: bytes | memoryview = b""
    sha256: str = NOTHING
    hashed: bool = False


class Door:
    """Sends requests to one bucket, and to the archive's keys in it.

    Args:
        access: the ways to it.
        patience: seconds for which a failing request is tried again.
    """

    def __init__(self, access: Access, *, patience: float) -> None:
        self._access = access
        self.root = access.root
        self._patience = patience
        self._known = False  # whether the store has ever answered

    @property
    def amazon(self) -> bool:
        """Whether it leads to Amazon's own service."""
        return self._access.amazon

    def send(self, request: Request) -> Answer:
        """Send it, and again where the network or the store fails for a while.

        Raises:
            UnsureError: a put may have been carried out, but patience is at its end.
            ArchiveError: no answer came (``store-away``, ``tls-refused``).
        """
        begun, tries, doubtful = time.monotonic(), 0, False
        while True:
            try:
                answer = self._sent(request, doubtful=doubtful)
            except http.HTTPError as error:
                flaw = unreachable(self._access.place, error)
                if flaw.code == "tls-refused":
                    raise flaw from None
                doubtful |= not never_arrived(error)
            else:
                self._known = True
                if answer.status not in _AGAIN and answer.code not in _AGAIN_CODES:
                    return answer
                flaw = self.refusal(answer)
                doubtful |= answer.status >= _SERVER_FAILED
            patience = self._patience
            if not self._known and not doubtful:
                patience = min(patience, _FIRST_PATIENCE)
            left = patience - (time.monotonic() - begun)
            if left <= 0:
                raise _given_up(request, flaw, doubtful=doubtful) from None
            time.sleep(min(left, _pause(tries)))
            tries += 1

    @property
    def place(self) -> Place:
        """Where it leads, for messages."""
        return self._access.place

    def document(self, answer: Answer, name: str) -> ET.Element:
        """The XML document of that name that a success must carry; its tags without namespaces.

        Raises:
            ArchiveError: it is no success, or comes from something that is no S3 service.
        """
        if not answer.ok:
            raise self.refusal(answer)
        try:
            tree = ET.fromstring(answer.body)  # noqa: S314 (from the store that holds the archive)
        except ET.ParseError:
            raise self.refusal(answer) from None
        for element in tree.iter():
            element.tag = element.tag.rpartition("}")[2]
        if tree.tag != name:
            raise self.refusal(answer)
        return tree

    def refusal(self, answer: Answer) -> ArchiveError:
        """The error for an answer that is no success."""
        return refused(self._access.place, status=answer.status, code=answer.code)

    def _sent(self, request: Request, *, doubtful: bool) -> Answer:
        pool, target = self._access.pool()
        path = f"/{self.root}{request.key}" if request.key else ""
        if request.query:
            path += "?" + "&".join(
                f"{name}={quote(value, safe='-_.~')}"
                for name, value in sorted(request.query.items())
            )
        answer = pool.urlopen(
            request.method,
            target + path,
            body=request.body,  # type: ignore[arg-type]  # any buffer serves
            headers=self._signed(request, self._access.url + path),
            retries=False,
            redirect=False,
            assert_same_host=False,
            decode_content=False,
            preload_content=not request.hashed,
        )
        found = Answer(status=answer.status, headers=answer.headers, body=b"", doubtful=doubtful)
        if request.hashed and found.ok:
            return dc.replace(found, sha256=_sha256(answer))
        return dc.replace(found, body=answer.data)

    def _signed(self, request: Request, url: str) -> dict[str, str]:
        asked = AWSRequest(request.method, url, headers=dict(request.headers))
        asked.context["sha256"] = request.sha256
        _Signer(self._access.credentials(), "s3", self._access.region).add_auth(asked)
        return {"User-Agent": "kanalarkiv", **dict(asked.headers.items())}


class _Signer(S3SigV4Auth):
    """botocore's signer; the body's digest, which we have, is not made a second time."""

    def payload(self, request: AWSRequest) -> str:
        digest: Any = request.context["sha256"]
        return str(digest)


def _sha256(answer: urllib3.BaseHTTPResponse) -> str:
    digest = hashlib.sha256()
    try:
        for piece in answer.stream(_PIECE):
            digest.update(piece)
    finally:
        answer.release_conn()
    return digest.hexdigest()


def _pause(tries: int) -> float:
    """Jittered, so that writers who failed together do not come back together."""
    return _DICE.uniform(0, min(_LONGEST_WAIT, _SHORTEST_WAIT * 2 ** min(tries, 10)))


def _given_up(request: Request, flaw: ArchiveError, *, doubtful: bool) -> ArchiveError:
    return unsure(flaw, request.key) if doubtful and request.method == "PUT" else flaw
