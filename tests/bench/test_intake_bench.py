"""What a report costs before lifecycle: microseconds of CPU in intake, by part, and in attribution.

CPU time, the least of several rounds: other load on the machine is not the code's.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pipeline_records as made
import pytest
from harness import ROUNDS, SMALL, cost_s, least_us, scaled
from loose_keys import LooseKeys
from mmdb import asn_record, write_mmdb

from agents.config import KafkaSettings, Settings
from agents.edges.dns.recorded import Recorded
from agents.edges.geo.address_databases import Networks
from agents.edges.geo.host_locator import Locator
from agents.engine.stage import Received, Send
from agents.stages.attribution.stage import AttributionStage, Dependencies
from agents.stages.intake.stage import IntakeStage
from schemas.codec import HOTLINE, OUTCOME, REPORTS_ENTRY, decode_hotline
from schemas.identity.ids import canonical, partition_of
from schemas.seal_context import reported_url
from schemas.topics import REPORTS
from streams.intake.accepted_ids import AcceptedIdIndex
from streams.intake.content import digest_of
from streams.registry.snapshot import RegistryHistory

pytestmark = pytest.mark.bench

REPORTS_COUNT = scaled(6_000)
PARTITIONS = 12
LIST_RECORDS = 500
INTAKE_US_MAX = 80.0
ATTRIBUTION_US_MAX = 80.0
"""Some three times what an idle machine needs."""


@dataclass
class FakeOutbox:
    """Holds a registry."""

    registry_history: RegistryHistory = field(
        default_factory=lambda: RegistryHistory(made.registry())
    )


@dataclass
class Tray:
    """An outbox that keeps what it is given."""

    sends: list[Send] = field(default_factory=list)

    async def send(self, records: Sequence[Send]) -> None:
        """Keep the records."""
        self.sends += records


@dataclass
class Bench:
    """Stages with all they work with, and records for them."""

    settings: Settings
    keys: LooseKeys
    shelf: FakeOutbox
    networks: Networks
    inbox: list[Received]

    def intake(self, tray: Tray) -> IntakeStage:
        """Return an intake that owns all partitions and remembers nothing."""
        stage = IntakeStage(self.settings, self.keys, self.shelf, tray, (made.LINE,))
        stage._accepted = {partition: AcceptedIdIndex() for partition in range(PARTITIONS)}
        return stage

    def attribution(self, tray: Tray) -> AttributionStage:
        """Return an attribution that asks nobody and has answered nothing yet."""
        locator = Locator(Recorded(made.answers()), self.networks, self.shelf)
        return AttributionStage(Dependencies(locator, self.keys, self.settings.clock.clock()), tray)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Set up the stages and the inbox."""
    kafka = KafkaSettings(bootstrap="127.0.0.1:1", partitions=PARTITIONS)
    rows = {net: asn_record(asn, f"AS {asn}") for net, asn in made.networks().items()}
    return Bench(
        settings=Settings(kafka=kafka, state_dir=tmp_path),
        keys=LooseKeys.create(tmp_path / "keys.json"),
        shelf=FakeOutbox(),
        networks=Networks(write_mmdb(tmp_path / "a.mmdb", rows)),
        inbox=[_received(number) for number in range(REPORTS_COUNT)],
    )


def _received(number: int) -> Received:
    report = made.report(number)
    key = report.id.encode()
    topic = f"hotline.{made.LINE}.v1"
    now = time.time_ns() // 1_000_000
    return Received(topic, partition_of(key, PARTITIONS), number, now, key, HOTLINE.encode(report))


def _lists(records: Iterable[Received]) -> list[tuple[Received, ...]]:
    parts: dict[int, list[Received]] = defaultdict(list)
    for record in records:
        parts[record.partition].append(record)
    return [
        tuple(part[start : start + LIST_RECORDS])
        for part in parts.values()
        for start in range(0, len(part), LIST_RECORDS)
    ]


async def _stage_us(stages: Iterable[Any], lists: Sequence[Sequence[Received]]) -> float:
    """Return the CPU microseconds of one record, the least of the stages."""

    async def through(stage: Any) -> None:
        for one in lists:
            await stage.handle(one)

    took_s = [await cost_s(through(stage)) for stage in stages]
    return min(took_s) / sum(map(len, lists)) * 1e6


def _ledger(sends: Iterable[Send]) -> list[Received]:
    return [
        Received(
            REPORTS.name, partition_of(send.key, PARTITIONS), 0, 0, send.key, send.value or b""
        )
        for send in sends
        if send.topic == REPORTS.name
    ]


async def test_a_report_through_intake_and_attribution(told, bench):
    """Both together leave lifecycle two thirds of the 125 us that 8,000 reports a second allow."""
    tray = Tray()
    intake = await _stage_us((bench.intake(tray) for _ in range(ROUNDS)), _lists(bench.inbox))
    entries = _ledger(tray.sends[: 2 * REPORTS_COUNT])
    assert len(entries) == REPORTS_COUNT
    located = await _stage_us((bench.attribution(Tray()) for _ in range(ROUNDS)), _lists(entries))
    told(
        f"intake: {intake:.1f} us a report; attribution: {located:.1f} us",
        intake_us=round(intake, 1),
        attribution_us=round(located, 1),
    )
    assert SMALL or intake <= INTAKE_US_MAX
    assert SMALL or located <= ATTRIBUTION_US_MAX


async def test_each_part_of_intake_is_measured_by_itself(told, bench):
    """Where intake's time goes, part by part."""
    tray = Tray()
    await _stage_us([bench.intake(tray)], _lists(bench.inbox))
    reports = [decode_hotline(record.value) for record in bench.inbox]
    urls = [canonical(report.url) for report in reports]
    entries = [REPORTS_ENTRY.decode(record.value) for record in _ledger(tray.sends)]
    outcomes = [OUTCOME.decode(send.value) for send in tray.sends if send.topic == "outcomes.v1"]
    now, bound = bench.inbox[-1].appended_at, reported_url("0" * 32)
    parts = {
        "decode and validate": least_us(decode_hotline, [record.value for record in bench.inbox]),
        "canonical URL": least_us(canonical, [report.url for report in reports]),
        "digest of the content": least_us(digest_of, reports),
        "url_key": least_us(bench.keys.url_key, urls),
        "seal": least_us(lambda report: bench.keys.seal(report.url, now, bound), reports),
        "partition of an id": least_us(lambda r: partition_of(r.key, PARTITIONS), bench.inbox),
        "encode the entry": least_us(REPORTS_ENTRY.encode, entries),
        "encode the outcome": least_us(OUTCOME.encode, outcomes),
    }
    for name, us in parts.items():
        told(f"  {name}: {us:.2f} us", **{name: round(us, 2)})
    assert SMALL or sum(parts.values()) <= INTAKE_US_MAX
