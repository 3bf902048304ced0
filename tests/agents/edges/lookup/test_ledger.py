"""Laws of what is looked up in the ledger of a real broker."""

from contextlib import AsyncExitStack
from pathlib import Path

from served_ledger import REFERENCE, told_ledger
from small_ledger import KEYS, LINE, open_ledger

from agents.edges.lookup.ledger import LedgerLookup
from agents.engine.stage import Received
from schemas.records.reports import NoticeAccepted


async def test_a_url_s_records_and_a_hotlines_own_ids_are_found(
    bootstrap: str, tmp_path: Path
) -> None:
    """All of the URL and of no other; what is set aside is not there, and leads nowhere."""
    async with AsyncExitStack() as stack:
        ledger = await open_ledger(stack, bootstrap)
        keys = await told_ledger(ledger, tmp_path)
        aside: list[int] = []

        def is_aside(record: Received) -> bool:
            return record.topic == "reports.v1" and record.offset in aside

        lookup = LedgerLookup(ledger.settings, keys.hash, is_aside, lambda _, __: True)
        found = await lookup.events(KEYS[1])
        assert {record.url_key for record, _ in found} == {KEYS[1]}
        notices = [record for record, _ in found if isinstance(record, NoticeAccepted)]
        assert len(notices) == 2
        assert await lookup.named([LINE], REFERENCE) == {KEYS[1]}
        assert await lookup.named(["another"], REFERENCE) == frozenset()
        assert await lookup.named([LINE], "another") == frozenset()
        aside.extend(range(100))
        assert await lookup.named([LINE], REFERENCE) == frozenset()
        assert not any(isinstance(one, NoticeAccepted) for one, _ in await lookup.events(KEYS[1]))
