"""The real pipeline under load: records a second, delay to case and gauge, recovery."""

from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import ground
import pipeline_records as records_of
from pipeline_place import FLOW, INBOX, ROLES, Ledger, ledger, worker

from schemas import codec, topics
from schemas.identity.ids import partition_of
from schemas.records.case import UrlState

DEADLINE_S = 120.0
OBSERVATIONS_PER_CASE = 5
_POSITION = b"position/"


async def last_state_at(made: Ledger) -> int:
    """Return when the last state was appended to the table of cases, ms since epoch."""
    last = 0
    async for record in ground.written(made.bootstrap, made.topic(topics.CASES.name)):
        if not record.key.startswith(_POSITION):
            last = max(last, record.timestamp)
    return last


async def first_at(made: Ledger, topic: str, before: dict[int, int]) -> int:
    """Return when the first record behind these ends was appended, ms since epoch."""
    found = [
        record.timestamp
        async for record in ground.written(made.bootstrap, made.topic(topic))
        if record.offset == before.get(record.partition, 0)
    ]
    return min(found)


async def rate(made: Ledger, topic: str, payload: Iterable[Any]) -> float:
    """Hand records in and return how many a second went through to the table of cases.

    Time runs from the append of the first to that of the last state that follows.
    """
    records = list(payload)
    before = await made.ends(topic)
    await made.fill(topic, records)
    await made.quiet(FLOW, DEADLINE_S)
    first = await first_at(made, topic, before)
    return len(records) / max(1, await last_state_at(made) - first) * 1_000


def reports(made: Ledger, count: int, first: int = 0) -> ground.Payload:
    """Return so many reports, ready to be appended."""
    return records_of.payload(
        (records_of.report(number) for number in range(first, first + count)),
        made.settings.kafka.partitions,
    )


async def throughput(
    bootstrap: str, folder: Path, run: str, count: int, workers: int = 1, *, profile: bool = False
) -> dict[str, Any]:
    """Measure reports a second through intake, attribution and lifecycle.

    Args:
        bootstrap: the broker.
        folder: for keys and logs.
        run: names the topics.
        count: reports.
        workers: processes that share the work.
        profile: also return where the CPU of the first one's main thread went.
    """
    async with ledger(bootstrap, folder, f"pipe-{run}") as made, AsyncExitStack() as stack:
        started = [
            await stack.enter_async_context(worker(made, ROLES, profile=profile))
            for _ in range(workers)
        ]
        per_s = await rate(made, INBOX, reports(made, count))
        ends = [await one.stop() for one in started]
        cpu_us = sum(end["cpu_s"] for end in ends) / count * 1e6
        found = {"reports": count, "per_s": round(per_s), "cpu_us": round(cpu_us, 1)}
        found["main_thread_us"] = round(sum(end["main_thread_s"] for end in ends) / count * 1e6, 1)
        return found | ({"profile": ends[0]["profile"]} if profile else {})


async def observations(
    bootstrap: str, folder: Path, run: str, cases: int, *, profile: bool = False
) -> dict[str, Any]:
    """Measure observations a second of open cases: lifecycle alone, the ledger filled before."""
    async with ledger(bootstrap, folder, f"observations-{run}") as made:
        async with worker(made, ROLES) as running:
            await rate(made, INBOX, reports(made, cases))
            said = [records_of.notice(number) for number in range(cases)]
            parts = made.settings.kafka.partitions
            notices = await rate(made, INBOX, records_of.payload(said, parts))
            await running.stop()
        observed = await _observations(made)
        await made.fill(topics.FACTS.name, observed)
        async with worker(made, ("lifecycle",), profile=profile) as running:
            await made.quiet(FLOW[2:], DEADLINE_S)
            took_ms = await last_state_at(made) - running.ready["ready_ms"]
            end = await running.stop()
        found = {
            "observations": len(observed),
            "per_s": round(len(observed) / max(1, took_ms) * 1_000),
            "cpu_us": round(end["cpu_s"] / len(observed) * 1e6, 1),
            "notices_per_s": round(notices),
        }
        return found | ({"profile": end["profile"]} if profile else {})


async def _states(made: Ledger) -> dict[bytes, bytes]:
    """Return the newest state of each URL, encoded."""
    return {
        record.key: record.value
        async for record in ground.written(made.bootstrap, made.topic(topics.CASES.name))
        if record.value and not record.key.startswith(_POSITION)
    }


async def _observations(made: Ledger) -> list[tuple[int, bytes, bytes]]:
    """Return observations of all cases, round by round, as they stand in `facts.v1`."""
    found: list[list[tuple[int, bytes, bytes]]] = [[] for _ in range(OBSERVATIONS_PER_CASE)]
    for key, value in (await _states(made)).items():
        state = codec.STATE.decode(value)
        partition = partition_of(key, made.settings.kafka.partitions)
        for case in state.cases:
            for turn, observation in zip(
                found,
                records_of.observations(state, case, OBSERVATIONS_PER_CASE),
                strict=True,
            ):
                turn.append((partition, key, codec.FACT.encode(observation)))
    return [record for turn in found for record in turn]


async def recovery(bootstrap: str, folder: Path, run: str, cases: int) -> dict[str, Any]:
    """Measure how long lifecycle loads a table of open cases, and what memory it then has."""
    async with ledger(bootstrap, folder, f"load-{run}") as made:
        async with worker(made, ROLES) as running:
            await rate(made, INBOX, reports(made, 1))
            said = records_of.payload([records_of.notice(0)], made.settings.kafka.partitions)
            await rate(made, INBOX, said)
            await running.stop()
        observed = await _observations(made)
        await made.fill(topics.FACTS.name, observed)
        async with worker(made, ("lifecycle",)) as running:
            await made.quiet(FLOW[2:], DEADLINE_S)
            await running.stop()
        template: UrlState = codec.STATE.decode(next(iter((await _states(made)).values())))
        parts = made.settings.kafka.partitions
        await made.fill(topics.CASES.name, records_of.states(template, cases, parts))
        async with worker(made, ("lifecycle",)) as running:
            ready = running.ready
            held = ready["rss_bytes"] - ready["before_bytes"]
            return {
                "cases": cases,
                "load_s": ready["load_s"]["lifecycle"],
                "load_cpu_s": ready["load_cpu_s"],
                "bytes_per_case": round(held / cases),
                "record_bytes": len(codec.STATE.encode(template)),
            }
