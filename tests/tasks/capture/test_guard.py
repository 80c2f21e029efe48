"""The door that every connection of a captured page goes through, and who is let out of it."""

import asyncio
import contextlib
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import ProxySettings

from tasks.capture.addresses import Reach
from tasks.capture.guard import Guard, Guards
from tasks.capture.guard_ways import Way

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
GREETING = b"\x05\x01\x00"
PUBLIC = "93.184.216.34"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def listening(talk: Talk) -> AsyncIterator[int]:
    talks: set[asyncio.Task[None]] = set()

    def came(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def talked() -> None:
            with contextlib.closing(writer), contextlib.suppress(EOFError, OSError):
                await talk(reader, writer)

        talks.add(asyncio.ensure_future(talked()))

    server = await asyncio.start_server(came, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for each in talks:
            each.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


@contextlib.asynccontextmanager
async def door(
    way: Way | None = None, reach: Reach | None = None, most: int = 10**6
) -> AsyncIterator[Guard]:
    guards = Guards(way or Way())
    try:
        guard = await guards.open()
        if reach:
            guard.limit(reach, most, int)
        yield guard
    finally:
        await guards.end()


async def ask(guard: Guard, host: str, port: int, words: bytes = b"") -> tuple[int, bytes]:
    """What the door answers, and what comes through it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", guard.port)
    with contextlib.closing(writer):
        name = host.encode()
        asked = b"\x05\x01\x00\x03" + bytes((len(name),)) + name + port.to_bytes(2)
        writer.write(GREETING + asked)
        assert await reader.readexactly(2) == b"\x05\x00"
        answer = await reader.readexactly(10)
        writer.write(words)
        return answer[1], b"" if answer[1] else await reader.read()


def site(heard: list[bytes]) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(ANSWER)

    return talk


def house(heard: list[bytes], to: dict[str, int], status: bytes = b"200") -> Talk:
    """A proxy: it tunnels to ``to``, and answers what is asked in the clear."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heard.append(head)
        if not head.startswith(b"CONNECT"):
            writer.write(ANSWER)
            return
        writer.write(b"HTTP/1.1 " + status + b" So\r\n\r\n")
        if to:
            far = await asyncio.open_connection("127.0.0.1", to[head.split(b" ")[1].decode()])
            with contextlib.closing(far[1]):
                far[1].write(await reader.readuntil(b"\r\n\r\n"))
                writer.write(await far[0].read())

    return talk


def proxy(port: int, scheme: str = "http", bypass: str = "") -> ProxySettings:
    login = {"username": "anna", "password": "lösen"}
    return ProxySettings(server=f"{scheme}://127.0.0.1:{port}", bypass=bypass, **login)  # type: ignore[typeddict-item]


def test_what_the_page_may_reach_is_reached_and_nothing_else() -> None:
    async def asked() -> None:
        heard: list[bytes] = []
        async with (
            listening(site(heard)) as own,
            listening(site(heard)) as other,
            door(reach=Reach(f"http://127.0.0.1:{own}/")) as guard,
        ):
            words = b"GET / HTTP/1.1\r\n\r\n"
            assert await ask(guard, "127.0.0.1", own, words) == (0, ANSWER)
            assert (await ask(guard, "127.0.0.1", other, words))[0] == 4
            assert (await ask(guard, "localhost", other, words))[0] == 4
            assert (guard.refused, guard.trouble) == (2, "ACCESS_DENIED")
            assert guard.weight == len(words) + len(ANSWER)
        assert heard == [words]

    asyncio.run(asked())


@pytest.mark.parametrize("first", [PUBLIC, ""])
def test_a_name_cannot_lead_elsewhere_after_it_was_judged(
    monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    async def asked() -> list[Any]:
        loop, answers = asyncio.get_running_loop(), iter([first, "10.0.0.5"])

        async def resolved(*_: object, **__: object) -> list[Any]:
            answer = next(answers)
            if not answer:
                raise OSError
            return [(2, 1, 6, "", (answer, 0))]

        monkeypatch.setattr(loop, "getaddrinfo", resolved)
        reach = Reach("https://sjovik.example/")
        assert await reach.admits("byter.example", 80)
        return [await reach.addresses("byter.example") for _ in range(2)]

    assert asyncio.run(asked()) == [(first,) if first else ()] * 2


@pytest.mark.parametrize(
    "address",
    ["::ffff:10.0.0.5", "64:ff9b::a00:5", "2002:a00:5::", "::1", "fe80::1%1", "intranet", "a.lan."],
)
def test_an_inside_address_is_inside_however_it_is_written(address: str) -> None:
    assert not asyncio.run(Reach("https://sjovik.example/").admits(address, 80))


def test_why_a_host_was_not_reached_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    async def asked() -> None:
        async with listening(site([])) as port:
            gone = port
        async with door() as guard:
            assert (await ask(guard, "127.0.0.1", gone))[0] == 4
            assert guard.trouble == "CONNECTION_REFUSED"
            monkeypatch.setattr(guard.loop, "getaddrinfo", unknown)
            assert (await ask(guard, "finns.inte.example", 443))[0] == 4
            assert guard.trouble == "NAME_NOT_RESOLVED"

    async def unknown(*_: object, **__: object) -> None:
        raise OSError

    asyncio.run(asked())


def test_more_than_may_pass_shuts_the_door_and_says_so_once() -> None:
    async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(bytes(10_000))
            await writer.drain()

    async def asked() -> None:
        told: list[int] = []
        async with listening(endless) as port, door() as guard:
            guard.limit(Reach(f"http://127.0.0.1:{port}"), 10**6, lambda: told.append(1))
            _, came = await ask(guard, "127.0.0.1", port)
            assert len(came) < 2 * 10**6
            assert (await ask(guard, "127.0.0.1", port))[0] == 4
            assert (guard.refused, told) == (0, [1])

    asyncio.run(asked())


def test_a_door_that_is_shut_lets_nothing_pass() -> None:
    async def asked() -> None:
        guards = Guards(Way())
        try:
            async with listening(site([])) as port:
                assert (await ask(await guards.open(shut=True), "127.0.0.1", port))[0] == 4
        finally:
            await guards.end()

    asyncio.run(asked())


def test_a_houses_proxy_is_told_the_whole_address_and_the_login() -> None:
    async def asked() -> list[bytes]:
        heard: list[bytes] = []
        async with listening(house(heard, {})) as port, door(Way(proxy(port))) as guard:
            words = b"POST /nytt?a=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
            assert await ask(guard, "sida.example", 80, words) == (0, ANSWER)
            assert await ask(guard, "sida.example", 8080, words) == (0, ANSWER)
        return heard

    first, second = asyncio.run(asked())
    assert first.startswith(b"POST http://sida.example/nytt?a=1 HTTP/1.1\r\nProxy-Authorization: ")
    assert b"Basic YW5uYTpsw7ZzZW4=\r\nHost: x\r\n" in first
    assert second.startswith(b"POST http://sida.example:8080/nytt")


def test_what_is_encrypted_or_a_socket_goes_through_the_houses_proxy_in_a_tunnel() -> None:
    async def asked() -> None:
        heard, far = [], []  # type: list[bytes], list[bytes]
        async with listening(site(far)) as port:
            to = {"sida.example:443": port, "sida.example:80": port}
            async with listening(house(heard, to)) as at, door(Way(proxy(at))) as guard:
                hello = b"\x16\x03\x01 hello\r\n\r\n"
                upgrade = b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"
                assert await ask(guard, "sida.example", 443, hello) == (0, ANSWER)
                assert await ask(guard, "sida.example", 80, upgrade) == (0, ANSWER)
        assert far == [hello, upgrade]
        assert heard[0].startswith(b"CONNECT sida.example:443 HTTP/1.1\r\nHost: sida.example:443")
        assert b"anna" not in b"".join(far)

    asyncio.run(asked())


def test_a_houses_proxy_that_refuses_or_is_gone_is_told() -> None:
    async def asked() -> list[str]:
        told = []
        async with listening(house([], {}, b"407")) as port, door(Way(proxy(port))) as guard:
            assert await ask(guard, "sida.example", 443, b"\x16") == (0, b"")
            told.append(guard.trouble)
        async with door(Way(proxy(port))) as guard:
            assert await ask(guard, "sida.example", 443, b"\x16") == (0, b"")
            told.append(guard.trouble)
        return told

    assert asyncio.run(asked()) == ["TUNNEL_CONNECTION_FAILED", "PROXY_CONNECTION_FAILED"]


@pytest.mark.parametrize("scheme", ["socks4", "socks5"])
def test_a_house_may_have_a_proxy_of_the_other_kind(scheme: str) -> None:
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if scheme == "socks4":
            heard.append(await reader.readexactly(8 + 1 + 13))
            writer.write(b"\x00\x5a" + bytes(6))
        else:
            await reader.readexactly(3)
            writer.write(b"\x05\x00")
            heard.append(await reader.readexactly(5 + 12 + 2))
            writer.write(b"\x05\x00\x00\x01" + bytes(6))
        await site([])(reader, writer)

    async def asked() -> None:
        async with listening(talk) as port, door(Way(proxy(port, scheme))) as guard:
            words = b"GET / HTTP/1.1\r\n\r\n"
            assert await ask(guard, "sida.example", 80, words) == (0, ANSWER)
        assert b"sida.example" in heard[0]

    asyncio.run(asked())


@pytest.mark.parametrize(
    ("host", "passed", "by"),
    [
        ("intern.sjovik.se", ".sjovik.se", False),
        ("intern.sjovik.se", "sjovik.se", False),
        ("intern.sjovik.se", "*.sjovik.se:8080", False),
        ("annansjovik.se", "sjovik.se", True),
        ("10.1.2.3", "localhost, 10.0.0.0/8", False),
        ("11.1.2.3", "10.0.0.0/8", True),
        ("sjovik.se", "10.0.0.0/8", True),
        ("::1", "[::1]", False),
        ("sjovik.se", "*", False),
        ("sjovik.se", "", True),
    ],
)
def test_what_the_environment_names_goes_past_the_houses_proxy(
    host: str, passed: str, *, by: bool
) -> None:
    assert Way(proxy(3128, bypass=passed)).by_http(host) is by


def test_words_that_are_no_socks_are_not_answered() -> None:
    async def said(words: bytes) -> bytes:
        async with door() as guard:
            reader, writer = await asyncio.open_connection("127.0.0.1", guard.port)
            with contextlib.closing(writer):
                writer.write(words)
                return await reader.read()

    assert asyncio.run(said(GREETING + b"\x05\x02\x00\x01" + bytes(6))) == b"\x05\x00"
    number = ipaddress.IPv4Address("127.0.0.1").packed
    asked = asyncio.run(said(GREETING + b"\x05\x01\x00\x01" + number + b"\x00\x01"))
    assert asked[:4] == b"\x05\x00\x05\x04"
