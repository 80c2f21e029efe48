import dataclasses as dc
from pathlib import Path

import pytest

from tasks.register import load_register
from tasks.register.mailbox import looks_personal

REGISTER = load_register(Path(__file__).parents[3] / "examples" / "sjovik" / "register.toml")


@pytest.mark.parametrize(
    "local",
    [
        "sociala.medier",
        "biblioteket",
        "biblioteket.barn",
        "info",
        "info.kultur",
        "trygg",
        "kontakt-center",
        "kultur_fritid",
        "webb.redaktionen",
        "kommunbloggen",
    ],
)
def test_function_mailboxes_are_let_through(local: str) -> None:
    assert not looks_personal(f"{local}@sjovik.example", REGISTER)


@pytest.mark.parametrize(
    "local",
    [
        "maja.ekdal",
        "ekdal.maja",
        "majaekdal",
        "mekdal",
        "majekd",
        "majekd01",
        "Maja.Ekdal+blogg",
        "annika.bergström",
        "per-erik_lund",
        "jo.ek",
        "anna.postlund",
    ],
)
def test_a_persons_mailbox_is_seen_by_name_or_form(local: str) -> None:
    assert looks_personal(f"{local}@sjovik.example", REGISTER)


def test_a_private_mail_service_is_never_the_bodys_own() -> None:
    assert looks_personal("sociala.medier@gmail.com", REGISTER)


def test_names_are_compared_without_accents() -> None:
    channel = REGISTER.channels[0]
    person = dc.replace(channel.administrators[0], name="Åsa Öberg")
    register = dc.replace(REGISTER, channels=(dc.replace(channel, administrators=(person,)),))
    assert looks_personal("asaoberg@sjovik.example", register)
    assert looks_personal("åsaöberg@sjovik.example", register)
    assert not looks_personal("asaoberg@sjovik.example", REGISTER)
