"""A real WordPress of one's own: Debian's files, a private MariaDB and PHP's web server.

Nothing of it leaves a temporary folder and the loopback address. The seed and these helpers share
no code with the product; they speak to WordPress through its own PHP functions (site.php).
"""

import dataclasses as dc
import datetime as dt
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

SOURCE = Path("/usr/share/wordpress")
HERE = Path(__file__).parent
PATIENCE = 60.0
TITLE = "Sjöviks kommun – nyheter"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class WordPress:
    """A running site.

    Attributes:
        url: its root without a slash at the end.
        secret: ``user:application password`` of its administrator, who is also the own author.
        root: folder with WordPress' files, for the PHP command line.
    """

    url: str
    secret: str
    root: Path
    title: str = TITLE
    own_author: str = "1"

    @property
    def api(self) -> str:
        return f"{self.url}/wp-json"

    @property
    def plain_api(self) -> str:
        return f"{self.url}/?rest_route="

    @property
    def feed(self) -> str:
        return f"{self.url}/feed/"

    def ask(self, action: str, **arguments: Any) -> Any:
        """Run an action of site.php inside WordPress and return what it answers."""
        return _php(self.root, action, arguments)

    def edit_post(
        self, post: int, *, at: dt.datetime, text: str | None = None, title: str | None = None
    ) -> None:
        self.ask("edit_post", post=post, at=_utc(at), text=text, title=title)

    def delete_post(self, post: int) -> None:
        """For good: its comments go with it."""
        self.ask("delete_post", post=post)

    def trash_post(self, post: int) -> None:
        self.ask("trash_post", post=post)

    def unpublish_post(self, post: int) -> None:
        """Back to draft; its comments stay approved."""
        self.ask("unpublish_post", post=post)

    def add_comment(  # noqa: PLR0913 -- a comment is what it is
        self,
        post: int,
        text: str,
        *,
        at: dt.datetime,
        author: str = "Vera Vind",
        own: bool = False,
        state: str = "approved",
        parent: int = 0,
        user: int = 0,
    ) -> int:
        """The new comment's id; ``state`` is approved, hold, spam or trash."""
        comment: int = self.ask(
            "add_comment",
            post=post,
            text=text,
            at=_utc(at),
            author=author,
            own=own,
            state=state,
            parent=parent,
            user=user,
        )
        return comment

    def set_comment(self, comment: int, state: str) -> None:
        self.ask("set_comment", comment=comment, state=state)

    def delete_comment(self, comment: int) -> None:
        """For good."""
        self.ask("delete_comment", comment=comment)


def missing() -> list[str]:
    """What a machine lacks to run this, as paths and programs."""
    programs = [p for p in ("php", "mariadbd", "mariadb-install-db") if not _program(p)]
    return programs + ([] if (SOURCE / "wp-load.php").exists() else [str(SOURCE)])


@contextmanager
def wordpress(folder: Path) -> Iterator[WordPress]:
    """An installed, empty site; everything is ended and ``folder`` may be removed afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    root = folder / "site"
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        database = stack.enter_context(_Child.database(folder))
        shutil.copytree(SOURCE, root, ignore=shutil.ignore_patterns(".htaccess", "wp-config.php"))
        (root / "wp-content" / "mu-plugins").mkdir(exist_ok=True)
        (root / "wp-content" / "uploads").mkdir(exist_ok=True)
        (root / "wp-content" / "mu-plugins" / "quiet.php").write_text(_QUIET)
        (root / "router.php").write_text(_ROUTER)
        (root / "wp-config.php").write_text(_CONFIG.format(socket=folder / "db.sock", url=url))
        database.until(lambda: _answers(folder / "db.sock"))
        answer = _php(root, "install", {"title": TITLE})
        server = stack.enter_context(_Child.web(root, port, folder))
        server.until(lambda: _serves(f"{url}/wp-json/"))
        yield WordPress(url=url, secret=f"informationsenheten:{answer['password']}", root=root)


class _Child:
    """A process of ours, ended by its own id, with its output in a file."""

    def __init__(
        self, command: Sequence[str], log: Path, env: dict[str, str] | None = None
    ) -> None:
        self.log = log
        self._file = log.open("wb")
        self._process = subprocess.Popen(
            command, stdout=self._file, stderr=subprocess.STDOUT, env=env, start_new_session=True
        )

    @classmethod
    def database(cls, folder: Path) -> Self:
        data = folder / "db"
        as_root = ["--user=root"] if os.geteuid() == 0 else []
        small = ["--innodb-log-file-size=8M", "--innodb-buffer-pool-size=64M"]
        made = subprocess.run(
            [
                _program("mariadb-install-db") or "mariadb-install-db",
                "--no-defaults",
                f"--datadir={data}",
                "--skip-test-db",
                "--auth-root-authentication-method=normal",
                *as_root,
                *small[:1],
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise RuntimeError(f"mariadb-install-db failed:\n{made.stdout[-2000:]}{made.stderr}")
        command = [
            _program("mariadbd") or "mariadbd",
            "--no-defaults",
            f"--datadir={data}",
            f"--socket={folder / 'db.sock'}",
            f"--pid-file={folder / 'db.pid'}",
            "--skip-networking",
            "--innodb-flush-log-at-trx-commit=0",
            *as_root,
            *small,
        ]
        return cls(command, folder / "db.log")

    @classmethod
    def web(cls, root: Path, port: int, folder: Path) -> Self:
        command = ["php", *_INI, "-S", f"127.0.0.1:{port}", "-t", str(root)]
        env = {**os.environ, "PHP_CLI_SERVER_WORKERS": "4"}
        return cls([*command, str(root / "router.php")], folder / "web.log", env)

    def until(self, ready: Any) -> None:
        """Wait until it answers; its log is told where it does not."""
        deadline = time.monotonic() + PATIENCE
        while not ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"did not start:\n{self.log.read_text(errors='replace')}")
            time.sleep(0.05)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the whole group: PHP's workers are children that outlive their parent."""
        for number in (15, 9):
            try:
                os.killpg(self._process.pid, number)
                self._process.wait(timeout=20)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        self._file.close()


def _php(root: Path, action: str, arguments: dict[str, Any]) -> Any:
    done = subprocess.run(
        ["php", *_INI, str(HERE / "site.php"), str(root), action],
        input=json.dumps(arguments),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    if done.returncode:
        raise RuntimeError(f"site.php {action} failed:\n{done.stderr or done.stdout[-2000:]}")
    return json.loads(done.stdout)


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as s:
        return s.connect_ex(str(path)) == 0


def _serves(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


_INI = ("-d", "opcache.enable_cli=1", "-d", "memory_limit=256M", "-d", "sendmail_path=/bin/true")

_ROUTER = """<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path !== '/' && (is_file(__DIR__ . $path) || is_file(__DIR__ . $path . '/index.php'))) {
    return false;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
require __DIR__ . '/index.php';
"""

_QUIET = """<?php
/* No mail leaves the machine; two comments a second are fine here. */
function wp_mail() { return true; }
add_filter('comment_flood_filter', '__return_false', 99);
"""

_CONFIG = """<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{socket}');
define('DB_CHARSET', 'utf8mb4');
define('WP_HOME', '{url}');
define('WP_SITEURL', '{url}');
define('WP_ENVIRONMENT_TYPE', 'local');
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTH_KEY', 'loopback');
define('SECURE_AUTH_KEY', 'loopback');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
