"""A small ledger with a key file and two persons, as the desk meets it."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger_events import NORTH, ONLINE, SOUTH, START, notice, place, placed, report, slots
from msgspec import structs
from small_ledger import KEYS, LINE, SmallLedger, fill, open_ledger
from two_persons import TwoPersons

from agents.config import ClockSettings
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.ledger_keys import LedgerKeys, bind_key_file
from agents.edges.crypto.person_key import PersonKey
from agents.tools.sealed.audit import Authority
from schemas.closed_lists import Role
from schemas.identity.ids import case_id, keyed_hotline_text_id
from schemas.moments import DAY_MS
from schemas.seal_context import reported_url
from sim.demo.demo_settings import as_toml

LEAK_MARKER = "canary-of-the-desk.example/page"
REFERENCE = "2026-001234"
BACKDATED = "f" * 32
"""The URL of a notice that its hotline handed in 29 hours after its proof."""

URL_KEY = KEYS[3]
CASE = case_id(URL_KEY, "acme", Role.HOSTING, 0)


@dataclass(slots=True)
class SignedLedger:
    """The ledger and its persons, anna and bram."""

    ledger: SmallLedger
    persons: TwoPersons

    def by(self, id: str) -> Authority:
        """Return on whose word something is opened."""
        return Authority(PersonKey.load(self.persons.key(id), str), "a court asks")


async def rename(desk: SignedLedger, name: str) -> None:
    """Let the registry call the hoster of the fourth URL by another name, and fold the ledger."""
    called = place(name, formerly=("acme",))
    resolved = [placed(31 + n / 10, called, vantage=one) for n, one in enumerate((NORTH, SOUTH))]
    await desk.ledger.facts(URL_KEY, resolved)
    await desk.ledger.fold()


@asynccontextmanager
async def desk_ledger(bootstrap: str, folder: Path) -> AsyncIterator[SignedLedger]:
    """Open a ledger whose fourth URL was reported with a text that opens.

    The persons are entered before its first record, so they may sign at once. It is 500 days after
    the reports: no probe is to come.
    """
    async with AsyncExitStack() as stack:
        found = await open_ledger(stack, bootstrap)
        Keyring.create(folder / "keys.json")
        clock = ClockSettings(
            start_wall_ms=time.time_ns() // 1_000_000, start_world_ms=START + 500 * DAY_MS
        )
        found.settings = found.settings.model_copy(
            update={"key_file": folder / "keys.json", "clock": clock}
        )
        config = folder / "hostwatch.toml"
        config.write_text(as_toml(found.settings))
        persons = TwoPersons(folder, config)
        await persons.found()
        await bind_key_file(found.settings, Keyring.load(folder / "keys.json"))
        await fill(found)
        await _seal(found)
        await _backdated(found)
        await found.fold()
        yield SignedLedger(found, persons)


async def _seal(ledger: SmallLedger) -> None:
    keys = LedgerKeys(ledger.settings)
    await keys.start()
    try:
        entry, at = report(2)
        await keys.ring.ready(at)
        sealed = keys.ring.seal(f"http://{LEAK_MARKER}", at, reported_url(URL_KEY))
    finally:
        await keys.stop()
    entry = structs.replace(entry, hotline=LINE, sealed=sealed)
    await ledger.entry(URL_KEY, (entry, at), "again")


async def _backdated(ledger: SmallLedger) -> None:
    """Report a URL at acme that stays; its notice counts from 30 h, by its proof from 1 h."""
    hash = Keyring.load(ledger.settings.key_file).hash
    told, at = notice(
        1,
        received=30,
        backdated=True,
        reference=keyed_hotline_text_id(hash, "reference", LINE, REFERENCE),
    )
    await ledger.entry(BACKDATED, report(0, seen=0), "late-report")
    await ledger.entry(BACKDATED, (told, at), "late-notice")
    there = {"hoster": "acme", "hosters": ("acme",)}
    seen = [placed(0, place("acme")), *slots([1, 8, 20, 40, 40.2, 40.4, 40.6], ONLINE, **there)]
    await ledger.facts(BACKDATED, seen)
