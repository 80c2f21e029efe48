"""A channel's page as the browser sees it, settled and whole: the only door to Playwright."""

from tasks.capture.browser import BrowserSettings, OpenBrowser, open_browser
from tasks.capture.capturing import capture_page
from tasks.capture.limits import Depth, Limits

__all__ = ["BrowserSettings", "Depth", "Limits", "OpenBrowser", "capture_page", "open_browser"]
