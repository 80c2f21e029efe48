"""A small register as text: right in every part, so that a test breaks just what it means to."""

import dataclasses as dc
import datetime as dt

import pytest

from tasks.model import Register
from tasks.register import parse_register
from tests.tasks.register.well import PLAN, person

GOOD = """\
[organisation]
name = "Sjöviks kommun"
number = "212000-0000"
website = "https://sjovik.example/"
information_unit = "info"

[[board]]
id = "ks"
name = "Kommunstyrelsen"

[[unit]]
id = "info"
name = "Informationsenheten"
board = "ks"
manager = "Informationschefen"
valid_from = 2015-01-01

[[channel]]
id = "blogg"
name = "Kommunbloggen"
unit = "info"
platform = "blog"
address = "https://sjovik.example/blogg/"
life = "active"
opened = 2019-03-04

[[channel.administrator]]
id = "adm-1"
name = "Maja Ekdal"
role = "Kommunikatör"
appointed = 2019-03-04

[[channel.absence]]
administrator = "adm-1"
first = 2025-07-07
last = 2025-08-01

[channel.plan]
medium = "Blogg"

[[channel.plan.goal]]
id = "rytm"
text = "Minst två inlägg i veckan"
metric = "posts_per_week"
target = 2

[[channel]]
id = "arkivblogg"
name = "Arkivbloggen"
unit = "info"
platform = "blog"
address = "https://sjovik.example/arkiv/"
life = "closed"
opened = 2016-01-01
closed = 2018-12-31
"""


@pytest.fixture
def good() -> str:
    return GOOD


@pytest.fixture
def register(good: str) -> Register:
    """One channel with which nothing is wrong."""
    loaded, _ = parse_register(good.encode(), file="r.toml")
    assert loaded is not None
    channel = dc.replace(
        loaded.channel("blogg"),
        mailbox="sociala.medier@sjovik.example",
        credentials="valvet",
        credentials_verified=dt.date(2025, 6, 1),
        consulted=dt.date(2019, 1, 1),
        administrators=(person("adm-1"), person("adm-2", "Jonas Brandt")),
        absences=(),
        plan=PLAN,
    )
    body = dc.replace(
        loaded.organisation,
        guidelines_reviewed=dt.date(2025, 2, 1),
        collection_page="https://sjovik.example/kanaler",
        privacy_page="https://sjovik.example/personuppgifter",
    )
    return dc.replace(loaded, organisation=body, channels=(channel,))
