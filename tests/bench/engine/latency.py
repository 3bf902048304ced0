"""How long it takes from the append of an event to its output in the hands of a reader.

Events are handed in at an even rate while a reader of committed records follows the outputs. The
append time is the broker's, of the same machine; the arrival is the reader's, so waiting for a
transaction to be committed counts.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import figures
import ground
import job
import msgspec
from aiokafka import AIOKafkaProducer
from race import Contestant, Failed, Place, process, spec_for, tidy

from schemas.ids import partition_of

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


async def arrivals(bootstrap: str, topic: str, count: int, into: dict[int, float]) -> None:
    """Note when each event's output arrived, ms since epoch, until all have."""
    async with ground.reader(bootstrap, topic) as (consumer, parts):
        await consumer.seek_to_beginning(*parts)
        while len(into) < count:
            found = await consumer.getmany(timeout_ms=100)
            now = time.time() * 1_000
            for records in found.values():
                for record in records:
                    into.setdefault(_NUMBER.decode(record.value).seq, now)


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
    place: Place, contestant: Contestant, run: str, rate: float, seconds: float
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
    seen: dict[int, float] = {}
    try:
        async with process(place, contestant, spec):
            watch = asyncio.create_task(arrivals(place.bootstrap, spec.output, len(records), seen))
            try:
                await ground.fill(place.bootstrap, source, records[:1])
                await _first(seen)
                await hand_in(place.bootstrap, source, records[1:], rate)
                await asyncio.wait([watch], timeout=TAIL_S)
            finally:
                watch.cancel()
                await asyncio.gather(watch, return_exceptions=True)
        at = await appended(place.bootstrap, source)
        out_at = await appended(place.bootstrap, spec.output)
    finally:
        await tidy(place, spec)
        await ground.delete(place.bootstrap, [source])
    return _judged(seen, at, out_at, rate)


async def _first(seen: dict[int, float]) -> None:
    try:
        async with asyncio.timeout(START_DEADLINE_S):
            while not seen:  # noqa: ASYNC110 - another process sets no event of ours
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise Failed(f"no output in {START_DEADLINE_S:.0f} s") from None


def _judged(
    seen: dict[int, float], at: dict[int, int], out_at: dict[int, int], rate: float
) -> dict[str, Any]:
    """Return percentiles: to the reader, and to the append of the output, which may be uncommitted.

    The second leaves out the reader, who shares the cores with what is measured.
    """
    warm = int(rate * WARM_S)
    took = [seen[seq] - when for seq, when in at.items() if seq >= warm and seq in seen]
    appends = [out_at[seq] - when for seq, when in at.items() if seq >= warm and seq in out_at]
    if not took:
        raise Failed("nothing arrived after warming up")
    found: dict[str, Any] = {"rate": round(rate), "events": len(took)}
    found["not_arrived"] = sum(1 for seq in at if seq not in seen)
    for prefix, values in (("", took), ("append_", appends)):
        for share in (50, 99):
            value = figures.percentile(values, share / 100)
            found[f"{prefix}p{share}_ms"] = None if value is None else round(value, 1)
    return found
