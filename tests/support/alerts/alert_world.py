"""A real Alertmanager on loopback with the shipped configuration, and receivers that listen."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from agents.clock import Clock
from agents.edges.child_process.ports import reserved
from schemas.moments import moment
from sim.demo.children import Child

CONFIG = Path(__file__).parents[3] / "deploy" / "alertmanager" / "alertmanager.yml"
PROGRAM = shutil.which("prometheus-alertmanager") or "prometheus-alertmanager"
DEADLINE_S = 60.0
POLL_S = 0.1


@dataclass
class Heard:
    """What the receivers were told.

    Attributes:
        port: where they listen.
        told: (path, status, alert name, hoster, token) of every alert of every message.
    """

    port: int = 0
    told: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: web.Request) -> web.Response:
        """Take one message."""
        body = await request.json()
        token = request.headers.get("Authorization", "")
        async with self._came:
            for alert in body["alerts"]:
                labels = alert["labels"]
                said = (labels["alertname"], labels.get("hoster", ""))
                self.told.append((request.path, alert["status"], *said, token))
            self._came.notify_all()
        return web.Response()

    async def of(self, path: str, status: str, alert: str) -> tuple[str, str, str, str, str]:
        """Wait until a receiver was told of an alert."""
        wanted = (path, status, alert)
        async with asyncio.timeout(DEADLINE_S), self._came:
            await self._came.wait_for(lambda: any(one[:3] == wanted for one in self.told))
        return next(one for one in self.told if one[:3] == wanted)

    def names(self) -> set[str]:
        """Return the alerts that anybody was told of."""
        return {alert for _, _, alert, *_ in self.told}


@dataclass(frozen=True)
class Alerting:
    """The running Alertmanager."""

    address: str
    heard: Heard

    async def fire(self, alerts: Sequence[Mapping[str, str]], *, ends: bool = False) -> None:
        """Say that alerts with these labels fire, or that they are over."""
        now = moment(Clock().now())
        rows: list[dict[str, Any]] = [
            {
                "labels": dict(labels),
                "startsAt": (now - timedelta(minutes=5)).isoformat(),
                **({"endsAt": (now - timedelta(seconds=1)).isoformat()} if ends else {}),
            }
            for labels in alerts
        ]
        url = f"{self.address}/api/v2/alerts"
        async with aiohttp.ClientSession() as session, session.post(url, json=rows) as answer:
            assert answer.status == 200, await answer.text()


@asynccontextmanager
async def alerting(folder: Path) -> AsyncIterator[Alerting]:
    """Run an Alertmanager; every receiver is one of ours, and waiting is cut to seconds."""
    heard = Heard()
    app = web.Application()
    app.router.add_post("/{name}", heard.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    heard.port = runner.addresses[0][1]
    with reserved(0) as port:
        pass
    config = folder / "alertmanager.yml"
    config.write_text(on_loopback(CONFIG.read_text(), heard.port, folder))
    command = [
        PROGRAM,
        f"--config.file={config}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=warn",
    ]
    child = await Child.start("Alertmanager", command, folder / "alertmanager.log")
    try:
        address = f"http://127.0.0.1:{port}"
        await _ready(address, child)
        yield Alerting(address, heard)
    finally:
        await child.stop()
        await runner.cleanup()


def on_loopback(text: str, port: int, folder: Path) -> str:
    """Return the shipped configuration with our receivers, our secrets and short waits."""
    for secret in ("alert_mail", "alert_webhook", "alert_watchdog"):
        (folder / secret).write_text(f"token of {secret}")
    text = text.replace("/run/secrets/", f"{folder}/")
    # mail goes to the same listener as a webhook, its path the first part of the address
    text = re.sub(
        r"email_configs:\n      - to: (\w+)@example\.org",
        rf"webhook_configs:\n      - url: http://127.0.0.1:{port}/\1",
        text,
    )
    text = re.sub(
        r"(\n        send_resolved: true)\n    webhook_configs:\n(      - url: https://pager)",
        r"\1\n\2",
        text,
    )
    text = re.sub(r"https://(\w+)\.example\.org/hostwatch", rf"http://127.0.0.1:{port}/\1", text)
    return re.sub(r"(group_wait|group_interval): \w+", r"\1: 1s", text)


async def _ready(address: str, child: Child) -> None:
    async with asyncio.timeout(DEADLINE_S), aiohttp.ClientSession() as session:
        while child.process.returncode is None:
            try:
                async with session.get(f"{address}/-/ready") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(POLL_S)
    raise AssertionError(child.log.read_text())
