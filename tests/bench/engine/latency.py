"""How long it takes from the append of an event to its output with a reader, and to a gauge.

Events are handed in at an even rate while a reader of committed records follows the outputs and
keeps gauges of them (`gauge.py`). The append time is the broker's, of the same machine. The others
are the reader's, so waiting for a transaction to be committed counts, and so does its reading.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import gauge
import ground
import job
import msgspec
from aiokafka import AIOKafkaProducer
from harness import Failed, percentiles_ms
from harness import process as process_of
from race import HERE, BenchEnvironment, Contestant, process, spec_for, tidy

from agents.edges.child_process.tether import tethered
from schemas.identity.ids import partition_of

TICK_S = 0.005
WARM_S = 3.0
"""Left out of the figures: filling caches, first growth of tables."""

START_DEADLINE_S = 30.0
TAIL_S = 10.0
"""What has not arrived so long after the last event was handed in counts as not arrived."""

Record = tuple[int, bytes, bytes]


class _Numbered(msgspec.Struct):
    seq: int


_NUMBER = msgspec.json.Decoder(_Numbered)


async def hand_in(bootstrap: str, topic: str, records: Sequence[Record], rate: float) -> None:
    """Append records at an even rate, in batches of what is due every five milliseconds."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    sent: set[asyncio.Future[object]] = set()
    begun, done = time.perf_counter(), 0
    try:
        while done < len(records):
            due = min(len(records), int((time.perf_counter() - begun) * rate) + 1)
            batches: dict[int, Any] = {}
            for partition, key, value in records[done:due]:
                batch = batches.get(partition)
                if batch is None:
                    batch = batches[partition] = producer.create_batch()
                if batch.append(key=key, value=value, timestamp=None) is None:
                    sent.add(await producer.send_batch(batch, topic, partition=partition))
                    batch = batches[partition] = producer.create_batch()
                    batch.append(key=key, value=value, timestamp=None)
            for partition, batch in batches.items():
                sent.add(await producer.send_batch(batch, topic, partition=partition))
            done = due
            sent = {future for future in sent if not future.done()}
            await asyncio.sleep(TICK_S)
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


@asynccontextmanager
async def watcher(told: gauge.Told) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the reader of the outputs for the duration of the block, and let it end in order."""
    said = msgspec.json.encode(told).decode()
    command = tethered([sys.executable, str(HERE / "gauge.py"), said])
    async with process_of(command, HERE, log=None) as child:
        yield child
        if child.returncode is None:
            child.terminate()
        await asyncio.wait_for(child.wait(), TAIL_S)


async def appended(bootstrap: str, topic: str) -> dict[int, int]:
    """Return the broker's append time of each event, ms since epoch."""
    return {
        _NUMBER.decode(record.value).seq: record.timestamp
        async for record in ground.written(bootstrap, topic)
    }


def records_of(count: int) -> list[Record]:
    """Return so many events, ready to be appended."""
    found = []
    for event in job.events(count):
        key = event.key.encode()
        found.append((partition_of(key, job.PARTITIONS), key, job.ENCODER.encode(event)))
    return found


async def of(
    place: BenchEnvironment, contestant: Contestant, run: str, rate: float, seconds: float
) -> dict[str, Any]:
    """Measure a contestant under a load.

    Args:
        place: where it runs.
        contestant: who.
        run: names the run's topics.
        rate: events a second.
        seconds: for how long, after warming up.

    Raises:
        Failed: it did not begin in time.
    """
    source = f"live-{contestant.name}-{run}"
    await ground.create(place.bootstrap, [source], job.PARTITIONS)
    records = records_of(int(rate * (WARM_S + seconds)))
    spec = await spec_for(place, contestant, f"live-{run}", source, 0)
    out = place.folder / f"{spec.group}.times"
    told = gauge.Told(
        bootstrap=place.bootstrap, topic=spec.output, events=len(records), out=str(out)
    )
    try:
        async with process(place, contestant, spec), watcher(told) as watch:
            await ground.fill(place.bootstrap, source, records[:1])
            await _first(watch)
            await hand_in(place.bootstrap, source, records[1:], rate)
            await asyncio.wait([asyncio.create_task(watch.wait())], timeout=TAIL_S)
        at = await appended(place.bootstrap, source)
    finally:
        await tidy(place, spec)
        await ground.delete(place.bootstrap, [source])
    return _judged(at, gauge.Times.read(out), rate)


async def _first(watch: asyncio.subprocess.Process) -> None:
    assert watch.stdout is not None
    try:
        async with asyncio.timeout(START_DEADLINE_S):
            said = await watch.stdout.readline()
    except TimeoutError:
        raise Failed(f"no output in {START_DEADLINE_S:.0f} s") from None
    if said != gauge.FIRST:
        raise Failed("the reader of the outputs ended")


def _judged(at: dict[int, int], times: gauge.Times, rate: float) -> dict[str, Any]:
    """Return percentiles: to the reader, to the gauge, and to the append of the output.

    The last leaves out the reader, who shares the cores with what is measured; in a transaction
    it is before the commit.
    """
    warm = int(rate * WARM_S)
    found: dict[str, Any] = {"rate": round(rate)}
    found["not_arrived"] = sum(1 for seq in at if not times.shown[seq])
    for prefix, until in (("", times.held), ("gauge_", times.shown), ("append_", times.appended)):
        took = [until[seq] - when for seq, when in at.items() if seq >= warm and until[seq]]
        if not took:
            raise Failed("nothing arrived after warming up")
        found["events"] = len(took)
        found |= percentiles_ms(prefix, took)
    return found
