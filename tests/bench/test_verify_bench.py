"""What verifying costs: processor time and memory by events of the ledger."""

import resource
from contextlib import AsyncExitStack
from random import Random

import pytest
from harness import SMALL, metered, scaled
from ledger_events import CONTROL, GONE, ONLINE, notice, place, placed, report, slot
from msgspec import structs
from small_ledger import SmallLedger, open_ledger

from agents.engine.stage import Send
from agents.tools.verification.verify import verify
from schemas.codec import FACT, REPORTS_ENTRY
from schemas.topics import FACTS, REPORTS

pytestmark = pytest.mark.bench

EVENTS = scaled(100_000)
MILLION = 1_000_000
MINUTE_S = 60.0
TIMETABLE_H = (0, 0.25, 0.5, 0.9, 1.1, 2, 4, 8, 11.5, 12.5, 18, 23.5, 24.5, 30, 36, 47.5, 48.5, 72)


async def reported(ledger: SmallLedger, number: int, chance: Random) -> int:
    """Let one URL be reported, noticed and probed for three days; return the records."""
    url_key = f"{chance.getrandbits(128):032x}"
    hoster = f"h{chance.randrange(40)}"
    there = {"hoster": hoster, "hosters": (hoster,)}
    gone_h = chance.choice((3, 20, 60, 999))
    hours = [*TIMETABLE_H, *(gone_h + k / 6 for k in range(1, 8) if gone_h < 72)]
    facts = [placed(0.01, place(hoster))]
    for i, hour in enumerate(sorted(hours)):
        seen = ONLINE if hour < gone_h else GONE
        facts += slot(1 + hour, seen, control=None if i % 5 else CONTROL, **there)
    entries = []
    for id, (entry, _) in (
        (f"r{number}", report(0, seen=0)),
        (f"n{number}", notice(recipient=hoster)),
    ):
        entries.append(structs.replace(entry, url_key=url_key, record_id=id))
        await ledger.send(id, url_key=url_key, type="report" if id[0] == "r" else "notice")
    key = url_key.encode()
    made = [structs.replace(fact, url_key=url_key) for fact, _ in facts]
    await ledger.outbox.send(
        [
            *(Send(REPORTS.name, key, REPORTS_ENTRY.encode(entry)) for entry in entries),
            *(Send(FACTS.name, key, FACT.encode(fact)) for fact in made),
        ]
    )
    return 2 * len(entries) + len(facts)


async def test_a_million_events_in_a_minute(told, bootstrap):
    """By processor time, one core verifies a million events in under a minute."""
    async with AsyncExitStack() as stack:
        ledger = await open_ledger(stack, bootstrap)
        chance, events, number = Random(1), 0, 0
        while events < EVENTS:
            events += await reported(ledger, number, chance)
            number += 1
        await ledger.write_outcomes()
        await ledger.commit()
        await ledger.fold()
        meter = metered()
        found = await verify(ledger.settings, lambda *_: None)
        cost = meter.measured(events)
    assert found.agrees, found.differences
    assert found.events == events
    rss_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024
    told(
        f"verify: {cost.cpu_us} us of CPU an event, {rss_mib} MiB",
        cpu_us_per_event=cost.cpu_us,
        rss_mib=rss_mib,
    )
    assert SMALL or cost.cpu_us * MILLION < MINUTE_S * 1e6
