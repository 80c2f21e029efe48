"""Platforms whose terms forbid collecting pages are rendered from data instead, with the reason."""

import pytest

from tasks.model import CaptureBasis
from tasks.platform_terms import (
    FORBIDDEN,
    default_basis,
    refuses_page,
    terms_of,
    wants_screenshot,
)

CLOSED = ("facebook", "instagram", "linkedin", "threads", "tiktok", "x", "youtube")
OPEN = ("blog", "bluesky", "mastodon", "webfeed", "other")


@pytest.mark.parametrize("platform", CLOSED)
def test_a_closed_platform_is_rendered_and_a_person_takes_the_screenshot(platform: str) -> None:
    assert refuses_page(platform)
    assert default_basis(platform) is CaptureBasis.API
    assert wants_screenshot(platform, CaptureBasis.API)
    assert wants_screenshot(platform, CaptureBasis.EXPORT)
    assert not wants_screenshot(platform, CaptureBasis.MANUAL)


@pytest.mark.parametrize("platform", OPEN)
def test_an_open_platform_is_captured_as_a_page(platform: str) -> None:
    assert not refuses_page(platform)
    assert default_basis(platform) is CaptureBasis.PAGE
    assert not wants_screenshot(platform, CaptureBasis.PAGE)


def test_every_platform_has_a_reason_in_both_languages() -> None:
    for platform in (*CLOSED, *OPEN):
        reason = terms_of(platform).reason
        assert len(reason.sv) > 40
        assert len(reason.en) > 40
    assert frozenset(CLOSED) == FORBIDDEN
