"""The position of a report: that of a real broker, or one that was stated before."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from ledger_events import START
from small_ledger import PARTITIONS, SmallLedger, fill, open_ledger

from agents.edges.crypto.keys import Keyring
from agents.engine.stage import Send
from agents.errors import UserError
from agents.tools.report.reading.position import ground_of, ledger_of
from schemas.codec import POSITION
from schemas.records.case import Position
from schemas.topics import CASES, FACTS, REPORTS
from streams.lifecycle import METHOD_VERSION


@pytest.fixture
async def unfolded(bootstrap: str, tmp_path: Path) -> AsyncIterator[SmallLedger]:
    """Six URLs, and no table of cases."""
    async with AsyncExitStack() as stack:
        found = await open_ledger(stack, bootstrap)
        Keyring.create(tmp_path / "keys.json")
        found.settings = found.settings.model_copy(update={"key_file": tmp_path / "keys.json"})
        await fill(found)
        yield found


@pytest.fixture
async def ledger(unfolded: SmallLedger) -> SmallLedger:
    """Six URLs, folded up to an instant."""
    await unfolded.fold(as_of=START, method=METHOD_VERSION)
    return unfolded


async def test_it_is_where_lifecycle_stands(ledger: SmallLedger) -> None:
    """Of each partition and topic; once stated it is the same, however far lifecycle goes on."""
    stated, _ = await ground_of(ledger.settings, START)
    assert stated.partitions == PARTITIONS
    assert stated.positions.keys() == {str(one) for one in range(PARTITIONS)}
    assert sum(one[REPORTS.name] for one in stated.positions.values()) > 0
    await ledger.send("more", url_key="f" * 32)
    assert (await ground_of(ledger.settings, START, stated.positions)).stated == stated


async def test_a_partition_without_a_position_is_not_taken_for_an_empty_one(
    unfolded: SmallLedger,
) -> None:
    """Its reports would be missing from the report without a word."""
    position = Position(partition=0, offsets={}, as_of=START, code="1", method=METHOD_VERSION)
    said = Send(CASES.name, b"position/0", POSITION.encode(position), partition=0)
    await unfolded.outbox.send([said])
    with pytest.raises(UserError, match=f"{PARTITIONS - 1} partitions .* have no position"):
        await ground_of(unfolded.settings, START)


async def test_a_position_beyond_the_ledger_is_another_ledger(ledger: SmallLedger) -> None:
    """It is said in one line; so it is where the partitions are others."""
    beyond = {"0": {FACTS.name: 10_000}}
    with pytest.raises(UserError, match=r"facts\.v1 ends before the position"):
        await ground_of(ledger.settings, START, beyond)
    other = {str(PARTITIONS): {FACTS.name: 1}}
    with pytest.raises(UserError, match="another"):
        await ground_of(ledger.settings, START, other)


async def test_a_ledger_is_told_from_others(ledger: SmallLedger, tmp_path: Path) -> None:
    """By its broker's topic and its key file; neither is said."""
    one = await ledger_of(ledger.settings)
    assert one == await ledger_of(ledger.settings)
    Keyring.create(tmp_path / "other.json")
    other = ledger.settings.model_copy(update={"key_file": tmp_path / "other.json"})
    assert one != await ledger_of(other)
