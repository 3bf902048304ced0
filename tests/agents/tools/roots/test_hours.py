"""What the ledger took in, hour by hour, on a real broker."""

import time
from contextlib import AsyncExitStack

from small_ledger import fill, open_ledger

from agents.config import ClockSettings
from agents.engine.read.bulk import read_partitions
from agents.tools.roots.hours import hash_of, leaves_of_hour, read_hours
from schemas.chain.leaf import COVERED
from schemas.moments import HOUR_MS

FIRST_AT = 480_000 * HOUR_MS


async def test_each_record_is_in_the_hour_in_which_the_broker_took_it(bootstrap) -> None:
    """In the order of topic, partition and offset; what is covered is not read again."""
    async with AsyncExitStack() as stack:
        ledger = await open_ledger(stack, bootstrap)
        now = time.time_ns() // 1_000_000
        clock = ClockSettings(start_wall_ms=now, start_world_ms=FIRST_AT, speed=36_000)
        settings = ledger.settings.model_copy(update={"clock": clock})
        await fill(ledger)
        read = []
        for spec in COVERED:
            parts = (0,) if spec.single else (0, 1)
            async for records in read_partitions(settings, spec.name, parts):
                read += records
        hours = {record.appended_at // HOUR_MS * HOUR_MS for record in read}
        to = max(hours)
        found = await read_hours(settings, {}, 0, to)
        assert set(found) == hours - {to}
        for hour_at, stretches in found.items():
            mine = [record for record in read if hour_at <= record.appended_at < hour_at + HOUR_MS]
            mine.sort(key=lambda record: (record.topic, record.partition, record.offset))
            assert leaves_of_hour(stretches) == [hash_of(record) for record in mine]
        ends = {part: one.end for at in sorted(found) for part, one in found[at].items()}
        assert set(await read_hours(settings, ends, to, to + HOUR_MS)) == {to}
