"""Pictures and files of a post, fetched without any secret.

A login page or an error page must never be kept in a picture's place (DESIGN: honest captures).
"""

from tasks.channels.problems import channel_error
from tasks.channels.web import Web

MEDIA_BYTES = 25_000_000
_FAMILIES = ("image/", "audio/", "video/")
_TYPES = frozenset({"application/pdf", "application/octet-stream", "binary/octet-stream"})


def fetch_media(web: Web, channel: str, url: str, *, max_bytes: int) -> tuple[bytes, str]:
    """Bytes and media type of what stands at ``url``.

    Raises:
        ChannelError: not-found, too-large, refused-address, or bad-answer where it is no picture.
    """
    answer = web.get(url, max_bytes=min(max_bytes, MEDIA_BYTES), anywhere=True)
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not answer.body or not (kind.startswith(_FAMILIES) or kind in _TYPES):
        raise channel_error("bad-answer", channel, answer.status)
    return answer.body, kind
