"""A channel's page as the browser sees it, settled and whole: the only door to Playwright."""

from tasks.capture.browser import OpenBrowser, open_browser
from tasks.capture.capturing import capture_page
from tasks.capture.launching import BrowserSettings
from tasks.capture.limits import Depth, Limits
from tasks.capture.login import record_login, rehearse

__all__ = [
    "BrowserSettings",
    "Depth",
    "Limits",
    "OpenBrowser",
    "capture_page",
    "open_browser",
    "record_login",
    "rehearse",
]
