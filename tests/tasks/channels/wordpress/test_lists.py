"""The WordPress connector reads lists to their end, and knows which answers are bad."""

import httpx
import pytest

from tests.tasks.channels.fake_wordpress import FakeWordPress, comment, post
from tests.tasks.channels.wordpress.reading import Read, days, refused


def test_lists_are_read_to_their_end(read: Read) -> None:
    site = FakeWordPress(
        [post(n, days(n)) for n in range(1, 251)],
        [comment(n, 1 + n % 5, days(1)) for n in range(1000, 1230)],
    )

    fetched = read(site)

    assert len([i for i in fetched.items if i.kind == "post"]) == fetched.total_posts == 250
    assert len([i for i in fetched.items if i.kind == "comment"]) == 230


@pytest.mark.parametrize("kept", ["link", "none"])
def test_lists_are_read_to_their_end_where_a_proxy_takes_the_headers(read: Read, kept: str) -> None:
    def strip(_: str, answer: httpx.Response) -> httpx.Response:
        lost = ["x-wp-total", "x-wp-totalpages"] + ([] if kept == "link" else ["link"])
        for name in lost:
            answer.headers.pop(name, None)
        return answer

    site = FakeWordPress([post(n, days(n)) for n in range(1, 201)], bend=strip)

    fetched = read(site)

    assert len(fetched.items) == 200
    assert fetched.total_posts is None, "not told, never nought"


def test_a_list_that_changes_while_it_is_read_is_read_again(read: Read) -> None:
    site = FakeWordPress([post(n, days(300 + n)) for n in range(1, 151)])

    def shrink(route: str, answer: httpx.Response) -> httpx.Response:
        """After the first page a post is deleted, so that the next page skips one."""
        if route.endswith("posts") and len(site.posts) == 150:
            site.posts = [p for p in site.posts if p["id"] != 1]
        return answer

    site.bend = shrink

    found = {item.id for item in read(site).items}

    assert {str(n) for n in range(2, 151)} <= found


def test_a_server_that_does_not_turn_the_page_is_a_bad_answer(read: Read) -> None:
    page = [post(n, days(n)) for n in range(1, 101)]

    def stuck(route: str, answer: httpx.Response) -> httpx.Response:
        return httpx.Response(200, json=page) if route.endswith("posts") else answer

    assert refused(read, FakeWordPress(bend=stuck)).code == "bad-answer"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Logga in, Vera Vind</html>",
        b'{"code": "vera_vind"}',
        b'[{"id": "Vera Vind"}]',
        b'[{"id": 1, "type": "post", "date": "Vera Vind", "date_gmt": "x"}]',
        b"[null]",
        b"",
    ],
)
def test_an_answer_of_another_shape_is_a_bad_one_and_not_repeated(read: Read, body: bytes) -> None:
    def bend(route: str, answer: httpx.Response) -> httpx.Response:
        return httpx.Response(200, content=body) if route.endswith("posts") else answer

    error = refused(read, FakeWordPress(bend=bend))

    assert error.code == "bad-answer"
    assert "Vera" not in str(error) + error.sv + repr(error.__cause__)


def test_a_400_that_is_not_about_pages_is_a_bad_answer(read: Read) -> None:
    site = FakeWordPress()

    def bend(_: str, answer: httpx.Response) -> httpx.Response:
        listed = "page" in site.asked[-1][1]
        return httpx.Response(400, json={"code": "rest_invalid_param"}) if listed else answer

    site.bend = bend
    assert refused(read, site).code == "bad-answer"


def test_a_site_that_is_no_wordpress_is_a_bad_answer(read: Read) -> None:
    assert refused(read, FakeWordPress(site={"version": 2})).code == "bad-answer"
