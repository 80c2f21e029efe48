"""Which connector a channel gets, and what is refused before anything is asked."""

from collections.abc import Callable

import pytest

from archive_store.errors import InputError
from tasks.channels import connector_for
from tasks.channels.feed import Feed
from tasks.channels.wordpress import WordPress
from tasks.model import Channel

Make = Callable[..., Channel]


def test_a_blog_is_read_by_its_interface_else_by_its_feed(channel: Make) -> None:
    feed = "https://blogg.sjovik.example/feed/"
    with connector_for(channel(feed=feed)) as connector:
        assert isinstance(connector, WordPress)
    with connector_for(channel(api="", feed=feed)) as connector:
        assert isinstance(connector, Feed)


def refused(channel: Channel, secret: str | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        connector_for(channel, secret=secret)
    assert channel.id in caught.value.sv
    assert channel.id in caught.value.en
    return caught.value


def test_an_unknown_platform_and_a_channel_without_address_are_refused(channel: Make) -> None:
    assert refused(channel(platform="myspace")).code == "unknown-platform"
    assert "blog" in refused(channel(platform="myspace")).sv
    assert refused(channel(api="", feed="")).code == "no-source"


@pytest.mark.parametrize("secret", ["hemligt", "hemligt:", ":hemligt", "hemligt ord utan kolon"])
def test_a_secret_of_another_form_is_refused_and_not_repeated(channel: Make, secret: str) -> None:
    error = refused(channel(), secret)

    assert error.code == "bad-secret"
    assert "hemligt" not in error.sv + error.en + str(error)


def test_a_secret_is_never_sent_over_an_open_line(channel: Make) -> None:
    error = refused(channel(api="http://blogg.sjovik.example/wp-json"), "arkiv:hemligt")

    assert error.code == "secret-over-http"
    assert "hemligt" not in error.sv
    for safe in ("https://blogg.sjovik.example/wp-json", "http://127.0.0.1:8080/?rest_route="):
        connector_for(channel(api=safe), secret="arkiv:hemligt").close()  # noqa: S106 - made up
    connector_for(channel(api="http://blogg.sjovik.example/wp-json"), secret="").close()
