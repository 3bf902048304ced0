"""Ledgers whose keys a test binds, races for and destroys."""

import asyncio
import itertools
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

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
import asyncio, json, sys
from pathlib import Path
from agents.config import KafkaSettings, Settings
from agents.edges.crypto.ledger_keys import LedgerKeys
from schemas.seal_context import reported_url

async def main(bootstrap, prefix, file, months):
    kafka = KafkaSettings(bootstrap=bootstrap, topic_prefix=prefix, partitions=1)
    keys = LedgerKeys(Settings(kafka=kafka, key_file=Path(file), vantages=()))
    await keys.start()
    print("ready", flush=True)
    sys.stdin.readline()
    bound = reported_url("ab" * 16)
    sealed = []
    for at in months:
        await keys.ring.ready(at)
        sealed.append(keys.ring.seal("x", at, bound))
    await keys.stop()
    print(json.dumps(sealed))

asyncio.run(main(*json.loads(sys.argv[1])))
"""


def sealing(settings: Settings, months: Sequence[int]) -> list[str]:
    """Return a command that says `ready`, waits for a line, and seals a text in each month.

    Args:
        settings: of the ledger.
        months: an instant of each.
    """
    kafka = settings.kafka
    said = [kafka.bootstrap, kafka.topic_prefix, str(settings.key_file), list(months)]
    return [sys.executable, "-c", _PROGRAM, json.dumps(said)]


def _begun(command: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


async def raced(settings: Settings, months: Sequence[int], count: int) -> list[str]:
    """Let processes meet months at once, and return the texts that all of them sealed.

    Args:
        settings: of the ledger.
        months: an instant of each.
        count: how many processes.
    """
    racers = [_begun(sealing(settings, months)) for _ in range(count)]
    texts: list[str] = []
    try:
        for racer in racers:
            assert await asyncio.to_thread(racer.stdout.readline) == "ready\n"
        for racer in racers:
            racer.stdin.write("go\n")
            racer.stdin.flush()
        for racer in racers:
            output, _ = await asyncio.to_thread(racer.communicate, timeout=120)
            texts += json.loads(output)
    finally:
        for racer in racers:
            racer.kill()
            racer.wait()
    return texts
