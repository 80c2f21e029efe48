"""The browser: settles a page and yields what stood there."""
