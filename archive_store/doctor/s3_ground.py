"""A scratch prefix in the operator's own bucket: how trials are made there, and how all is cleared.

Trials with wrong requests go through the same client as the right ones, changed after signing, so
that they reach the same server by the same road.
"""

import contextlib
import datetime as dt
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypedDict
from urllib.parse import urlsplit

from archive_store.errors import KanalarkivError
from archive_store.s3 import S3

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_SCRATCH: Final = "doctor/"
_FORGOTTEN: Final = dt.timedelta(hours=1)  # no examination takes so long
_PATIENCE: Final = 10.0  # seconds, for locks to let go
_PAUSE: Final = 0.5
_UNKNOWN: Final = frozenset({"NotImplemented", "MethodNotAllowed", "501", "405", "XNotImplemented"})
LOCKED_FOR: Final = dt.timedelta(seconds=3)


class At(TypedDict):
    """Which object a request is about."""

    Bucket: str
    Key: str


class Within(TypedDict):
    """Which objects a listing is about."""

    Bucket: str
    Prefix: str


class Corner:
    """A scratch prefix in a bucket.

    Args:
        store: the bucket as the archive uses it.
    """

    def __init__(self, store: S3) -> None:
        self.bucket = store
        self._place = urlsplit(str(store))
        self.token = secrets.token_hex(8)
        self.prefix = f"{_SCRATCH}{self.token}/"
        self.reached = False  # nothing is written, nor cleared, before the store has answered
        self.ahead = dt.timedelta()  # the server's clock before ours
        self.until: dt.datetime | None = None  # when the trial locks let go

    @property
    def client(self) -> "S3Client":
        """The store's own client."""
        return self.bucket._access.client  # noqa: SLF001 - doctor alone asks past the archive

    @property
    def name(self) -> str:
        """The bucket's name."""
        return self._place.netloc

    @property
    def root(self) -> str:
        """How the whole keys of the archive begin."""
        prefix = self._place.path.strip("/")
        return f"{prefix}/" if prefix else ""

    def told(self) -> contextlib.AbstractContextManager[None]:
        """The client's refusals are said as the archive's."""
        return self.bucket._locks._told()  # noqa: SLF001 - as above

    def at(self, name: str) -> At:
        """Bucket and whole key of a trial, as a request names them."""
        return {"Bucket": self.name, "Key": self.root + self.prefix + name}

    def within(self) -> Within:
        """Bucket and prefix of the trials, as a listing names them."""
        return {"Bucket": self.name, "Prefix": self.root + self.prefix}

    def now(self) -> dt.datetime:
        """The server's time."""
        return dt.datetime.now(dt.UTC) + self.ahead

    def soon(self) -> dt.datetime:
        """Until when a trial is locked: whole seconds, since a request holds no parts of one."""
        later = (self.now() + LOCKED_FOR).replace(microsecond=0) + dt.timedelta(seconds=1)
        self.until = max(self.until or later, later)
        return later

    def refusal(self, request: Callable[[], object]) -> str | None:
        """The code by which the server refuses a request; ``None`` where it accepts."""
        try:
            request()
        except self.client.exceptions.ClientError as error:
            return code_of(error)
        return None

    def answer(self, request: Callable[[], Mapping[str, Any]]) -> tuple[Mapping[str, Any], str]:
        """What the server answers, or by which code it refuses."""
        try:
            return request(), ""
        except self.client.exceptions.ClientError as error:
            return {}, code_of(error)

    @contextlib.contextmanager
    def changed(self, operation: str, change: Callable[[Any], None]) -> Iterator[None]:
        """Requests of an operation are changed after they were signed, while the block runs."""

        def before_send(request: Any, **_: object) -> None:
            if self.token in request.url:  # others may share the client
                change(request)

        event = f"before-send.s3.{operation}"
        self.client.meta.events.register(event, before_send)
        try:
            yield
        finally:
            self.client.meta.events.unregister(event, before_send)

    def versions(self, prefix: str) -> list[dict[str, Any]]:
        """Every version and delete marker below a prefix of the bucket's part."""
        pages = self.client.get_paginator("list_object_versions").paginate(
            Bucket=self.name, Prefix=self.root + prefix
        )
        return [
            dict(each)
            for page in pages
            for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        ]

    def clear(self) -> list[str]:
        """Destroy all that the trials wrote; locks of seconds are waited for.

        Returns:
            The keys that remain all the same.
        """
        deadline = time.monotonic() + _PATIENCE
        while left := self.versions(self.prefix):
            for each in left:
                self._destroy(each)
            if time.monotonic() > deadline:
                break
            if left := self.versions(self.prefix):
                time.sleep(_PAUSE)
        return sorted({each["Key"] for each in left})

    def leave(self) -> None:
        """Clear this examination's trials, and those of examinations that were killed."""
        if not self.reached:
            return
        # A store that went away meanwhile is told by the rows; it must not cost the report.
        with contextlib.suppress(KanalarkivError), self.told():
            self.clear()
            for each in self.versions(_SCRATCH):
                if self.now() - each["LastModified"] > _FORGOTTEN:
                    self._destroy(each)

    def _destroy(self, version: Mapping[str, Any]) -> None:
        at: At = {"Bucket": self.name, "Key": version["Key"]}
        which = version["VersionId"]
        delete, free = self.client.delete_object, self.client.put_object_legal_hold
        if self.refusal(lambda: delete(**at, VersionId=which)) is None:
            return
        self.refusal(lambda: free(**at, VersionId=which, LegalHold={"Status": "OFF"}))
        self.refusal(lambda: delete(**at, VersionId=which, BypassGovernanceRetention=True))


def code_of(error: Any) -> str:
    """The server's own code for a refusal, such as ``"AccessDenied"``."""
    return str(error.response["Error"]["Code"])


def not_known(code: str) -> bool:
    """Whether a refusal says that the server knows no such request."""
    return code in _UNKNOWN
