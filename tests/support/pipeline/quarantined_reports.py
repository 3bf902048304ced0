"""Reports that intake quarantined before it knew their hotline."""

import json

from desk_ledger import SignedLedger

from agents.edges.crypto.key_reading import read_ring
from agents.engine.stage import Send
from schemas.closed_lists import Quarantine
from schemas.codec import QUARANTINED
from schemas.records.processing import Origin, Quarantined
from schemas.seal_context import quarantined_key, quarantined_record
from schemas.topics import HOTLINE, QUARANTINE

LINE = "alpha"
INBOX = HOTLINE.named(LINE)
LEAK_MARKER = "canary-of-the-quarantine"
COUNT = 7


def body(n: int) -> bytes:
    """Return a report."""
    said = {"type": "report", "v": 1, "id": f"q{n}", "url": f"https://{LEAK_MARKER}.example/{n}"}
    return json.dumps(said | {"reported_at": "2026-02-01T00:00:00Z"}).encode()


async def quarantine_them(desk: SignedLedger) -> list[str]:
    """Quarantine reports, one of them written twice; return where they stood."""
    ring = await read_ring(desk.ledger.settings)
    at, sends = ring.newest_at or 0, []
    for n in range(COUNT):
        origin = Origin(topic=INBOX, partition=0, offset=1_000 + n, appended_at=at + n)
        record = Quarantined(
            hotline=LINE,
            origin=origin,
            reason=Quarantine.UNKNOWN_HOTLINE,
            record=ring.seal_bytes(body(n), at, quarantined_record(origin)),
            key=ring.seal_bytes(f"q{n}".encode(), at, quarantined_key(origin)),
        )
        sends.append(Send(QUARANTINE.name, LINE.encode(), QUARANTINED.encode(record)))
    await desk.ledger.outbox.send([*sends, sends[0]])
    return [f"{INBOX}/0/{1_000 + n}" for n in range(COUNT)]
