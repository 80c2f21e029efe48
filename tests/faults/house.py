"""The house in which the killed flows work: two channels of one board."""

import datetime as dt

from archive_store import archive_at
from flows.house import House
from flows.settings import Settings
from tasks.model import Board, Organisation, Register, Unit
from tests.tasks.harvest.fake_channel import a_channel

CHANNELS = ("kommunbloggen", "trygg-sjovik")
REGISTER = Register(
    organisation=Organisation(
        name="Sjöviks kommun",
        number="212000-0000",
        website="https://sjovik.example/",
        information_unit="informationsenheten",
    ),
    boards=(Board(id="kommunstyrelsen", name="Kommunstyrelsen"),),
    units=(
        Unit(
            id="informationsenheten",
            name="Informationsenheten",
            board="kommunstyrelsen",
            manager="Informationschefen",
            valid_from=dt.date(2015, 1, 1),
        ),
    ),
    channels=tuple(map(a_channel, CHANNELS)),
)


def house_at(location: str, now: dt.datetime) -> House:
    return House(
        settings=Settings(archive=location),
        register=REGISTER,
        archive=archive_at(location),
        now=now,
        channels=REGISTER.channels,
    )
