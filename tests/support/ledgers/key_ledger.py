"""Ledgers whose keys a test binds, races for and destroys."""

import asyncio
import itertools
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import fork_server

from agents.config import KafkaSettings, Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.ledger_keys import LedgerKeys
from agents.edges.kafka import topic_admin
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send
from schemas.closed_lists import HotlineMode
from schemas.codec import REPORTS_ENTRY
from schemas.identity.ids import canonical
from schemas.records.reports import ReportAccepted
from schemas.seal_context import reported_url
from schemas.topics import REPORTS

MARCH = 1_772_900_000_000
APRIL = MARCH + 31 * 86_400_000
URL = "http://a.example/x"
BOUND = reported_url("ab" * 16)
RACE_DEADLINE_S = 180.0
_RUNS = itertools.count()


async def ledger(bootstrap: str, folder: Path) -> Settings:
    """Make the topics of a new ledger; the settings name a key file that is not there."""
    kafka = KafkaSettings(
        bootstrap=bootstrap, topic_prefix=f"keys{os.getpid()}x{next(_RUNS)}.", partitions=1
    )
    settings = Settings(kafka=kafka, state_dir=folder, key_file=folder / "keys.json", vantages=())
    await topic_admin.apply(settings, topic_admin.wanted(settings))
    return settings


def with_file(settings: Settings, file: Path) -> Settings:
    """Return the settings of another host."""
    return settings.model_copy(update={"key_file": file})


@asynccontextmanager
async def started(settings: Settings) -> AsyncIterator[LedgerKeys]:
    """Give a process' keys, followed until the end of the context."""
    keys = LedgerKeys(settings)
    await keys.start()
    try:
        yield keys
    finally:
        await keys.stop()


async def report(settings: Settings, ring: Keyring, at: int, url: str = URL, id: str = "r1") -> str:
    """Write a report sealed in the month of an instant; return the sealed text."""
    key = ring.url_key(canonical(url))
    sealed = ring.seal(url, at, reported_url(key))
    entry = ReportAccepted(
        url_key=key,
        hotline="line",
        record_id=id,
        received_at=at,
        reported_at=at,
        mode=HotlineMode.DELIVERY,
        sealed=sealed,
    )
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await outbox.send([Send(REPORTS.name, key.encode(), REPORTS_ENTRY.encode(entry))])
    finally:
        await outbox.stop()
    return sealed


_PROGRAM = """
import asyncio, json, signal, sys
from pathlib import Path
from agents.config import KafkaSettings, Settings
from agents.edges.crypto.ledger_keys import LedgerKeys
from schemas.seal_context import reported_url

async def main(bootstrap, prefix, file, months, races):
    kafka = KafkaSettings(bootstrap=bootstrap, topic_prefix=prefix, partitions=1)
    keys = LedgerKeys(Settings(kafka=kafka, key_file=Path(file), vantages=()))
    await keys.start()
    print("ready", flush=True)
    if races:
        signal.sigwait({signal.SIGUSR1})
    bound = reported_url("ab" * 16)
    sealed = []
    for at in months:
        await keys.ring.ready(at)
        sealed.append(keys.ring.seal("x", at, bound))
    await keys.stop()
    print(json.dumps(sealed))

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
asyncio.run(main(*json.loads(sys.argv[1])))
"""


def sealing(settings: Settings, months: Sequence[int]) -> list[str]:
    """Return a command that seals a text in each month.

    Args:
        settings: of the ledger.
        months: an instant of each.
    """
    return [sys.executable, "-c", _PROGRAM, _told(settings, months, races=False)]


def _told(settings: Settings, months: Sequence[int], *, races: bool) -> str:
    """Return the program's argument; one that races waits for a signal when it is ready."""
    kafka = settings.kafka
    said = [kafka.bootstrap, kafka.topic_prefix, str(settings.key_file), list(months), races]
    return json.dumps(said)


async def raced(settings: Settings, months: Sequence[int], count: int) -> list[str]:
    """Let processes meet months at once, and return the texts that all of them sealed.

    Args:
        settings: of the ledger.
        months: an instant of each.
        count: how many processes.
    """
    told = [_told(settings, months, races=True)]
    folder = settings.state_dir
    racers = [
        await fork_server.start(told, folder, os.environ, program=_PROGRAM) for _ in range(count)
    ]
    texts: list[str] = []
    try:
        async with asyncio.timeout(RACE_DEADLINE_S):
            for racer in racers:
                await racer.stdout.readuntil(b"ready\n")  # libraries may warn before it
            for racer in racers:
                racer.send_signal(signal.SIGUSR1)
            for racer in racers:
                said = (await racer.stdout.read()).splitlines()
                assert any(line.startswith(b'["') for line in said), said
                texts += json.loads(next(line for line in said if line.startswith(b'["')))
    finally:
        for racer in racers:
            racer.kill()
            await racer.wait()
    return texts
