"""Which browser captures use: as the settings say."""

from flows.settings import Settings
from tasks.capture import BrowserSettings


def browser_of(settings: Settings) -> BrowserSettings:
    """The settings' browser, proxy and certificate authorities."""
    return BrowserSettings(
        executable=settings.browser, proxy=settings.browser_proxy, ca=settings.browser_ca
    )
