"""The one door to the web: polite, bounded and silent about what it read.

Waits as it is asked to (RFC 9110 §10.2.3, RFC 6585 §4), tries again a bounded number of times,
never takes more bytes than it was told to, never leaves the host it was sent to, and honours the
environment's proxies and private certificate authorities (SSL_CERT_FILE). It can only GET.
"""

import dataclasses as dc
import datetime as dt
import email.utils
import json
import random
import time
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Any, Self

import httpx

from tasks.channels.hosts import inside, may_follow, origin
from tasks.channels.problems import channel_error

try:
    USER_AGENT = f"Kanalarkiv/{version('kanalarkiv')} (documentation of a public body's channels)"
except PackageNotFoundError:  # run from a checkout that is not installed
    USER_AGENT = "Kanalarkiv (documentation of a public body's channels)"

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
ANSWER_SECONDS = 180.0  # a whole answer: a server that drips a byte at a time ends here
ANSWER_BYTES = 20_000_000
RETRIES = 4
LONGEST_WAIT = 120.0  # seconds that one answer may ask for
ALL_WAITS = 900.0  # seconds that a connector waits in all
REDIRECTS = 5

_AGAIN = frozenset({429, 502, 503, 504})
_CODES = {401: "login-needed", 403: "login-needed", 404: "not-found", 410: "not-found"}
_LOOPBACK = ("all://localhost", "all://127.0.0.1", "all://[::1]")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: ``url`` after redirects, ``body`` decoded from its transfer coding."""

    channel: str
    status: int
    headers: httpx.Headers
    body: bytes
    url: str

    def json(self) -> Any:
        """The body as JSON; ``ChannelError`` ``bad-answer`` where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise channel_error("bad-answer", self.channel, self.status) from None


class Web:
    """Fetches for one channel.

    Args:
        channel: the channel's id, for errors.
        home: the channel's own addresses; they alone may lie on an inner network.
        user_agent: product and version, as the server's manager reads it in the log.
        timeout: seconds to connect and to wait for bytes.
        client: an httpx client of the caller's, who closes it; tests give one.
        sleep, clock, jitter: waiting, the time that a Retry-After date counts from, 0–1 at random.
    """

    def __init__(  # noqa: PLR0913 -- all but the first two have defaults that only tests change
        self,
        channel: str,
        *,
        home: Iterable[str],
        user_agent: str = USER_AGENT,
        timeout: httpx.Timeout | None = None,
        client: httpx.Client | None = None,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._channel = channel
        self._home = frozenset(origin(url) for url in home if url)
        self._agent = user_agent
        self._own = client is None
        self._client = client or httpx.Client(
            timeout=timeout or httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            mounts=dict.fromkeys(_LOOPBACK),  # no proxy reaches what runs on this machine
        )
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self._waited = 0.0
        self.requests = 0

    def get(
        self,
        url: str,
        *,
        secret: tuple[str, str] | None = None,
        max_bytes: int = ANSWER_BYTES,
        anywhere: bool = False,
        also: frozenset[int] = frozenset(),
    ) -> Answer:
        """What stands at ``url``.

        Args:
            url: absolute, with its query.
            secret: user and password, sent to this host alone.
            max_bytes: a longer body ends in ``too-large``.
            anywhere: whether public hosts other than the channel's own may be asked (pictures).
            also: statuses beside 2xx that the caller judges itself.

        Raises:
            ChannelError: login-needed, not-found, rate-limited, asked-to-wait, unreachable,
                bad-answer, too-large, redirected or refused-address.
        """
        headers = {"User-Agent": self._agent}
        for tried in range(RETRIES + 1):
            try:
                answer = self._follow(url, headers, secret, max_bytes, anywhere=anywhere)
            except httpx.TransportError:
                if tried == RETRIES:
                    raise channel_error("unreachable", self._channel) from None
                self._wait(tried, None)
                continue
            if answer.status not in _AGAIN:
                break
            if tried == RETRIES:
                code = "rate-limited" if answer.status == httpx.codes.TOO_MANY_REQUESTS else None
                raise self._error(code or "unreachable", answer.status)
            self._wait(tried, answer)
        if httpx.codes.is_success(answer.status) or answer.status in also:
            return answer
        raise self._error(_CODES.get(answer.status, "bad-answer"), answer.status)

    def close(self) -> None:
        """Let go of connections that are our own."""
        if self._own:
            self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _follow(
        self,
        url: str,
        headers: dict[str, str],
        secret: tuple[str, str] | None,
        max_bytes: int,
        *,
        anywhere: bool,
    ) -> Answer:
        for _ in range(REDIRECTS + 1):
            if inside(url) and origin(url) not in self._home:
                raise self._error("refused-address")
            answer = self._once(url, headers, secret, max_bytes)
            target = answer.headers.get("location")
            if not httpx.codes.is_redirect(answer.status) or not target:
                return answer
            step = may_follow(url, target, secret=secret is not None, anywhere=anywhere)
            if step is None:
                raise self._error("redirected", answer.status)
            url = step
        raise self._error("redirected", answer.status)

    def _once(
        self, url: str, headers: dict[str, str], secret: tuple[str, str] | None, max_bytes: int
    ) -> Answer:
        """One request; httpx' transport errors pass, for they may be tried again."""
        self.requests += 1
        deadline = time.monotonic() + ANSWER_SECONDS
        body = bytearray()
        try:
            with self._client.stream(
                "GET", url, headers=headers, auth=secret, follow_redirects=False
            ) as r:
                for chunk in r.iter_bytes():
                    body += chunk
                    if len(body) > max_bytes:
                        raise self._error("too-large", r.status_code)
                    if time.monotonic() > deadline:
                        raise self._error("unreachable", r.status_code)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise self._error("refused-address") from None
        except httpx.DecodingError:
            raise self._error("bad-answer") from None
        return Answer(
            channel=self._channel,
            status=r.status_code,
            headers=r.headers,
            body=bytes(body),
            url=url,
        )

    def _wait(self, tried: int, answer: Answer | None) -> None:
        asked = None if answer is None else retry_after(answer.headers, self._clock())
        seconds = max(asked, 0.0) if asked is not None else 2.0**tried
        self._waited += seconds
        if seconds > LONGEST_WAIT or self._waited > ALL_WAITS:
            raise self._error("asked-to-wait", None if answer is None else answer.status)
        self._sleep(seconds + self._jitter())

    def _error(self, code: str, status: int | None = None) -> Exception:
        return channel_error(code, self._channel, status)


def retry_after(headers: httpx.Headers, now: dt.datetime) -> float | None:
    """Seconds that an answer asks us to wait, ``None`` where it does not say (or not clearly).

    A date is measured against the answer's own ``Date``, so that a wrong clock does no harm.
    """
    told = headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        return float(told)
    until = _http_date(told)
    if until is None:
        return None
    return (until - (_http_date(headers.get("date", "")) or now)).total_seconds()


def _http_date(text: str) -> dt.datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
