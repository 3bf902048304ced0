"""Which URLs a hotline's own ids name, without reading the topic at each search."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from served_ledger import REFERENCE, told_ledger
from small_ledger import KEYS, LINE, open_ledger

from agents.config import Settings
from agents.edges.lookup import ledger as lookups
from agents.edges.lookup.ledger import LedgerLookup
from agents.edges.lookup.name_index import NameIndex
from agents.engine.stage import Received


async def test_a_reference_is_found_without_reading_the_ledger(
    bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same URLs as by reading it, also of a notice that comes later, and none of a stranger."""
    async with AsyncExitStack() as stack:
        made = await open_ledger(stack, bootstrap)
        keys = await told_ledger(made, tmp_path)
        index = NameIndex(made.settings, lambda _: False)
        lookup = LedgerLookup(made.settings, keys.hash, lambda _: False, lambda _, __: True, index)
        assert await lookup.named([LINE], REFERENCE) == {KEYS[1]}  # it is not ready: the topic is
        following = asyncio.create_task(index.run())
        try:
            async with asyncio.timeout(60):
                while not index.ready:
                    await asyncio.sleep(0.02)
            monkeypatch.delattr(lookups, "read_partitions")
            assert await lookup.named([LINE], REFERENCE) == {KEYS[1]}
            assert await lookup.named(["another"], REFERENCE) == frozenset()
            assert await lookup.named([LINE], "another") == frozenset()
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
        assert not index.ready


def test_what_is_set_aside_or_no_entry_names_nothing() -> None:
    """And it does not end the index."""
    index = NameIndex(Settings(), lambda record: record.offset == 1)
    for offset, value in ((0, b"{"), (0, b""), (1, b"{}")):
        index.take(Received("reports.v1", 0, offset, 0, b"k", value))
    assert index.find(["a" * 32]) == frozenset()
