"""Ledgers of the bench's own and workers of the real pipeline on them."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ground
import msgspec
import pipeline_records
from harness import Failed, last_word, process
from mmdb_writer import MMDBWriter
from netaddr import IPSet
from pipeline_worker import Told
from race import HERE

from agents.config import DatasetSettings, KafkaSettings, Settings, VantageSettings
from agents.edges.child_process.ports import reserved
from agents.edges.child_process.tether import tethered
from agents.edges.crypto.keys import Keyring
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.produce.outbox import KafkaOutbox
from agents.http_settings import WebSettings
from agents.tools.apply_registry import apply_entries
from schemas import topics

ROLES = ("intake", "attribution", "lifecycle")
INBOX = topics.HOTLINE.named(pipeline_records.LINE)
START_DEADLINE_S = 180.0
STOP_DEADLINE_S = 30.0
POLL_S = 0.1
SESSION_S = 6.0
"""The shortest a broker takes; a second worker waits no longer for the group."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger of the bench's own: its settings."""

    settings: Settings

    @property
    def bootstrap(self) -> str:
        """The broker."""
        return str(self.settings.kafka.bootstrap)

    def topic(self, name: str) -> str:
        """Return a topic's name on the broker."""
        return self.settings.kafka.topic_prefix + name

    async def fill(self, topic: str, payload: ground.Payload) -> None:
        """Write records to a topic."""
        await ground.fill(self.bootstrap, self.topic(topic), payload)

    async def ends(self, topic: str) -> dict[int, int]:
        """Return the ends of a topic."""
        return await ground.ends(self.bootstrap, self.topic(topic))

    async def behind(self, role: str, topic: str) -> bool:
        """Return whether a role has records of a topic left to do."""
        group, name = self.topic(role), self.topic(topic)
        done = await ground.committed(self.bootstrap, group, name)
        ends = await ground.ends(self.bootstrap, name)
        return any(done.get(partition, 0) < end for partition, end in ends.items())

    async def quiet(self, pairs: Sequence[tuple[str, str]], deadline_s: float) -> None:
        """Wait until the roles have done all there is, each in turn of the flow.

        Raises:
            Failed: not in time.
        """
        try:
            async with asyncio.timeout(deadline_s):
                for role, topic in pairs:
                    while await self.behind(role, topic):
                        await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise Failed(f"records left after {deadline_s:.0f} s") from None

    async def remove(self) -> None:
        """Delete the topics."""
        prefix = self.settings.kafka.topic_prefix
        names = [n for n in await ground.topics_of(self.bootstrap) if n.startswith(prefix)]
        await ground.delete(self.bootstrap, names)


FLOW = (
    ("intake", INBOX),
    ("attribution", topics.REPORTS.name),
    ("lifecycle", topics.REPORTS.name),
    ("lifecycle", topics.FACTS.name),
)


@asynccontextmanager
async def ledger(
    bootstrap: str, folder: Path, name: str, partitions: int = topics.PARTITIONS
) -> AsyncIterator[Ledger]:
    """Make a ledger with topics, keys and registry; its topics go at the end."""
    home = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder))
    asn, country = _databases(home)
    with reserved(0) as port:
        pass
    settings = Settings(
        state_dir=home,
        key_file=home / "keys.json",
        kafka=KafkaSettings(
            bootstrap=bootstrap,
            topic_prefix=f"{home.name}.",
            partitions=partitions,
            session_timeout_s=6.0,
        ),
        vantages=(VantageSettings(id=pipeline_records.VANTAGE),),
        datasets=DatasetSettings(asn=asn, country=country),
        web=WebSettings(port=port),
    )
    Keyring.create(settings.key_file)
    await apply(settings, wanted(settings, [pipeline_records.LINE]))
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await apply_entries(settings, pipeline_records.registry(), outbox)
    finally:
        await outbox.stop()
    made = Ledger(settings)
    try:
        yield made
    finally:
        await made.remove()


def _databases(folder: Path) -> tuple[Path, Path]:
    """Write the two address databases and return their files."""
    fields: dict[str, Callable[[int], dict[str, Any]]] = {
        "asn": lambda asn: {
            "autonomous_system_number": asn,
            "autonomous_system_organization": f"Org {asn}",
        },
        "country": lambda _: {"country": {"iso_code": "XA", "names": {"en": "XA"}}},
    }
    made = []
    for name, record in fields.items():
        writer = MMDBWriter(6, database_type="Bench", ipv4_compatible=True)
        for net, asn in pipeline_records.networks().items():
            writer.insert_network(IPSet([net]), record(asn))
        made.append(folder / f"{name}.mmdb")
        writer.to_db_file(str(made[-1]))
    return made[0], made[1]


@dataclass(slots=True)
class Running:
    """A worker process and what it said.

    Attributes:
        child: the process.
        ready: its line when all was loaded.
    """

    child: asyncio.subprocess.Process
    ready: dict[str, Any]

    async def stop(self) -> dict[str, Any]:
        """End it in an orderly way and return what it said at its end."""
        if self.child.returncode is None:
            self.child.terminate()
        try:
            async with asyncio.timeout(STOP_DEADLINE_S):
                said, _ = await self.child.communicate()
        except TimeoutError:
            raise Failed(f"a worker did not end in {STOP_DEADLINE_S:.0f} s") from None
        found: dict[str, Any] = {}
        for line in said.splitlines():
            found.update(json.loads(line))
        return found


@asynccontextmanager
async def worker(
    made: Ledger, roles: Sequence[str], *, profile: bool = False
) -> AsyncIterator[Running]:
    """Run a worker; its roles have loaded their state when this yields.

    Raises:
        Failed: it ended, or was not ready in time.
    """
    told = Told(settings=made.settings.model_dump(mode="json"), roles=list(roles), profile=profile)
    script, said = str(HERE / "pipeline_worker.py"), msgspec.json.encode(told).decode()
    log_file = made.settings.state_dir / "worker.log"
    with log_file.open("ab") as log:
        async with process(tethered([sys.executable, script, said]), HERE, log=log) as child:
            assert child.stdout is not None
            try:
                async with asyncio.timeout(START_DEADLINE_S):
                    line = await child.stdout.readline()
            except TimeoutError:
                raise Failed(f"a worker was not ready in {START_DEADLINE_S:.0f} s") from None
            if not line:
                word = last_word(log_file.read_text(errors="replace"))
                raise Failed(f"a worker ended: {word}")
            yield Running(child, json.loads(line))
