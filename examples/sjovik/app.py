"""The three channels as a web application: pages, their pieces, feed, REST and the story's clock.

``POST /_tid`` moves the clock, ``GET /_tid`` tells it, ``GET /_berattelse`` tells the special ids.
"""

import asyncio
import dataclasses as dc
import datetime as dt
import email.utils
import json
from typing import Any

import jinja2
from pages import Page
from rows import permalink, picture_address, picture_name
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from story import CHANNELS, HERE, Channel, Moment, special_ids, story
from wordpress import Refused, Rest

BATCH = 5
LATEST = 10
BUSY = "biblioteksbloggen"
COOKIE = "sjovik_kakor"


@dc.dataclass(slots=True)
class Clock:
    """The story's ``now``, and what this process still owes of real life's troubles."""

    now: dt.datetime
    busy: bool = True


class Sjovik:
    """All handlers, around one clock.

    ``wait`` is how long (s) more posts or comments take; ``newest`` how many posts a page's list
    holds, all where it is ``None``.
    """

    def __init__(
        self, clock: Clock, *, secret: str, wait: float, newest: int | None = None
    ) -> None:
        self.clock = clock
        self.secret = secret
        self.wait = wait
        self.newest = newest
        self.templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def application(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/", self.start),
            Route("/robots.txt", _robots),
            Route("/_tid", self.time, methods=["GET", "POST"]),
            Route("/_berattelse", self.special),
            Mount("/_static", StaticFiles(directory=HERE / "static")),
        ]
        for name in CHANNELS:
            routes += [
                Route(f"/{name}", RedirectResponse(f"/{name}/", 301)),
                Route(f"/{name}/", self.page, name=f"{name}-page"),
                Route(f"/{name}/_inlagg", self.batch),
                Route(f"/{name}/_kommentarer", self.comments),
                Route(f"/{name}/feed", self.feed),
                Route(f"/{name}/feed/", self.feed),
                Route(f"/{name}/wp-json", self.rest),
                Route(f"/{name}/wp-json/{{path:path}}", self.rest),
                Route(f"/{name}/wp-content/uploads/{{folder:path}}/{{file}}", self.picture),
                Route(f"/{name}/avatar/{{face}}", _face),
                Route(f"/{name}/{{path:path}}", self.single),
            ]
        return Starlette(routes=routes, exception_handlers={Refused: _refused, 404: self.missing})

    def moment(self, request: Request) -> Moment:
        """The channel that the address names, now."""
        return Moment(self._channel(request), self.clock.now)

    def _channel(self, request: Request) -> Channel:
        return story()[request.url.path.split("/")[1]]

    def _base(self, request: Request) -> str:
        return f"{request.base_url}{self._channel(request).id}/"

    def _view(self, request: Request) -> Page:
        return Page(self.moment(request), self._base(request))

    def _render(self, template: str, **values: Any) -> str:
        return self.templates.get_template(template).render(**values)

    async def start(self, request: Request) -> Response:
        """The collection page: all channels of the municipality."""
        channels = [(name, story()[name].about) for name in CHANNELS]
        return HTMLResponse(self._render("start.html", channels=channels, base=request.base_url))

    async def page(self, request: Request) -> Response:
        """The channel's front page, or what ``?p=`` and ``?rest_route=`` ask of WordPress."""
        if "rest_route" in request.query_params:
            return self._rest(request, request.query_params["rest_route"])
        view = self._view(request)
        if "p" in request.query_params:
            post = view.moment.post(_whole(request.query_params["p"]))
            return RedirectResponse(permalink(post, view.base), 301) if post else self._absent(view)
        return HTMLResponse(self._render("page.html", **self._whole_page(request, view)))

    def _whole_page(self, request: Request, view: Page) -> dict[str, Any]:
        posts = view.moment.posts()[: self.newest]
        return {
            "view": view,
            "posts": [view.post(p) for p in posts[:BATCH]],
            "left": max(len(posts) - BATCH, 0),
            "asks_cookies": COOKIE not in request.cookies,
        }

    async def single(self, request: Request) -> Response:
        """One post or page under its permalink."""
        view = self._view(request)
        found = next(
            (
                p
                for kind in ("post", "page")
                for p in view.moment.posts(kind)
                if permalink(p, view.base)
                == f"{view.base}{request.path_params['path'].strip('/')}/"
            ),
            None,
        )
        if found is None:
            return self._absent(view)
        values = {**self._whole_page(request, view), "posts": [view.post(found, whole=True)]}
        return HTMLResponse(self._render("page.html", **values, single=True))

    async def batch(self, request: Request) -> Response:
        """The next posts of the infinite scroll, after a wait that people know."""
        start = _whole(request.query_params.get("fran", "0"))
        await asyncio.sleep(self.wait * (1 + start % 11 / 20))
        view = self._view(request)
        posts = view.moment.posts()[: self.newest]
        shown = [view.post(p) for p in posts[start : start + BATCH]]
        text = self._render("posts.html", view=view, posts=shown)
        return JSONResponse({"html": text, "kvar": max(len(posts) - start - BATCH, 0)})

    async def comments(self, request: Request) -> Response:
        """The comments that the page did not show at once."""
        await asyncio.sleep(self.wait)
        view = self._view(request)
        post = view.moment.post(_whole(request.query_params.get("inlagg", "0")))
        if post is None:
            return self._absent(view)
        rest = list(view.post(post, whole=True)["comments"])[view.shown(post) :]
        return JSONResponse({"html": self._render("comments.html", comments=rest)})

    async def feed(self, request: Request) -> Response:
        """RSS 2.0 with the ten latest posts."""
        view = self._view(request)
        posts = [view.post(p, whole=True) for p in view.moment.posts()[:LATEST]]
        text = self._render("feed.xml", view=view, posts=posts, stamp=email.utils.format_datetime)
        return Response(text, media_type="application/rss+xml; charset=UTF-8")

    async def rest(self, request: Request) -> Response:
        """WordPress's REST interface under ``wp-json``."""
        return self._rest(request, request.path_params.get("path", ""))

    def _rest(self, request: Request, path: str) -> Response:
        if self.clock.busy and self._channel(request).id == BUSY:
            self.clock.busy = False
            return JSONResponse(
                {"code": "too_many_requests", "message": "Slow down.", "data": {"status": 429}},
                status_code=429,
                headers={"Retry-After": "1"},
            )
        rest = Rest(self.moment(request), self._base(request), secret=self.secret)
        return rest.answer(request, path)

    async def picture(self, request: Request) -> Response:
        """A post's picture; each file is marked with its number, so that no two are the same."""
        moment, base = self.moment(request), self._base(request)
        for post in moment.posts():
            if post.media and picture_address(post, base) == str(request.url.replace(query="")):
                plain = (HERE / "pictures" / f"{post.picture}.jpg").read_bytes()
                note = picture_name(post).encode()
                mark = b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note
                return Response(plain[:2] + mark + plain[2:], media_type="image/jpeg")
        return Response("", 404)

    async def time(self, request: Request) -> Response:
        """Tells the story's time, or moves it."""
        if request.method == "POST":
            try:
                self.clock.now = aware(json.loads(await request.body())["now"])
            except (ValueError, KeyError, TypeError):
                return JSONResponse({"error": 'send {"now": "<time with offset>"}'}, 400)
        return JSONResponse({"now": self.clock.now.isoformat()})

    async def special(self, _: Request) -> Response:
        """Ids of the story's special posts and comments."""
        return JSONResponse(special_ids())

    async def missing(self, request: Request, _: Exception) -> Response:
        """No such address."""
        name = request.url.path.split("/")[1]
        return self._absent(self._view(request)) if name in CHANNELS else Response("", 404)

    def _absent(self, view: Page) -> Response:
        return HTMLResponse(self._render("missing.html", view=view), 404)


async def _refused(_: Request, refused: Exception) -> Response:
    if not isinstance(refused, Refused):
        raise refused
    return JSONResponse(refused.answer, refused.status_code)


async def _robots(_: Request) -> Response:
    return Response("User-agent: *\nDisallow:\n", media_type="text/plain")


async def _face(_: Request) -> Response:
    return FileResponse(HERE / "static" / "avatar.svg")


def aware(text: str) -> dt.datetime:
    """A time with its offset; ``ValueError`` for anything else."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs its offset, such as 2025-12-15T08:00:00+01:00")
    return moment


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else 0
