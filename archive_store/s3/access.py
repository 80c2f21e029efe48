"""How a bucket is reached: endpoint, region, credentials, certificate authorities and proxies.

All of it by boto3's own chain (environment, files, instance role), so that what an operator knows
of the aws command line holds here. Connections are made when first needed, anew in each process.
"""

import contextlib
import os
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

import boto3
import botocore.session
import urllib3
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.httpsession import get_cert_path
from botocore.loaders import create_loader
from botocore.utils import get_environ_proxies

from archive_store.errors import InputError
from archive_store.s3.errors import Place, no_credentials, refused, unreachable

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client  # installed for the checks alone

CONNECT_TIMEOUT: Final = 5.0
READ_TIMEOUT: Final = 30.0
_CONNECTIONS: Final = 16
_TRIES: Final = 8  # of boto3's own
_DEFAULT_REGION: Final = "us-east-1"  # what stores that know no regions expect
_LOADER: Final = create_loader()  # botocore's descriptions of S3: read once, .2 s


class Access:
    """The ways to one bucket, shared by threads.

    Args:
        bucket: its name.
        prefix: under which the archive lies; may be empty.
        endpoint: address of the service; by default what boto3's chain says.
        ca: file of the certificate authorities to trust; by default what boto3's chain says.
        session: whose credentials and settings count; by default the environment's.
    """

    def __init__(
        self,
        bucket: str,
        *,
        prefix: str,
        endpoint: str | None,
        ca: str | Path | None,
        session: boto3.Session | None,
    ) -> None:
        self._bucket = bucket
        self.root = f"{prefix}/" if prefix else ""
        self._endpoint = endpoint
        self._ca = None if ca is None else str(ca)
        self._given = session
        self._lock = threading.RLock()
        self._pid = 0
        self._client: S3Client | None = None

    @property
    def client(self) -> "S3Client":
        """boto3's client: it knows endpoints, signs links, and asks what ``doctor`` wants."""
        if self._client is None or self._pid != os.getpid():
            self._open()
        assert self._client is not None  # noqa: S101 (_open has made it)
        return self._client

    @property
    def place(self) -> Place:
        """Where it is, for messages."""
        self.client  # noqa: B018 (makes what is told)
        return self._place

    @property
    def amazon(self) -> bool:
        """Whether it is Amazon's own service, of which more is known than of others."""
        return _is_amazon(self.client.meta.endpoint_url)

    @property
    def region(self) -> str:
        """The region that requests are signed for."""
        return self.client.meta.region_name

    @property
    def url(self) -> str:
        """The bucket's own address, without a slash at its end."""
        self.client  # noqa: B018 (makes what is told)
        return self._url

    def pool(self) -> tuple[urllib3.HTTPConnectionPool, str]:
        """The connections to the endpoint, and the bucket's address as they want it."""
        self.client  # noqa: B018 (makes what is told)
        return self._pool, self._target

    def credentials(self) -> ReadOnlyCredentials:
        """The credentials of this moment: those that expire are renewed by botocore."""
        self.client  # noqa: B018 (makes what is told)
        with self.told():
            found = self._session.get_credentials()
            if found is None:
                raise no_credentials(self._place)
            frozen: ReadOnlyCredentials = found.get_frozen_credentials()
            return frozen

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """The refusals of boto3's client, said as the archive's."""
        try:
            yield
        except ClientError as error:
            answer = error.response
            status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
            code = answer.get("Error", {}).get("Code", "")
            raise refused(self.place, status=status, code=code) from None
        except BotoCoreError as error:
            raise unreachable(self.place, error) from None

    def close(self) -> None:
        """Close every connection; the next request opens anew."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._manager.clear()
                self._client = None

    def _open(self) -> None:
        with self._lock:
            if self._client is not None and self._pid == os.getpid():
                return
            # Connections inherited from a parent are the parent's: forget them unclosed.
            self._session = self._given or _session()
            region = os.environ.get("AWS_REGION") or self._session.region_name or _DEFAULT_REGION
            ca = self._authorities()
            client = self._made_client("virtual", region, ca)
            if not _is_amazon(client.meta.endpoint_url):
                # Elsewhere a bucket is seldom a host of its own.
                client.close()
                client = self._made_client("path", region, ca)
            endpoint = client.meta.endpoint_url
            self._place = Place(bucket=self._bucket, endpoint=endpoint)
            self._url = self._address(client, endpoint)
            self._connect(ca)
            self._client, self._pid = client, os.getpid()

    def _made_client(
        self, style: Literal["virtual", "path"], region: str, ca: str | None
    ) -> "S3Client":
        config = Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"mode": "standard", "total_max_attempts": _TRIES},
            signature_version="s3v4",
            s3={"addressing_style": style},
            # The checksums that boto3 adds by itself are refused by Ceph over TLS (notes).
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        try:
            return self._session.client(
                "s3", region_name=region, endpoint_url=self._endpoint, verify=ca, config=config
            )
        except ValueError:
            raise InputError(
                "bad-endpoint",
                sv="Adressen till lagringstjänsten duger inte. Ange den med http:// eller "
                "https://, i AWS_ENDPOINT_URL_S3 eller AWS_ENDPOINT_URL.",
                en="The storage service's address will not do. Give it with http:// or https://, "
                "in AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL.",
            ) from None

    def _authorities(self) -> str | None:
        found = self._ca or self._session._session.get_config_variable("ca_bundle")  # noqa: SLF001 (boto3 shows it nowhere else)
        if found is None or Path(found).is_file():
            return found
        raise InputError(
            "no-ca-file",
            sv=f"Filen med betrodda certifikatutfärdare finns inte: {found}. Rätta AWS_CA_BUNDLE.",
            en=f"The file of trusted certificate authorities does not exist: {found}. Mend "
            "AWS_CA_BUNDLE.",
        )

    def _address(self, client: "S3Client", endpoint: str) -> str:
        """The bucket's address by botocore's rules, which know regions and FIPS."""
        if not _is_amazon(endpoint):
            return f"{endpoint.rstrip('/')}/{self._bucket}"
        link = client.generate_presigned_url("head_bucket", Params={"Bucket": self._bucket})
        return link.partition("?")[0].rstrip("/")

    def _connect(self, ca: str | None) -> None:
        proxy = get_environ_proxies(self._url).get(urlsplit(self._url).scheme)
        context = ssl.create_default_context(cafile=ca or get_cert_path(verify=True))
        options = {
            "timeout": urllib3.Timeout(connect=CONNECT_TIMEOUT, read=READ_TIMEOUT),
            "maxsize": _CONNECTIONS,
            "block": True,
            "ssl_context": context,
        }
        if proxy:
            self._manager: urllib3.PoolManager = _through(proxy, options)
        else:
            self._manager = urllib3.PoolManager(**options)  # type: ignore[arg-type]  # as named
        self._pool = self._manager.connection_from_url(self._url)
        forwarded = proxy and self._url.startswith("http:")
        self._target = self._url if forwarded else urlsplit(self._url).path


def _session() -> boto3.Session:
    inner = botocore.session.get_session()
    inner.register_component("data_loader", _LOADER)
    return boto3.Session(botocore_session=inner)


def _through(proxy: str, options: dict[str, object]) -> urllib3.ProxyManager:
    address = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    headers = None
    if address.username is not None:
        headers = urllib3.make_headers(
            proxy_basic_auth=f"{address.username}:{address.password or ''}"
        )
    host = address.netloc.rpartition("@")[2]
    return urllib3.ProxyManager(
        f"{address.scheme}://{host}",
        proxy_headers=headers,
        **options,  # type: ignore[arg-type]  # as named
    )


def _is_amazon(endpoint: str) -> bool:
    host = urlsplit(endpoint).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))
