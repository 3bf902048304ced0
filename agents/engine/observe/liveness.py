"""Holds what a role has handled against where its topics end, in a loop and connection of its own.

What a consumer knows of itself is what it last heard: one that no longer fetches is never behind.
So the broker is asked. A partition in which records wait and nothing moves on makes the process
not ready, and after some minutes ends it; a broker that does not answer makes it not ready too.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Final, NamedTuple, Protocol

from aiokafka.errors import KafkaError

from agents.config import Settings
from agents.engine.failures import EngineFailure, crash
from agents.engine.observe.members import Members
from agents.engine.observe.ownership import UNHEARD_S, Lag, Ownership
from agents.engine.read.batch_records import CheckedBatch, FaultyBatch
from agents.engine.read.end_offsets import Ends
from agents.engine.read.log_reader import LogReader
from agents.engine.supervision import OnCrash
from schemas.moments import Instant

POLL_EVERY_S: Final = 2.0
"""Between two checks: one request for all partitions of a role; scrapes come every few seconds."""

ANSWER_DEADLINE_S: Final = 5.0
"""Of the broker for one check. Twice that without an answer and the process is not ready."""

STALLED_S: Final = 300.0
"""How long records of a partition may wait while nothing of it moves on, before the process ends:
the longest wait for a broker or a name server is a minute."""

AGED_S: Final = 5.0
"""What waits for longer has its age read from the broker; a healthy role never gets there."""

Where = tuple[str, int]
"""A topic without prefix, and a partition."""


class Reached(NamedTuple):
    """How far one partition of a topic is.

    Attributes:
        handled: the offset below which nothing waits to be taken up.
        done: the offset below which everything is done; less where a stage waits for the outside.
    """

    handled: int
    done: int


class Stalled(EngineFailure):
    """Records wait, the broker answers, and nothing was handled for minutes."""


class RoleProgress(Protocol):
    """What is checked: one role's side of its group."""

    @property
    def role(self) -> str:
        """Return its role."""
        ...

    @property
    def topics(self) -> Collection[str]:
        """Return what it is to read."""
        ...

    def assigned(self) -> Iterable[Where]:
        """Give the partitions of topics that the group gave to this process."""
        ...

    def loading(self) -> frozenset[int]:
        """Give partitions whose state is being loaded, which has a deadline of its own."""
        ...

    async def reached(self) -> Mapping[Where, Reached]:
        """Return how far partitions are, where it is known."""
        ...


@dataclass(slots=True)
class _Waiting:
    """Records that wait in one partition.

    Attributes:
        since_s: since when some were found waiting at every check.
        moved_s: when something was last handled meanwhile, or the first was found.
        handled: the offset below which no record waits; a pooled stage may still work on them.
        oldest_at: when the oldest of them was appended; None = not read yet.
    """

    since_s: float
    moved_s: float
    handled: int
    oldest_at: Instant | None = None


@dataclass(slots=True)
class Liveness:
    """Checks one role's progress against the ends of its topics.

    Attributes:
        settings: broker, prefix and clock.
        progress: what is checked.
        ownership: is told.
        on_crash: told of a stall; ends the process.
    """

    settings: Settings
    progress: RoleProgress
    ownership: Ownership
    on_crash: OnCrash = crash
    _waiting: dict[Where, _Waiting] = field(default_factory=dict)
    _aged_s: float = 0.0

    async def run(self) -> None:
        """Check every `POLL_EVERY_S` until cancelled."""
        self.ownership.surplus_member(self.progress.role, is_so=False)
        async with Ends(self.settings, ()) as ends:
            members = Members(self.settings, self.progress.role)
            try:
                while True:
                    # of what the broker did not say in time, the process is not ready
                    with suppress(KafkaError, TimeoutError):
                        async with asyncio.timeout(ANSWER_DEADLINE_S):
                            await self.check_once(ends, monotonic())
                            await self._tell_surplus(members)
                        await self._read_age(monotonic())
                    await asyncio.sleep(POLL_EVERY_S)
            finally:
                await members.stop()

    async def check_once(self, ends: Ends, now_s: float) -> None:
        """Ask where the topics end and tell how far the role is behind.

        Args:
            ends: asks.
            now_s: by the steady clock.

        Raises:
            KafkaError, TimeoutError: the broker did not answer.
        """
        assigned = tuple(self.progress.assigned())
        found = await ends.at(assigned)
        reached = await self.progress.reached()
        known = {where: reached[where] for where in found.keys() & reached.keys()}
        loading = self.progress.loading()
        for where in self._waiting.keys() - known.keys():
            del self._waiting[where]
        for where, at in known.items():
            self._hold(where, at.handled, found[where], now_s, loading=where[1] in loading)
        lags = [
            Lag(topic=w[0], partition=w[1], records=max(0, found[w] - at.done), done=at.done)
            for w, at in known.items()
        ]
        self.ownership.behind(self.progress.role, lags)
        still_s = max((now_s - one.moved_s for one in self._waiting.values()), default=0.0)
        ages = [one.oldest_at for one in self._waiting.values() if one.oldest_at is not None]
        self.ownership.heard(self.progress.role, now_s, still_s, min(ages, default=None))
        if still_s > STALLED_S:
            self.on_crash(self.progress.role, Stalled(f"nothing was handled for {still_s:.0f} s"))

    def _hold(self, where: Where, at: int, end: int, now_s: float, *, loading: bool) -> None:
        before = self._waiting.get(where)
        if at >= end:
            self._waiting.pop(where, None)
        elif before is None:
            self._waiting[where] = _Waiting(now_s, now_s, at)
        elif before.handled != at or loading:
            before.moved_s, before.handled = now_s, at

    async def _tell_surplus(self, members: Members) -> None:
        """Tell whether a member that was given nothing is one too many, as it may be."""
        if not self.progress.topics:  # no hotline is registered yet
            self.ownership.surplus_member(self.progress.role, is_so=True)
        elif not tuple(self.progress.assigned()):
            surplus = await members.count() > self.settings.kafka.partitions
            self.ownership.surplus_member(self.progress.role, is_so=surplus)

    async def _read_age(self, now_s: float) -> None:
        """Read when the record was appended that has waited for longest."""
        old = {w: one for w, one in self._waiting.items() if now_s - one.since_s > AGED_S}
        if not old or now_s - self._aged_s < AGED_S:
            return
        self._aged_s = now_s
        where = min(old, key=lambda one: (old[one].oldest_at is not None, old[one].moved_s))
        waiting = old[where]
        found = await appended_at(self.settings, where, waiting.handled)
        if found is not None:
            waiting.oldest_at = found


@dataclass(slots=True)
class BrokerReachability:
    """Whether the broker answers, of a process that may have no group.

    Attributes:
        settings: broker and prefix.
        topic: asked about, without prefix.
    """

    settings: Settings
    topic: str
    _heard_s: float | None = None

    def answers(self) -> bool:
        """Say whether it has answered lately."""
        return self._heard_s is not None and monotonic() - self._heard_s < UNHEARD_S

    async def run(self) -> None:
        """Ask for ever."""
        async with Ends(self.settings, ()) as ends:
            while True:
                with suppress(KafkaError, TimeoutError):
                    async with asyncio.timeout(ANSWER_DEADLINE_S):
                        await ends.at([(self.topic, 0)])
                    self._heard_s = monotonic()
                await asyncio.sleep(POLL_EVERY_S)


async def appended_at(settings: Settings, where: Where, offset: int) -> Instant | None:
    """Return when the record at an offset was appended, in world time; None = it is not there yet.

    The head of its batch says so: nothing is unpacked, whatever a hotline has packed. Where the
    broker's disk is damaged, the record in front of it says so, or the one behind it.

    Args:
        settings: broker, prefix and clock.
        where: of the record.
        offset: its.

    Raises:
        KafkaError, TimeoutError: the broker did not answer.
    """
    topic, partition = where
    reader = LogReader(settings.kafka, settings.kafka.topic_prefix + topic)
    try:
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            await reader.start()
            begin, end = (await reader.bounds((partition,)))[partition]
            for at in (offset, offset - 1, offset + 1):
                heads = await _heads(reader, partition, at) if begin <= at < end else []
                for head in heads:
                    if isinstance(head, CheckedBatch):
                        return settings.clock.clock().world(head.batch.max_timestamp)
                if at == offset and not heads:  # markers are no records
                    break
    finally:
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            await reader.stop()
    return None


async def _heads(
    reader: LogReader, partition: int, offset: int
) -> Sequence[CheckedBatch | FaultyBatch]:
    """Return the batches that the broker gives for an offset."""
    reader.follow({partition: offset})
    while not (spans := await reader.poll()):
        pass
    return spans[0].batches
