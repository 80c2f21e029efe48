"""Which browser captures use, and what they may reach and keep: as the settings say."""

from typing import Literal, TypedDict

from flows.settings import Settings
from tasks.capture import BrowserSettings


class Looking(TypedDict):
    """How every page is captured, whichever it is; arguments of ``capture_page``."""

    own_hosts: tuple[str, ...]
    pictures: Literal["png", "jpeg"]


def browser_of(settings: Settings) -> BrowserSettings:
    """The settings' browser, proxy, certificate authorities and sandbox."""
    return BrowserSettings(
        executable=settings.browser,
        sandbox=settings.browser_sandbox,
        proxy=settings.browser_proxy,
        ca=settings.browser_ca,
    )


def looking_of(settings: Settings) -> Looking:
    """What the settings say of every page."""
    return Looking(own_hosts=settings.own_hosts, pictures=settings.pictures)
