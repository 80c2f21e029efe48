"""Which addresses may be asked: a post's word never leads into the archive's own network."""

import pytest

from tasks.channels.hosts import inside, loopback, may_follow, origin


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.9.9.9:8080/x",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://10.1.2.3/",
        "http://172.16.0.9/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://arkiv/",
        "http://server.internal/",
        "http://nas.local/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
        "https:///utan-vard",
        "inget",
        "http://[trasig/",
    ],
)
def test_inner_addresses_are_inside(url: str) -> None:
    assert inside(url)


@pytest.mark.parametrize(
    "url", ["https://blogg.sjovik.example/x", "http://8.8.8.8/", "https://www.sjovik.se:8443/"]
)
def test_public_addresses_are_not(url: str) -> None:
    assert not inside(url)


def test_this_machine_is_known_in_all_its_names() -> None:
    assert all(map(loopback, ["http://localhost:1/", "http://127.0.0.2/", "http://[::1]:80/"]))
    assert not any(map(loopback, ["https://localhost.sjovik.example/", "http://10.0.0.1/", "x"]))


def test_an_origin_has_the_schemes_own_port() -> None:
    assert origin("https://A.example/x") == ("a.example", 443)
    assert origin("http://a.example:8080") == ("a.example", 8080)
    assert origin("http://a.example:femton/") == ("", 0)


BLOG = "https://blogg.sjovik.example/wp-json"


@pytest.mark.parametrize(
    ("url", "target", "allowed", "step"),
    [
        (BLOG, "/wp-json/", "", f"{BLOG}/"),
        (BLOG, "https://www.blogg.sjovik.example/x", "", "same"),
        (BLOG, "https://www.blogg.sjovik.example/x", "secret", None),
        (BLOG, "https://annan.example/", "", None),
        (BLOG, "https://annan.example/", "anywhere", "same"),
        (BLOG, "https://annan.example/", "secret anywhere", None),
        (BLOG, "http://blogg.sjovik.example/", "anywhere", None),
        (BLOG, "https://blogg.sjovik.example:8443/", "", None),
        ("http://blogg.sjovik.example/a", BLOG, "secret", "same"),
        (BLOG, "ftp://blogg.sjovik.example/", "anywhere", None),
        (BLOG, "file:///etc/passwd", "anywhere", None),
        (BLOG, "javascript:alert(1)", "anywhere", None),
        (BLOG, "https://[trasig/", "anywhere", None),
    ],
)
def test_redirects_stay_near_home(url: str, target: str, allowed: str, step: str | None) -> None:
    found = may_follow(url, target, secret="secret" in allowed, anywhere="anywhere" in allowed)

    assert found == (target if step == "same" else step)
