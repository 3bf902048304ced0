"""How long a report takes to its case in the table, and to the gauge that counts it, under load.

The load is even. The way to the table is taken of watched reports by a reader of committed records.
The way to the gauge is taken of marks, reports of a hoster that has no others, so that its gauge
counts them. One is written every tenth of a second, and looked for in a scrape every twentieth.
"""

import asyncio
import time
from pathlib import Path
from typing import Any

import aiohttp
import ground
import latency
import pipeline_records
from aiokafka import AIOKafkaProducer
from harness import percentiles_ms
from pipeline_place import INBOX, ROLES, Ledger, ledger, worker

from agents.edges.crypto.keys import Keyring
from schemas import codec, topics
from schemas.identity.ids import canonical, partition_of

WATCH_EVERY = 4
"""Every fourth report is watched, so that the reader takes little of the CPU."""

SCRAPE_S = 0.05
MARK_S = 0.1
WARM_S = 3.0
TAIL_S = 10.0
SCRAPE_DEADLINE_S = 10.0
GAUGE = "hostwatch_awaiting_cases{"
"""A report opens a case, which awaits its notice."""


async def of(
    bootstrap: str, folder: Path, run: str, per_s: float, seconds: float
) -> dict[str, Any]:
    """Measure both ways under an even load.

    Args:
        bootstrap: the broker.
        folder: for keys and logs.
        run: names the topics.
        per_s: reports a second.
        seconds: how long.
    """
    async with ledger(bootstrap, folder, f"delay-{run}") as made:
        count = int(per_s * (WARM_S + seconds))
        parts = made.settings.kafka.partitions
        load = list(
            pipeline_records.payload(
                (pipeline_records.report(number) for number in range(count)), parts
            )
        )
        keyring = Keyring.load(made.settings.key_file)
        watched = {
            keyring.url_key(canonical(pipeline_records.report(number).url)).encode(): number
            for number in range(0, count, WATCH_EVERY)
        }
        seen: dict[int, float] = {}
        async with worker(made, (*ROLES, "rollup")):
            watch = asyncio.create_task(_cases(made, watched, seen))
            gauge = asyncio.create_task(_gauge(made, seconds))
            try:
                inbox = made.topic(INBOX)
                await latency.hand_in(bootstrap, inbox, load, per_s)
                await asyncio.wait([gauge], timeout=WARM_S + seconds + TAIL_S)
                until = time.monotonic() + TAIL_S
                while len(seen) < len(watched) and time.monotonic() < until:
                    await asyncio.sleep(0.1)
            finally:
                watch.cancel()
                if not gauge.done():
                    gauge.cancel()
                await asyncio.gather(watch, gauge, return_exceptions=True)
        waits = gauge.result() if not gauge.cancelled() else []
        return _told(await _appended(made), seen, waits, per_s)


def _told(
    at: dict[int, int], seen: dict[int, float], waits: list[float], per_s: float
) -> dict[str, Any]:
    warm = int(per_s * WARM_S)
    took = [seen[number] - when for number, when in at.items() if number in seen and number >= warm]
    found: dict[str, Any] = {"reports_per_s": round(per_s), "marks": len(waits)}
    found["not_arrived"] = sum(1 for n in at if n % WATCH_EVERY == 0 and n not in seen)
    for name, values in (("cases", took), ("gauge", waits)):
        found |= percentiles_ms(f"{name}_", values)
    return found


async def _cases(made: Ledger, watched: dict[bytes, int], seen: dict[int, float]) -> None:
    """Note when the case of each watched report stood in the table, ms since epoch."""
    topic = made.topic(topics.CASES.name)
    async with ground.reader(made.bootstrap, topic) as (consumer, parts):
        await consumer.seek_to_beginning(*parts)
        while True:
            found = await consumer.getmany(timeout_ms=100)
            now = time.time() * 1_000
            for records in found.values():
                for record in records:
                    number = watched.get(record.key)
                    if number is not None and number not in seen:
                        _, cases = codec.STATE.figures(record.value)
                        if cases:
                            seen[number] = now


async def _appended(made: Ledger) -> dict[int, int]:
    """Return when each report of the load was appended, ms since epoch."""
    return {
        int(record.key.rpartition(b"-")[2]): record.timestamp
        async for record in ground.written(made.bootstrap, made.topic(INBOX))
        if f"-{pipeline_records.MARK}-".encode() not in record.key
    }


async def _gauge(made: Ledger, seconds: float) -> list[float]:
    """Hand in marks and return how long each took to be counted, ms."""
    producer = AIOKafkaProducer(bootstrap_servers=made.bootstrap, acks="all")
    await producer.start()
    appended: list[float] = []
    waits: list[float] = []
    url = f"http://127.0.0.1:{made.settings.web.port}/metrics"
    begun = time.monotonic()
    try:
        async with aiohttp.ClientSession() as session:
            while len(waits) < len(appended) or time.monotonic() < begun + WARM_S + seconds:
                passed = time.monotonic() - begun - WARM_S
                while len(appended) * MARK_S <= min(passed, seconds):
                    appended.append(await _mark(made, producer, len(appended)))
                counted = await _counted(session, url)
                now = time.time() * 1_000
                waits += [now - when for when in appended[len(waits) : counted]]
                await asyncio.sleep(SCRAPE_S)
    finally:
        await producer.stop()
    return waits


async def _mark(made: Ledger, producer: AIOKafkaProducer, number: int) -> float:
    """Append a mark and return its append time, ms since epoch."""
    said = pipeline_records.report(number, pipeline_records.MARK)
    key = said.id.encode()
    partition = partition_of(key, made.settings.kafka.partitions)
    done = await producer.send_and_wait(
        made.topic(INBOX), key=key, value=codec.HOTLINE.encode(said), partition=partition
    )
    return float(done.timestamp)


async def _counted(session: aiohttp.ClientSession, url: str) -> int:
    """Return how many marks the gauge counts."""
    async with asyncio.timeout(SCRAPE_DEADLINE_S), session.get(url) as answer:
        text = await answer.text()
    hoster = f'hoster="{pipeline_records.MARK}"'
    lines = (line for line in text.splitlines() if line.startswith(GAUGE) and hoster in line)
    return int(sum(float(line.rpartition(" ")[2]) for line in lines))
