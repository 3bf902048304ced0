"""Which URLs a hotline's own ids name, without reading the topic at each search."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError
from served_ledger import REFERENCE, told_ledger
from small_ledger import KEYS, LINE, open_ledger

from agents.config import Settings
from agents.edges.lookup import ledger as lookups
from agents.edges.lookup import name_index
from agents.edges.lookup.ledger import LedgerLookup
from agents.edges.lookup.name_index import NameIndex
from agents.engine.read.bulk import Follower
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


async def test_what_is_set_aside_later_and_a_fault_make_the_index_anew(
    bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finds what one finds that starts after the skip; meanwhile searches read the topic."""
    async with AsyncExitStack() as stack:
        made = await open_ledger(stack, bootstrap)
        keys = await told_ledger(made, tmp_path)
        skips: list[int] = []
        failing = [KafkaConnectionError()]
        start = Follower.start

        async def started(self: Follower) -> None:
            if failing:
                raise failing.pop()
            await start(self)

        monkeypatch.setattr(name_index, "AGAIN_S", 0.01)
        monkeypatch.setattr(Follower, "start", started)
        index = NameIndex(made.settings, lambda _: bool(skips), lambda: len(skips))
        lookup = LedgerLookup(made.settings, keys.hash, index.is_aside, lambda _, __: True, index)
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            following = group.create_task(index.run())
            while not index.ready:
                await asyncio.sleep(0.02)
            assert await lookup.named([LINE], REFERENCE) == {KEYS[1]}
            skips.append(1)
            while await lookup.named([LINE], REFERENCE):
                await asyncio.sleep(0.02)
            while not index.ready:
                await asyncio.sleep(0.02)
            assert await lookup.named([LINE], REFERENCE) == frozenset()
            following.cancel()


def test_what_is_set_aside_or_no_entry_names_nothing() -> None:
    """And it does not end the index."""
    index = NameIndex(Settings(), lambda record: record.offset == 1)
    for offset, value in ((0, b"{"), (0, b""), (1, b"{}")):
        index.take(Received("reports.v1", 0, offset, 0, b"k", value))
    assert index.find(["a" * 32]) == frozenset()
