"""An office that answers requests: an archive, its channel as it stands, and what a pack says."""

import dataclasses as dc
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from archive_store import Commit, Draft
from flows import on_the_channel
from flows.disclosing import Ask, Disclosed, close, disclose
from flows.house import House
from flows.settings import Settings
from tasks.disclosure import request as requests
from tasks.documents import html_to_pdf, read_back
from tests.faults.house import REGISTER
from tests.tasks.culling.world import CHANNEL, World
from tests.tasks.harvest.fake_channel import a_channel

NAME = "Majken Sjöberg"  # who comments, says the fake channel


class Office:
    """A world with a house around it, whose channel is looked at as it stands."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.world = World(folder / "archive")
        self._number = 0

        def connector(*_: Any, **__: Any) -> Any:
            return _Open(self.world.blog)

        monkeypatch.setattr(on_the_channel, "connector_for", connector)

    @property
    def house(self) -> House:
        (self.folder / "register.toml").touch()
        return House(
            settings=Settings(
                archive=str(self.folder / "archive"),
                state=self.folder / "state",
                register=self.folder / "register.toml",
            ),
            register=dc.replace(REGISTER, channels=(a_channel(CHANNEL),)),
            archive=self.world.reopened().archive,
            now=self.world.now,
            channels=(a_channel(CHANNEL),),
        )

    def ask(self, *phrases: str, **more: Any) -> tuple[Disclosed, Path]:
        self._number += 1
        out = self.folder / f"underlag-{self._number}"
        request_id = more.pop("request_id", "")
        masking = more.pop("masking", None)
        ask = None if request_id else Ask(phrases=phrases, **more)
        done = disclose(self.house, ask, out, request_id=request_id, masking=masking)
        return done, out

    def close(self, request_id: str, outcome: str = "nothing") -> requests.Request:
        return close(self.house, request_id, outcome=outcome, by="arkivarie-1")


class _Open:
    def __init__(self, blog: Any) -> None:
        self.blog = blog

    def __enter__(self) -> Any:
        return self.blog

    def __exit__(self, *_: object) -> None: ...


def said(path: Path) -> str:
    return " ".join(" ".join(read_back(path.read_bytes()).texts).split())


def documents(out: Path) -> list[Path]:
    return sorted((out / "handlingar").iterdir())


def put(office: Office, base: str, kind: str, files: dict[str, bytes]) -> str:
    commit = Commit(
        event="x",
        now=office.world.now,
        actor="x",
        drafts=(Draft(base=base, files=files, labels={"kind": kind, "channel": CHANNEL}),),
    )
    return office.house.archive.commit(commit).added[0].key


def pages(*texts: str) -> bytes:
    body = "".join(f"<p style='page-break-before:always'>{text}</p>" for text in texts)
    return html_to_pdf(
        f"<html lang=sv><title>Bild</title><p>Framsida</p>{body}",
        title="Ögonblicksbild",
        author="Sjöviks kommun",
        created=dt.datetime(2025, 12, 1, tzinfo=dt.UTC),
    )
