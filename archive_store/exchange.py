"""One question over HTTP and its answer, bounded in size and time.

For the time-stamping authority alone: standard library, the environment's proxies and private
certificate authorities (``SSL_CERT_FILE``), no redirects, nothing kept.
"""

import concurrent.futures
import dataclasses as dc
import http.client
import ipaddress
import ssl
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: at most one byte more than was allowed."""

    status: int
    body: bytes


class NoAnswerError(Exception):
    """Nobody answered; the argument says why, in the system's words."""


def post(
    url: str, body: bytes, *, headers: Mapping[str, str], limit: int, timeout: float
) -> Answer:
    """Post ``body`` and read at most ``limit`` + 1 bytes of the answer, whatever its status.

    Args:
        url: http or https.
        body: what is sent.
        headers: sent with it.
        limit: bytes.
        timeout: seconds for all of it, the look-up of the name included.

    Raises:
        NoAnswerError: no whole answer came in time.
    """
    request = urllib.request.Request(url, body, dict(headers))  # noqa: S310 (see _opener)

    def exchange() -> Answer:
        with _opener(url).open(request, timeout=timeout) as response:
            return Answer(status=response.status, body=response.read(limit + 1))

    try:
        return _within(timeout, exchange)
    except TimeoutError:
        raise NoAnswerError(f"no answer within {timeout:g} s") from None
    except urllib.error.URLError as error:
        raise NoAnswerError(_reason(error.reason)) from None
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(_reason(error)) from None


def _opener(url: str) -> urllib.request.OpenerDirector:
    """Speaks http and https only, and leaves statuses and redirects to the one who asked."""
    opener = urllib.request.OpenerDirector()
    # No proxy reaches what runs on this machine.
    proxies: dict[str, str] | None = {} if _is_loopback(url) else None
    for handler in (
        urllib.request.ProxyHandler(proxies),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
    ):
        opener.add_handler(handler)
    return opener


def _is_loopback(url: str) -> bool:
    host = urllib.parse.urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _within(seconds: float, work: Callable[[], Answer]) -> Answer:
    """The result of ``work``, waited for no longer than that.

    A socket's timeout bounds each wait for a byte, not all of them together; so the exchange has a
    thread of its own, which is left behind where somebody sends a byte now and then.
    """
    future: concurrent.futures.Future[Answer] = concurrent.futures.Future()

    def run() -> None:
        try:
            future.set_result(work())
        except Exception as error:  # noqa: BLE001 (raised again in the thread that asked)
            future.set_exception(error)

    threading.Thread(target=run, name="exchange", daemon=True).start()
    return future.result(seconds)


def _reason(error: BaseException | str) -> str:
    """Short words for a cause, never an address: its query could hold a key."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    return str(getattr(error, "strerror", None) or type(error).__name__)
