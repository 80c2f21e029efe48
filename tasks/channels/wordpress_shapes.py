"""What of WordPress' answers is let in.

What a shape does not name never enters: e-mail and IP addresses, avatars and a commenter's web page
stop here (DESIGN: dropped at the door).
"""

import datetime as dt
import zoneinfo
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from tasks.channels.text import sound


def _sound(value: Any) -> Any:
    return sound(value) if isinstance(value, str) else value


Sound = Annotated[str, BeforeValidator(_sound)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Rendered(_Shape):
    """A field that WordPress has turned into HTML."""

    rendered: Sound = ""
    protected: bool = False


class Author(_Shape):
    """Who wrote a post; empty where the site hides its users."""

    name: Sound = ""


class Picture(_Shape):
    """A post's featured picture; empty where it is gone or private."""

    source_url: Sound = ""
    alt_text: Sound = ""


class Embedded(_Shape):
    """What WordPress puts beside a post when asked to."""

    author: tuple[Author, ...] = ()
    pictures: tuple[Picture, ...] = Field(default=(), alias="wp:featuredmedia")


class Post(_Shape):
    """A published post or page; ``title`` is ``None`` where words were not asked for."""

    id: int
    type: Sound
    author: int = 0
    date: Sound
    date_gmt: Sound | None
    modified_gmt: Sound | None = None
    guid: Rendered = Rendered()
    link: Sound = ""
    title: Rendered | None = None
    content: Rendered = Rendered()
    embedded: Embedded = Field(default=Embedded(), alias="_embedded")


class Comment(_Shape):
    """A comment or pingback; ``content`` is ``None`` where words were not asked for."""

    id: int
    post: int
    parent: int = 0
    author: int = 0
    type: Sound = "comment"
    date: Sound
    date_gmt: Sound | None
    author_name: Sound = ""
    content: Rendered | None = None
    link: Sound = ""


class Site(_Shape):
    """How the site presents itself, and its time zone."""

    name: Sound
    description: Sound = ""
    home: Sound = ""
    site_icon_url: Sound = ""
    timezone_string: Sound = ""
    gmt_offset: float = 0.0

    def moment(self, gmt: str | None, local: str) -> dt.datetime | None:
        """The time in UTC; imported rows may lack it and have the site's local time alone."""
        return _parse(gmt, dt.UTC) or _parse(local, self._zone())

    def _zone(self) -> dt.tzinfo:
        try:
            return zoneinfo.ZoneInfo(self.timezone_string)
        except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
            return dt.timezone(dt.timedelta(hours=self.gmt_offset))


def _parse(text: str | None, zone: dt.tzinfo) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text or "")
    except ValueError:  # also MySQL's zero date, which WordPress tells as "-0001-11-30T00:00:00"
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)
