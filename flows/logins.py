"""Login states of channels that show themselves whole only to who has logged in.

The register names where a channel's state lies (``login``); the state itself lies in a Secret block
or an environment variable and nowhere else: never in the archive, a log, a PDF, or a parameter or
result of Prefect's. ``kanalarkiv login`` makes it; it expires, and then the channel alone fails.
"""

import contextlib
import dataclasses as dc
import json
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from archive_store.errors import CaptureError, InputError
from flows.browsing import browser_of
from flows.house import secret_named
from flows.settings import Settings
from tasks.capture import open_browser, record_login, rehearse
from tasks.model import CaptureBasis, Channel
from tasks.platform_terms import refuses_page

State = Mapping[str, Any]


async def login_of(channel: Channel) -> State | None:
    """The channel's login state; ``None`` where the register asks for none.

    Raises:
        CaptureError: ``login-needed``: none is deposited, or it cannot be read.
    """
    if not channel.login:
        return None
    state = _parsed(await secret_named(channel.login))
    if state is None:
        raise CaptureError(
            "login-needed",
            sv=f"{channel.id}: ingen inloggning finns sparad. Kör kanalarkiv login {channel.id}.",
            en=f"{channel.id}: no login is deposited. Run kanalarkiv login {channel.id}.",
        )
    return state


async def recorded(settings: Settings, channel: Channel) -> tuple[State, bool]:
    """Open the channel in a window and wait for a person to log in and close it.

    It is tried at once, as a capture of the page will use it: what does not hold is told while the
    person is still there.

    Returns:
        The state, and whether the page took it as far as anybody can see: ``False`` where it shows
        the channel and still asks its reader to log in.

    Raises:
        CaptureError: ``no-screen``, ``login-timeout``, ``login-empty``, ``login-unfit`` (it does
            not hold in another browser) and what else keeps a capture away.
    """
    headed = dc.replace(browser_of(settings), headed=True)
    state = await record_login(channel.address, settings=headed)
    if channel.basis is CaptureBasis.PAGE and not refuses_page(channel.platform):
        return state, await _tried(settings, channel, state)
    return state, True


async def _tried(settings: Settings, channel: Channel, state: State) -> bool:
    try:
        async with open_browser(browser_of(settings)) as browser:
            return await rehearse(
                browser,
                channel.address,
                storage_state=state,
                post_selector=channel.post_selector,
                own_hosts=settings.own_hosts,
            )
    except CaptureError as error:
        if error.code == "login-needed":
            raise _unfit(channel) from None
        raise


def _unfit(channel: Channel) -> CaptureError:
    return CaptureError(
        "login-unfit",
        sv=f"{channel.id}: inloggningen visar inte kanalen i en ny webbläsare, så inget är sparat. "
        "Logga in igen och gå ända till kanalens sida innan fönstret stängs. Släpper sajten ändå "
        "inte in: ange en öppen sida i registret, eller en annan basis.",
        en=f"{channel.id}: the login does not show the channel in another browser, so nothing is "
        "kept. Log in again and go all the way to the channel's page before the window is closed. "
        "If the site still does not let it in, name a public page in the register, or another "
        "basis.",
    )


def keep_login(channel: Channel, state: State) -> str:
    """Put a state into the channel's Secret block, in place of the last; the block's name.

    Needs a Prefect API. What is kept there is encrypted by Prefect.
    """
    from prefect.blocks.system import Secret  # noqa: PLC0415 - only where a block is asked for

    # Not Secret[str]: a parametrised block is of another type, which loading does not find.
    kept: Any = Secret(value=SecretStr(json.dumps(state)))
    kept.save(channel.login, overwrite=True)
    return channel.login


def require_name(channel: Channel) -> None:
    """Refuse a channel for which the register names no place for a login.

    Raises:
        InputError: ``login-unnamed``.
    """
    name = channel.login
    if name and name == name.lower() and "_" not in name:
        return
    raise InputError(
        "login-unnamed",
        sv=f"{channel.id}: registret säger inte var inloggningen ska ligga. Skriv login = "
        f'"kanalarkiv-login-{channel.id}" under kanalen (små bokstäver, siffror, bindestreck).',
        en=f"{channel.id}: the register does not say where the login is to lie. Write login = "
        f'"kanalarkiv-login-{channel.id}" under the channel (small letters, digits, hyphens).',
    )


def _parsed(kept: str | None) -> State | None:
    """A state as Playwright saves it, or ``None`` where it is none."""
    state: Any = None
    with contextlib.suppress(ValueError):
        state = json.loads(kept or "")
    lists = isinstance(state, dict) and [state.get("cookies"), state.get("origins")]
    return state if lists and all(isinstance(each, list) for each in lists) else None
