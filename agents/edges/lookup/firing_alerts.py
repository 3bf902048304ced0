"""The alerts that fire, as Prometheus says; asked in the background, never while a page waits."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout

from agents.process.log import log
from schemas.moments import Instant

EVERY_S: Final = 15.0
DEADLINE_S: Final = 5.0
"""For an answer in all; Prometheus answers this from memory."""

BYTES_MAX: Final = 2_000_000
"""A thousand alerts have 1 MB."""

SHOWN_MAX: Final = 50
SEVERITIES: Final = ("critical", "warning", "info")
LABELS: Final = ("hoster", "role", "hotline", "vantage", "stage", "instance", "job")
"""What a line says of an alert beside its name; all others are left out."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert that fires, its severity, what it is about, and where to read on."""

    name: str
    severity: str
    about: str
    summary: str
    runbook: str
    link: str


@dataclass(frozen=True, slots=True)
class Firing:
    """What Prometheus said last.

    Attributes:
        at: when; None = it has not answered yet.
        answers: its last answer is the newest that was asked for.
        alerts: those that fire, worst first.
        of: how many these are, shown or not.
    """

    at: Instant | None = None
    answers: bool = False
    alerts: tuple[Alert, ...] = ()
    of: int = 0


class _Labelled(msgspec.Struct):
    state: str
    labels: dict[str, str]
    annotations: dict[str, str] = {}


class _Data(msgspec.Struct):
    alerts: list[_Labelled]


class _Answer(msgspec.Struct):
    data: _Data


@dataclass(slots=True)
class AlertPoller:
    """Asks Prometheus every 15 s.

    Attributes:
        url: where Prometheus answers, without a final slash.
        shown_at: where readers reach it, without a final slash.
        now: the present, for what is printed.
        firing: what it said last.
    """

    url: str
    shown_at: str
    now: Callable[[], Instant]
    firing: Firing = field(default_factory=Firing)

    async def run(self) -> None:
        """Ask for ever; an answer that does not come is said, and is no fault of ours."""
        timeout = ClientTimeout(total=DEADLINE_S)
        async with ClientSession(timeout=timeout, auto_decompress=True) as session:
            while True:
                await self.ask(session)
                await asyncio.sleep(EVERY_S)

    async def ask(self, session: ClientSession) -> None:
        """Ask once."""
        try:
            async with session.get(f"{self.url}/api/v1/alerts", allow_redirects=False) as answer:
                raw = await answer.content.read(BYTES_MAX + 1)
                while not answer.content.at_eof() and len(raw) <= BYTES_MAX:
                    raw += await answer.content.read(BYTES_MAX + 1 - len(raw))
                found = msgspec.json.decode(raw, type=_Answer) if answer.status == 200 else None
        except (ClientError, TimeoutError, OSError, msgspec.MsgspecError, ValueError):
            found = None
        if found is None:
            if self.firing.answers:
                log("web").warning("Prometheus does not answer; the pages say so")
            self.firing = Firing(self.firing.at, False, self.firing.alerts, self.firing.of)
            return
        firing = sorted(
            (_alert(one, self.shown_at) for one in found.data.alerts if _counts(one)),
            key=lambda one: (_rank(one.severity), one.name, one.about),
        )
        self.firing = Firing(self.now(), True, tuple(firing[:SHOWN_MAX]), len(firing))


def _counts(said: _Labelled) -> bool:
    """Return whether an alert is shown; one of severity none fires always and alerts nobody."""
    return said.state == "firing" and said.labels.get("severity") != "none"


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _alert(said: _Labelled, url: str) -> Alert:
    name = said.labels.get("alertname", "")
    runbook = said.annotations.get("runbook_url", "")
    return Alert(
        name=name,
        severity=said.labels.get("severity", ""),
        about=_about(said.labels),
        summary=said.annotations.get("summary", ""),
        runbook=runbook if runbook.startswith(("https://", "http://")) else "",
        link=f"{url}/alerts?search={quote(name)}",
    )


def _about(labels: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {labels[name]}" for name in LABELS if labels.get(name))
