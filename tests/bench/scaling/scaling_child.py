"""A process that loads a table of open cases and says what it then costs, in one line of JSON.

`python scaling_child.py SETTINGS lifecycle|rollup`. A process of its own, so that its memory is
that of the load alone. The world's clock stands at the cases' age.
"""

import asyncio
import json
import random
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

import many_cases
import msgspec
from harness import ROUNDS, cost_s, costs_s, metered, tell
from ledger_events import BOTH, GONE, ONLINE, observation, place, placed, report
from load_process import POLL_S, resident
from prometheus_client import CollectorRegistry, generate_latest

from agents.config import Settings
from agents.edges.metrics.figures.exposition import ViewCollector
from agents.engine.read.recovery import recover
from agents.engine.stage import Received, Send
from agents.engine.state.store import MemoryStores
from agents.stages.cases.case_store import CaseStore
from agents.stages.lifecycle.stage import LifecycleStage
from agents.stages.rollup.stage import RollupStage
from schemas import codec, topics
from schemas.closed_lists import Target
from schemas.identity.ids import order_id, partition_of
from schemas.moments import Instant
from schemas.records.facts import Facts
from streams.schedule.orders import Orders

AGE_H = 24.0
OBSERVATIONS = 4_000
JUDGED = 1_000
REPORTS = 2_000
LIST_RECORDS = 100
"""Of a partition, as lists are at some thousand records a second."""

CHANGED = 500
"""Cases that changed since the round before: of a million open ones, those probed in 20 s."""

LATER_MS = 20_000
SCRAPES = 5


class Tray:
    """Takes what a stage would write to the broker, whose cost is measured elsewhere."""

    async def send(self, records: Sequence[Send]) -> None:
        """Let it go."""

    def begin(self, partition: int, topics: Sequence[str]) -> None:
        """Let it begin."""

    async def write(self, partition: int, records: Sequence[Send]) -> dict[str, int]:
        """Let it go."""
        return {}


async def lifecycle(settings: Settings) -> dict[str, Any]:
    """Load the table, ask every URL which probes are due, fold observations and reports."""
    before, meter = resident(), metered()
    stores = {p: MemoryStores().open(p) for p in range(settings.kafka.partitions)}
    await recover(settings, topics.CASES.name, stores, lambda _: None)
    load = meter.measured()
    tables = {partition: CaseStore(store) for partition, store in stores.items()}
    for partition, table in tables.items():
        table.resume(partition)
    cases = sum(map(len, stores.values())) - len(stores)
    loaded = resident()
    orders, now = Orders(settings.vantages, settings.probe), settings.clock.clock().now()
    asked_s = sum(costs_s(lambda table: _ask(table, orders, now), tables.values()))
    held = resident()
    stage = LifecycleStage(settings, Tray(), Tray())  # of a writer it uses begin(), write()
    stage._tables = tables
    expected = list(_observations(tables, cases, OBSERVATIONS, ONLINE, AGE_H - 0.1))
    expected_us = await _folded(stage, expected)
    judged = list(_observations(tables, cases, JUDGED, GONE, AGE_H - 0.05))
    judged_us = await _folded(stage, judged)
    told = list(_reports(settings.kafka.partitions))
    report_us = await _folded(stage, told[:REPORTS]) + await _folded(stage, told[REPORTS:])
    return {
        "cases": cases,
        "load_s": load.wall_s,
        "load_cpu_s": load.cpu_s,
        "loaded_bytes": loaded - before,
        "held_bytes": held - before,
        "asked_cpu_s": asked_s,
        "observation_us": expected_us,
        "judged_us": judged_us,
        "report_us": report_us,
    }


def _ask(table: CaseStore, orders: Orders, now: Instant) -> None:
    for key in iter(table.next_unscheduled, None):
        state = table.get(key)
        assert state is not None
        orders.due(table.wheel, state, now)


async def _folded(stage: LifecycleStage, records: list[Received]) -> float:
    """Hand records to the stage in lists of one partition; return the CPU of one in microseconds.

    It is the median of the lists, so that what others do to the caches for a moment is left out.
    """
    lanes: dict[tuple[str, int], list[Received]] = {}
    for record in records:
        lanes.setdefault((record.topic, record.partition), []).append(record)
    lists = [
        lane[first : first + LIST_RECORDS]
        for lane in lanes.values()
        for first in range(0, len(lane), LIST_RECORDS)
    ]
    costs = [await cost_s(stage.handle(one)) / len(one) for one in lists]
    return statistics.median(costs) * 1e6


def _observations(
    tables: dict[int, CaseStore], cases: int, count: int, facts: Facts, hours: float
) -> Iterator[Received]:
    """Give observations that saw the same of cases from all over the table."""
    step = max(1, cases // count)
    share = count // len(tables) + 1
    found: list[tuple[int, bytes]] = []
    for partition, table in tables.items():
        keys = islice(table.store.keys(), 0, share * step, step)
        found += [(partition, key) for key in keys if b"/" not in key]
    for partition, key in found[:count]:
        state = tables[partition].get(key.decode())
        assert state is not None
        case = state.cases[0]
        seen, done_at = observation(hours, facts, BOTH[0])
        said = msgspec.structs.replace(
            seen,
            url_key=key.decode(),
            case_id=case.case_id,
            hoster=case.hoster,
            hosters=(case.hoster,),
            order_id=order_id(case.case_id, seen.slot_at, BOTH[0], Target.URL),
        )
        value = codec.FACT.encode(said)
        yield Received(topics.FACTS.name, partition, 0, done_at, key, value)


def _reports(partitions: int) -> Iterator[Received]:
    """Give new reports, then their placements."""
    chance = random.Random(7)
    keys = [chance.randbytes(16).hex() for _ in range(REPORTS)]
    told, told_at = report(AGE_H, seen=AGE_H)
    where, where_at = placed(AGE_H, place(sealed="sealed-address"))
    for topic, coder, record, appended_at in (
        (topics.REPORTS.name, codec.REPORTS_ENTRY, told, told_at),
        (topics.FACTS.name, codec.FACT, where, where_at),
    ):
        for key in keys:
            value = coder.encode(msgspec.structs.replace(record, url_key=key))
            partition = partition_of(key.encode(), partitions)
            yield Received(topic, partition, 0, appended_at, key.encode(), value)


def _moved_on(partitions: int, number: int) -> Iterator[Received]:
    """Give cases of the table sighted later than before, and positions some seconds later."""
    topic = topics.CASES.name
    for key, value in many_cases.records(CHANGED):
        state = codec.STATE.decode(value)
        seen_at = (state.cases[0].last_seen_at or 0) + number
        cases = (msgspec.structs.replace(state.cases[0], last_seen_at=seen_at),)
        said = codec.STATE.encode(msgspec.structs.replace(state, cases=cases))
        yield Received(topic, partition_of(key, partitions), 0, seen_at, key, said)
    for partition in range(partitions):
        position = many_cases._position(partition)
        later = msgspec.structs.replace(position, as_of=position.as_of + number * LATER_MS)
        key = b"position/%d" % partition
        yield Received(topic, partition, 0, later.as_of, key, codec.POSITION.encode(later))


async def rollup(settings: Settings) -> dict[str, Any]:
    """Load the view until its figures stand, move all of them on, and print them."""
    before, meter = resident(), metered()
    view = RollupStage(settings)
    running = asyncio.create_task(view.run())
    while not view.view.ready:
        await asyncio.sleep(POLL_S)
        if running.done():
            running.result()
    load = meter.measured()
    held = resident()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    rounds = []
    for number in range(ROUNDS):
        for record in _moved_on(settings.kafka.partitions, number + 1):
            view.take_case(record)
        view._sweep_due_s = 0.0
        rounds.append(await cost_s(view.renew(ready=True)))
    registry = CollectorRegistry()
    registry.register(ViewCollector(lambda: view.view))
    scrape_s = min(costs_s(lambda _: generate_latest(registry), range(SCRAPES)))
    return {
        "cases": view.view.cases,
        "load_s": load.wall_s,
        "load_cpu_s": load.cpu_s,
        "held_bytes": held - before,
        "round_cpu_s": statistics.median(rounds),
        "scrape_cpu_ms": scrape_s * 1e3,
        "scrape_bytes": len(generate_latest(registry)),
    }


def main() -> None:
    """Load and say."""
    settings = Settings(**json.loads(sys.argv[1]))
    said = asyncio.run({"lifecycle": lifecycle, "rollup": rollup}[sys.argv[2]](settings))
    tell({name: round(value, 3) for name, value in said.items()})


if __name__ == "__main__":
    main()
