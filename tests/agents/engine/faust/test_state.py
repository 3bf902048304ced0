"""Laws of state that Faust 0.15.3 breaks: it is recovered whole and dropped whole."""

import asyncio
from collections.abc import Sequence

from contestants import IN, OURS, STOCK, keepers
from counters import CHANGELOG, Counter, Counting, Run, key_of, ours_counting, stock_counting
from groups import append, append_in_transaction, becomes, cut
from scratch_topics import create_topic

from agents.config import Settings

COUNTERS = {OURS: ours_counting, STOCK: stock_counting}
K = key_of(0)


async def topics(settings: Settings, partitions: int = 1) -> None:
    await create_topic(settings, IN, partitions)
    # `delete` too, so that a test may cut it
    await create_topic(settings, CHANGELOG, partitions, {"cleanup.policy": "compact,delete"})


async def recovers(run: Run) -> bool:
    """Return True once everything is loaded, False once nothing more can be."""
    while not run.recovered():
        if await run.stuck():
            return False
        await asyncio.sleep(0.02)
    return True


async def test_a_state_whose_last_record_is_a_marker_is_recovered(bootstrap, tmp_path):
    """A changelog ends where it ends, whether a record stands there or not.

    `Recovery.need_recovery` waits for the record before the end, which a transaction's marker is
    not; only with `exactly_once` it reads the position.
    """

    async def law(counter: Counter, settings: Settings) -> bool:
        await topics(settings)
        await append(settings, IN, [b"a"] * 10)  # what the state says that it has counted
        await append_in_transaction(settings, CHANGELOG, [(K, b"10 9")])
        async with counter(settings, Counting()) as run:
            return await recovers(run) and run.state() == {K: b"10 9"}

    assert await keepers(law, bootstrap, tmp_path, **COUNTERS) == {OURS}


async def test_a_state_that_lost_its_head_is_recovered(bootstrap, tmp_path):
    """Where a changelog begins does not depend on where inputs begin.

    `Recovery._build_offsets` seeks to the record before the first; what happens then is decided
    by `consumer_auto_offset_reset`, and `latest` is the end.
    """

    async def law(counter: Counter, settings: Settings) -> bool:
        await topics(settings)
        await append(settings, IN, [b"a"] * 3)  # what the state says that it has counted
        await append_in_transaction(settings, CHANGELOG, [(K, b"1 0"), (K, b"2 1")])
        await append(settings, CHANGELOG, [b"3 2"], key=K)
        await cut(settings, CHANGELOG, 3)
        more = {"consumer_auto_offset_reset": "latest"}
        async with counter(settings, Counting(more=more)) as run:
            return await recovers(run) and run.state() == {K: b"3 2"}

    assert await keepers(law, bootstrap, tmp_path, **COUNTERS) == {OURS}


async def test_the_last_value_stands_after_a_tombstone(bootstrap, tmp_path):
    """What was deleted and written again is there, an empty value too.

    `Store.apply_changelog_batch` of memory tells the two apart by whether the value is true.
    """

    async def law(counter: Counter, settings: Settings) -> bool:
        await topics(settings)
        for value in (b"1 0", None, b""):
            await append(settings, CHANGELOG, [value], key=K)
        async with counter(settings, Counting()) as run:
            assert await recovers(run)
            return run.state() == {K: b""}

    assert await keepers(law, bootstrap, tmp_path, **COUNTERS) == {OURS}


def mine(run: Run) -> Sequence[bytes]:
    topic = f".{IN}"
    parts = [tp.partition for tp in run.app.consumer.assignment() if tp.topic.endswith(topic)]
    return sorted(key_of(part) for part in parts)


def split(one: Run, two: Run) -> bool:
    return len(mine(one)) == 1 and two.state().keys() == set(mine(two))


async def test_what_is_not_owned_is_not_held(bootstrap, tmp_path):
    """A partition that went to another member leaves nothing behind.

    The memory store's `_key_partition` knows the keys that were recovered and not those that were
    written since.
    """

    async def law(counter: Counter, settings: Settings) -> bool:
        await topics(settings, partitions=2)
        for partition in (0, 1):
            await append(settings, IN, [b"a"], partition)
        work = Counting(partitions=2)
        async with counter(settings, work) as one:
            await becomes(lambda: set(one.state()) == {key_of(0), key_of(1)})
            async with counter(settings, work) as two:
                await becomes(lambda: one.recovered() and two.recovered() and split(one, two))
                return sorted(one.state()) == mine(one)

    assert await keepers(law, bootstrap, tmp_path, **COUNTERS) == {OURS}
