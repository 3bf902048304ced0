"""A small world on loopback for the whole pipeline: a name server, two sites, a hotline."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nameserver import Name, name_server
from scratch_topics import scratch_settings
from secured_broker import ADMIN, NORTH, Secured
from web_server import Behave, WebServer, response, web_server

from agents.config import ClockSettings, DnsSettings, ProbeSettings, Settings, VantageSettings
from agents.edges.child_process.ports import reserved
from agents.edges.crypto.keys import Keyring
from agents.edges.kafka import acl
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send
from agents.http_settings import WebSettings
from agents.tools.apply_registry import apply_entries
from schemas.closed_lists import Delivery
from schemas.codec import HOTLINE
from schemas.moments import moment
from schemas.records.hotline import HotlineRecord, Notice, Report
from schemas.records.registry import HosterEntry, HotlineEntry, NormEntry
from sim.demo.demo_settings import as_toml

SPEED = 3_600.0
"""An hour is a second: slots of the first day pass in half a minute."""

LINE = NORTH
PATH = "/material"
HOSTERS = {"quay": "127.77.1.1", "reef": "127.77.2.1"}
LOUD, UNANNOUNCED, HIDDEN = "127.0.1.1", "127.0.2.1", "127.0.3.1"
_HIDDEN = VantageSettings(
    id="hidden", asn=64_498, announced=False, recheck=True, source_address=HIDDEN
)


@dataclass(slots=True)
class Site:
    """A hoster's server: the material, the host's root, and nothing else.

    Attributes:
        present: the material is there.
        lies_to: addresses that are told it is not.
        lies_to_head: whoever asks by HEAD is told so.
        asked_by: addresses that asked for the material.
        server: the running server.
    """

    present: bool = True
    lies_to: frozenset[str] = frozenset()
    lies_to_head: bool = False
    asked_by: set[str] = field(default_factory=set)
    server: WebServer = field(default_factory=WebServer)

    def behave(self) -> Behave:
        """Answer as the site stands at that moment."""

        async def answer(head: str, writer) -> None:
            method, path = head.split(" ")[:2]
            there = path == "/"
            if path.startswith(PATH):
                who = writer.get_extra_info("peername")[0]
                self.asked_by.add(who)
                lied_to = who in self.lies_to or (self.lies_to_head and method == "HEAD")
                there = self.present and not lied_to
            fields = ("Content-Type: text/html", f"Content-Length: {512 if there else 9}")
            writer.write(response(200 if there else 404, *fields).encode())
            await writer.drain()

        return answer


@dataclass(frozen=True, slots=True)
class PipelineWorld:
    """What stands outside the worker.

    Attributes:
        settings: the worker's.
        sites: by hoster.
        outbox: where the hotline writes.
    """

    settings: Settings
    sites: dict[str, Site]
    outbox: KafkaOutbox

    def url(self, hoster: str, number: int = 0) -> str:
        """Return where a hoster's material of that number stands."""
        return f"http://{hoster}.example:{self.sites[hoster].server.port}{PATH}{number}"

    async def say(self, *records: HotlineRecord) -> None:
        """Let the hotline send records."""
        topic = f"hotline.{LINE}.v1"
        await self.outbox.send([Send(topic, r.id.encode(), HOTLINE.encode(r)) for r in records])

    def report(self, hoster: str, number: int = 0) -> Report:
        """Return a report of now."""
        now = moment(self.settings.clock.clock().now())
        url = self.url(hoster, number)
        return Report(v=1, id=f"r-{hoster}-{number}", url=url, reported_at=now)

    def notice(self, hoster: str, number: int = 0) -> Notice:
        """Return a notice that was delivered now."""
        now = moment(self.settings.clock.clock().now())
        return Notice(
            v=1,
            id=f"n-{hoster}-{number}",
            url=self.url(hoster, number),
            recipient=hoster,
            sent_at=now,
            delivered_at=now,
            result=Delivery.DELIVERED,
        )


@asynccontextmanager
async def pipeline_world(
    bootstrap: str,
    folder: Path,
    speed: float = SPEED,
    secured: Secured | None = None,
    *,
    rechecked: bool = False,
    lines: Sequence[str] = (LINE,),
) -> AsyncIterator[PipelineWorld]:
    """Open the servers, create keys and topics, write the registry.

    On a secured broker each does it as the user who may, and the hotline writes as itself.
    With `rechecked` a hidden vantage probes every removed case. `lines` are the hotlines.
    """
    sites = {hoster: Site() for hoster in HOSTERS}
    async with AsyncExitStack() as stack:
        for hoster, address in HOSTERS.items():
            site = sites[hoster]
            site.server = await stack.enter_async_context(web_server(site.behave(), host=address))
        table = {hoster: Name(a=(address,)) for hoster, address in HOSTERS.items()}
        names = await stack.enter_async_context(name_server(**table))
        ports = tuple(site.server.port for site in sites.values())
        settings = _settings(bootstrap, folder, names.address, ports)
        if rechecked:
            probe = settings.probe.model_copy(update={"recheck_share": 1.0})
            vantages = (*settings.vantages, _HIDDEN)
            settings = settings.model_copy(update={"probe": probe, "vantages": vantages})
        now_ms = time.time_ns() // 1_000_000
        clock = ClockSettings(start_wall_ms=now_ms, start_world_ms=now_ms, speed=speed)
        settings = settings.model_copy(update={"clock": clock})
        Keyring.create(settings.key_file)
        admin = _as(settings, secured, ADMIN)
        await apply(admin, wanted(settings, lines))
        if secured is not None:
            await acl.allow(admin, acl.grants(settings, lines))
        desk = _as(settings, secured, acl.DESK)
        async with _outbox(desk) as registrar:
            await apply_entries(desk, _registry(lines), registrar)
        line = _as(settings, secured, acl.HOTLINE_USER.format(id=LINE))
        outbox = await stack.enter_async_context(_outbox(line))
        yield PipelineWorld(_as(settings, secured, acl.WORKER), sites, outbox)


def _as(settings: Settings, secured: Secured | None, user: str) -> Settings:
    if secured is None:
        return settings
    security = secured.kafka(user).security
    kafka = settings.kafka.model_copy(update={"security": security})
    return settings.model_copy(update={"kafka": kafka})


@asynccontextmanager
async def _outbox(settings: Settings) -> AsyncIterator[KafkaOutbox]:
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        yield outbox
    finally:
        await outbox.stop()


def command_of(world: PipelineWorld, folder: Path) -> tuple[str, ...]:
    """Write the worker's settings and return its command."""
    config = folder / "hostwatch.toml"
    config.write_text(as_toml(world.settings))
    return ("--config", str(config), "worker")


def _settings(bootstrap: str, folder: Path, names: str, ports: tuple[int, ...]) -> Settings:
    with reserved(0) as web_port:
        pass
    scratch = scratch_settings(bootstrap)
    return Settings(
        state_dir=folder / "state",
        key_file=folder / "keys.json",
        kafka=scratch.kafka.model_copy(update={"partitions": 3}),
        vantages=(
            VantageSettings(id="loud", asn=64_496, source_address=LOUD),
            VantageSettings(id="quiet", asn=64_497, announced=False, source_address=UNANNOUNCED),
        ),
        dns=DnsSettings(servers=(names,)),
        probe=ProbeSettings(
            deadline_s=5.0,
            requests_per_minute=100_000,
            allow_networks=("127.77.0.0/16",),
            ports=ports,
        ),
        web=WebSettings(port=web_port),
    )


def _registry(lines: Sequence[str]) -> list[NormEntry | HotlineEntry | HosterEntry]:
    return [
        NormEntry(id="default", version=1, valid_from=0),
        *(HotlineEntry(id=line, version=1, valid_from=0, name=line.title()) for line in lines),
        *(
            HosterEntry(
                id=hoster,
                version=1,
                valid_from=0,
                name=hoster,
                country="XA",
                prefixes=(f"{address}/32",),
            )
            for hoster, address in HOSTERS.items()
        ),
    ]
