"""The pages over a small ledger on a real broker, as a worker's rollup serves them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger_events import notice
from msgspec import structs
from small_ledger import KEYS, LINE, SmallLedger, fill

from agents.edges.crypto.keys import Keyring
from agents.edges.lookup.ledger import LedgerLookup
from agents.edges.web.case_lookup import CaseLookup
from agents.edges.web.server import WebServer
from agents.engine.stage import Send
from agents.http_settings import WebSettings
from agents.stages.rollup.stage import RollupStage
from schemas import codec, topics
from schemas.closed_lists import Role
from schemas.identity.ids import case_id, keyed_hotline_text_id
from schemas.moments import DAY_MS
from schemas.records.registry import HosterEntry, HotlineEntry

REFERENCE = "our-reference-42"
CASE = case_id(KEYS[1], "acme", Role.HOSTING, 0)
"""Reported and noticed, and seen online ever since; its notice has the reference."""


@dataclass(frozen=True)
class Served:
    """What is served, and by what."""

    server: WebServer
    rollup: RollupStage
    ledger: SmallLedger
    keys: Keyring


async def told_ledger(ledger: SmallLedger, folder: Path) -> Keyring:
    """Fill a ledger: six URLs, a notice with a reference, a registry; fold it as of tomorrow."""
    keys = Keyring.create(folder / "keys.json")
    await fill(ledger)
    made, appended_at = notice(3, recipient="acme")
    named = structs.replace(
        made, reference=keyed_hotline_text_id(keys.hash, "reference", LINE, REFERENCE)
    )
    await ledger.entry(KEYS[1], (named, appended_at), "n-own")
    entries = (
        HosterEntry(id="acme", version=1, valid_from=0, name="Acme Hosting", country="NL"),
        HotlineEntry(id=LINE, version=1, valid_from=0, name="Alpha"),
    )
    sends = [
        Send(topics.REGISTRY.name, f"x/{e.id}/1".encode(), codec.REGISTRY.encode(e))
        for e in entries
    ]
    await ledger.outbox.send(sends)
    await ledger.write_outcomes()
    await ledger.fold(as_of=ledger.settings.clock.clock().now() + DAY_MS)
    return keys


@asynccontextmanager
async def served(ledger: SmallLedger, keys: Keyring) -> AsyncIterator[Served]:
    """Run a rollup over the ledger and serve its pages."""
    rollup = RollupStage(ledger.settings)
    running = asyncio.create_task(rollup.run())
    lookup = LedgerLookup(ledger.settings, keys.hash, lambda _: False, lambda _, __: True)
    case_lookup = CaseLookup(rollup.finder, lookup, lambda: rollup.view)
    server = WebServer(
        WebSettings(port=0),
        lambda: rollup.view,
        cases=rollup.finder.cases_of,
        case_lookup=case_lookup,
    )
    try:
        await server.start()
        async with asyncio.timeout(120):
            while not rollup.view.ready and not running.done():
                await asyncio.sleep(0.02)
        yield Served(server, rollup, ledger, keys)
    finally:
        await server.stop()
        await case_lookup.jobs.stop()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
