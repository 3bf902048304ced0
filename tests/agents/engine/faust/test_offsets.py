"""Laws of the committed offset that Faust 0.15.3 breaks: nothing unfinished lies below it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from contestants import IN, OURS, ROLE, Contestant, Job, Record, keepers
from groups import Offsets, append, append_in_transaction, becomes, offsets
from scratch_topics import create_topic

from agents.config import Settings

HELD, WITNESS = b"held", b"witness"
HANDS = 4


@dataclass(slots=True)
class Work:
    """A job whose records named `HELD` stay in hand until they are let go."""

    settings: Settings
    offsets: Offsets
    done: set[tuple[int, int]] = field(default_factory=set)
    begun: set[tuple[int, int]] = field(default_factory=set)
    letting_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, record: Record) -> None:
        """Do a record."""
        self.begun.add((record.partition, record.offset))
        if record.value == HELD:
            await self.letting_go.wait()
        self.done.add((record.partition, record.offset))

    async def finished(self, *offsets: int) -> None:
        """Wait until records of partition 0 are done."""
        await becomes(lambda: {(0, offset) for offset in offsets} <= self.done)

    async def settled(self) -> int:
        """Return what partition 0 is committed to once a later record of another one is."""
        await append(self.settings, IN, [WITNESS], partition=1)
        await self.offsets.reach(1, partition=1)
        return await self.offsets.at()


@asynccontextmanager
async def working(
    contestant: Contestant, settings: Settings, values: Sequence[bytes] = (), **more: object
) -> AsyncIterator[Work]:
    """Run a job over an input whose partition 0 begins with some values."""
    await create_topic(settings, IN, 2)
    if values:
        await append(settings, IN, values)
    async with offsets(settings, ROLE, IN) as found:
        work = Work(settings, found)
        async with contestant(settings, Job(work.handle, concurrency=HANDS, more=more)):
            try:
                yield work
            finally:
                work.letting_go.set()


async def test_no_offset_passes_a_record_in_hand(bootstrap, tmp_path):
    """While the record at the committed offset is in hand, later ones move nothing.

    `Consumer._new_offset` looks for a hole in front of what is done only if it is wider than one.
    """

    async def law(contestant: Contestant, settings: Settings) -> bool:
        async with working(contestant, settings, [b"a"]) as work:
            await work.offsets.reach(1)
            await append(settings, IN, [HELD, b"b", b"c"])
            await work.finished(2, 3)
            return await work.settled() <= 1

    assert await keepers(law, bootstrap, tmp_path) == {OURS}


async def test_no_first_offset_passes_a_record_in_hand(bootstrap, tmp_path):
    """The same where nothing was committed yet.

    `Consumer._new_offset` looks for no hole at all then.
    """

    async def law(contestant: Contestant, settings: Settings) -> bool:
        async with working(contestant, settings, [HELD, b"a", b"b"]) as work:
            await work.finished(1, 2)
            return await work.settled() == 0

    assert await keepers(law, bootstrap, tmp_path) == {OURS}


async def test_a_gap_in_the_offsets_is_no_finished_record(bootstrap, tmp_path):
    """The record behind a transaction's marker is done when it is done.

    `Consumer._drain_messages` hands the offset of the record itself to `_add_gap`, as if it too
    were missing.
    """

    async def law(contestant: Contestant, settings: Settings) -> bool:
        async with working(contestant, settings) as work:
            await append_in_transaction(settings, IN, [(None, b"a"), (None, b"b")])
            await work.offsets.reach(2)
            await append(settings, IN, [HELD, b"c"])  # 3 and 4, behind the marker
            await work.finished(4)
            return await work.settled() <= 3

    assert await keepers(law, bootstrap, tmp_path) == {OURS}


async def test_a_stop_finishes_nothing_that_is_in_hand(bootstrap, tmp_path):
    """What is given up at a stop comes again.

    `StreamIterator` acknowledges in a `finally`, which a cancelled agent passes too; Faust waits
    for it unless `stream_wait_empty` is off, and then for ever.
    """

    async def law(contestant: Contestant, settings: Settings) -> bool:
        await create_topic(settings, IN, 2)
        await append(settings, IN, [HELD])
        async with offsets(settings, ROLE, IN) as found:
            work = Work(settings, found)
            job = Job(work.handle, concurrency=HANDS, more={"stream_wait_empty": False})
            async with contestant(settings, job):
                await becomes(lambda: (0, 0) in work.begun)
                await work.settled()
            return await work.offsets.at() == 0

    assert await keepers(law, bootstrap, tmp_path) == {OURS}


async def test_no_offset_passes_a_record_that_nobody_was_given(bootstrap, tmp_path):
    """A record that is not what its topic holds is a matter of the stage too.

    `Conductor` acknowledges what does not decode, and only then tells the agent.
    """

    async def law(contestant: Contestant, settings: Settings) -> bool:
        values = [b'{"n": 0}', b'{"n":', b'{"n": 2}']
        async with working(contestant, settings, values, value_serializer="json") as work:
            await work.offsets.reach(2)
            passed = set(range(await work.offsets.at()))
            return passed <= {offset for _, offset in work.done}

    assert await keepers(law, bootstrap, tmp_path) == {OURS}
