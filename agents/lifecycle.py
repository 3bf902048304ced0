"""The lifecycle stage: folds the ledger into `cases.v1` and orders the looks that are due.

It is the only writer of case state and does no I/O but Kafka. States are held encoded and packed:
a case that rests costs its bytes, and is decoded when something happens to it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import Any, Final

from agents.casestore import CaseStore
from agents.clock import Clock
from agents.config import Settings, VantageSettings
from agents.engine.bulk import read_partitions
from agents.engine.failures import crash
from agents.engine.stage import Outbox, Received, Send
from schemas import codec, topics
from schemas.case import CaseSummary, Position, UrlState
from schemas.flow import ProbeOrder
from schemas.ids import fraction, order_id
from schemas.moments import DAY_MS, Instant
from schemas.reasons import OPEN, Target
from streams import lifecycle
from streams.lifecycle.fold import Happened
from streams.schedule import Slot, due

POSITION_EVERY_S = 1.0
QUIET_S = 1.0
"""Wall time without a record after which the ledger has been read to its end: five polls."""

TICK_S = 0.02
"""Wall time between looks at the wheel: 20 ms, so that quick time stays within its windows."""

TICK_URLS_MAX = 500
"""URLs worked off in one tick, so that a burst of due slots does not hold up the ledger."""

POSITION_KEY = b"position/"
CODE_VERSION = metadata.version("hostwatch")

_CODECS: Final[Mapping[str, codec.Codec[Any]]] = {
    topics.REPORTS.name: codec.LEDGER,
    topics.FACTS.name: codec.FACT,
    topics.DECISIONS.name: codec.DECISION,
}


class Lifecycle:
    """The stage.

    Args:
        settings: broker, clock, vantages.
        outbox: where states, positions and orders go.
        probing: orders are written; a replay of old reports asks nobody.
    """

    role = "lifecycle"
    topics: Sequence[str] = tuple(spec.name for spec in topics.LEDGER)
    pooled = False
    concurrency = 1

    def __init__(self, settings: Settings, outbox: Outbox, *, probing: bool = True) -> None:
        self._settings = settings
        self._outbox = outbox
        self._vantages: Sequence[VantageSettings] = settings.vantages if probing else ()
        self._clock: Clock = settings.clock.clock()
        self._tables: dict[int, CaseStore] = {}
        self._ticker: asyncio.Task[None] | None = None

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Load the table of the partitions and rebuild the wheel."""
        tables: dict[int, CaseStore] = defaultdict(CaseStore)
        for partition in partitions:
            tables[partition] = CaseStore()
        async for records in read_partitions(self._settings, topics.CASES.name, partitions):
            for record in records:
                self._load(tables[record.partition], record)
        now = self._clock.now()
        for table in tables.values():
            table.handled_at = now
            table.ask_all(now)
        self._tables.update(tables)
        if self._ticker is None:
            self._ticker = asyncio.create_task(self._tick_for_ever())

    @staticmethod
    def _load(table: CaseStore, record: Received) -> None:
        if record.key.startswith(POSITION_KEY):
            position = codec.POSITION.decode(record.value)
            table.offsets.update(position.offsets)
        elif record.value:
            table.keep(record.key.decode(), record.value)

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Drop the partitions whole."""
        for partition in partitions:
            self._tables.pop(partition, None)
        if not self._tables and self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
            self._ticker = None

    async def handle(self, records: Sequence[Received]) -> None:
        """Fold a list of ledger records; the new states are acknowledged before it returns."""
        table = self._tables[records[0].partition]
        table.busy = True
        decode = _CODECS[records[0].topic].decode
        happened: dict[str, list[Happened]] = defaultdict(list)
        for record in records:
            happened[record.key.decode()].append((decode(record.value), record.appended_at))
        states = {key: self._advance(table, key, new) for key, new in happened.items()}
        encoded = {key: codec.STATE.encode(state) for key, state in states.items()}
        await self._outbox.send(
            [Send(topics.CASES.name, key.encode(), value) for key, value in encoded.items()]
        )
        for key, value in encoded.items():
            table.keep(key, value)
        table.offsets[records[0].topic] = records[-1].offset + 1
        table.newest_at = max(table.newest_at, records[-1].appended_at)
        table.busy = False
        table.handled_at = now = self._clock.now()
        for key in states:
            table.ask(key, now)

    @staticmethod
    def _advance(table: CaseStore, key: str, happened: Iterable[Happened]) -> UrlState:
        return lifecycle.advance(key, table.held(key), happened)

    async def _tick_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        position_at = loop.time()
        try:
            while True:
                await asyncio.sleep(TICK_S)
                if self._vantages:
                    await self._order_due()
                if loop.time() >= position_at:
                    position_at = loop.time() + POSITION_EVERY_S
                    await self._write_positions()
        except Exception as error:  # noqa: BLE001 - whatever it is, the process must stop
            crash(self.role, error)

    async def _order_due(self) -> None:
        now = self._clock.now()
        sends: list[Send] = []
        for table in self._tables.values():
            for _ in range(TICK_URLS_MAX):
                key = table.next_due(now)
                if key is None:
                    break
                sends += self._orders_of(table, key, now)
        await self._outbox.send(sends)

    def _orders_of(self, table: CaseStore, key: str, now: Instant) -> list[Send]:
        state = table.held(key)
        if state is None:
            return []
        sends: list[Send] = []
        ask_again: list[Instant] = []
        for case in state.cases:
            after = table.ordered_until.get(case.case_id, now - DAY_MS)
            found, following = due(case, after, now)
            for slot in found:
                sends += self._orders(state, case, slot)
            if found:
                table.ordered_until[case.case_id] = found[-1].at
            if following is not None:
                ask_again.append(following)
            elif lifecycle.class_at(case, now) not in OPEN:
                table.ordered_until.pop(case.case_id, None)
        if ask_again:
            table.ask(key, min(ask_again))
        return sends

    def _names(self) -> tuple[str, ...]:
        return tuple(vantage.id for vantage in self._vantages)

    def _orders(self, state: UrlState, case: CaseSummary, slot: Slot) -> list[Send]:
        address = _last_address(state, case)
        salt = f"{fraction(case.case_id, 'salt', slot.at):.12f}"[2:]
        sends = []
        answered = _answered(state, case, slot)
        for vantage in self._vantages:
            for target in slot.targets:
                if (vantage.id, target) in answered:
                    continue
                order = ProbeOrder(
                    order_id=order_id(case.case_id, slot.at, vantage.id, target),
                    url_key=state.url_key,
                    case_id=case.case_id,
                    hoster=case.hoster,
                    role=case.role,
                    vantage=vantage.id,
                    target=target,
                    slot_at=slot.at,
                    not_before=slot.at,
                    not_after=slot.not_after,
                    asked=self._names(),
                    sealed=state.sealed,
                    address=address,
                    salt=salt,
                )
                topic = topics.PROBES.named(vantage.id)
                sends.append(Send(topic, case.hoster.encode(), codec.ORDER.encode(order)))
        return sends

    async def _write_positions(self) -> None:
        now = self._clock.now()
        await self._outbox.send(
            [
                Send(topics.CASES.name, POSITION_KEY + str(p).encode(), self._position(p, t, now))
                for p, t in self._tables.items()
            ]
        )

    def _position(self, partition: int, table: CaseStore, now: Instant) -> bytes:
        """Say how far the table is: up to the newest record while records keep coming, else now."""
        waited_s = self._clock.wall_seconds(now - table.handled_at)
        quiet = waited_s > QUIET_S and not table.busy
        position = Position(
            partition=partition,
            offsets=dict(table.offsets),
            as_of=now if quiet else table.newest_at,
            code=CODE_VERSION,
            method=lifecycle.METHOD_VERSION,
        )
        return codec.POSITION.encode(position)


def _last_address(state: UrlState, case: CaseSummary) -> str:
    """Return the sealed address the newest attribution gives for a case; empty = none does."""
    for made in reversed(state.attributions):
        for place in (state.placements[i] for i in made.places):
            if place.role is case.role and case.group in (place.group, place.hoster):
                return place.address
    return ""


def _answered(state: UrlState, case: CaseSummary, slot: Slot) -> set[tuple[str, Target]]:
    """Return the vantages and targets of a slot that have a result."""
    return {
        (track.vantage, track.target)
        for track in state.tracks
        if track.hoster == case.hoster and track.role is case.role
        for look in track.looks
        if look.slot_at == slot.at
    }
