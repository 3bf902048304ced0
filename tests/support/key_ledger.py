"""Ledgers whose keys a test binds, races for and destroys."""

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from agents.config import KafkaSettings, Settings
from agents.edges import admin
from agents.edges.keys import Keyring
from agents.edges.ledgerkeys import LedgerKeys
from agents.engine.outbox import KafkaOutbox
from agents.engine.stage import Send
from schemas.bound import reported_url
from schemas.codec import LEDGER
from schemas.ids import canonical
from schemas.ledger import ReportAccepted
from schemas.reasons import HotlineMode
from schemas.topics import REPORTS

MARCH = 1_772_900_000_000
APRIL = MARCH + 31 * 86_400_000
URL = "http://a.example/x"
_RUNS = itertools.count()


async def ledger(bootstrap: str, folder: Path) -> Settings:
    """Make the topics of a new ledger; the settings name a key file that is not there."""
    kafka = KafkaSettings(
        bootstrap=bootstrap, topic_prefix=f"keys{os.getpid()}x{next(_RUNS)}.", partitions=1
    )
    settings = Settings(kafka=kafka, state_dir=folder, key_file=folder / "keys.json", vantages=())
    await admin.apply(settings, admin.wanted(settings))
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


async def report(settings: Settings, ring: Keyring, at: int, url: str = URL) -> str:
    """Write a report sealed in the month of an instant; return the sealed text."""
    key = ring.url_key(canonical(url))
    sealed = ring.seal(url, at, reported_url(key))
    entry = ReportAccepted(
        url_key=key,
        hotline="line",
        record_id="r1",
        received_at=at,
        reported_at=at,
        mode=HotlineMode.DELIVERY,
        sealed=sealed,
    )
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await outbox.send([Send(REPORTS.name, key.encode(), LEDGER.encode(entry))])
    finally:
        await outbox.stop()
    return sealed
