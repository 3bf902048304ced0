"""A stage behind its guard: it passes over what is set aside, and names what stops it."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from agents.engine.consume.poison_records import Guard
from agents.engine.stage import (
    OnLost,
    OnReady,
    Paired,
    Received,
    Stage,
    StageWithChangingTopics,
    Transactional,
)


@runtime_checkable
class HandlesSetAside(Protocol):
    """A stage that has something to write for a record that is set aside."""

    async def set_aside(self, records: Sequence[Received]) -> None:
        """Do what follows, and return when it is durable."""
        ...


class Guarded:
    """A stage behind its guard.

    Args:
        stage: what handles the records.
        guard: of its role.
    """

    def __init__(self, stage: Stage, guard: Guard) -> None:
        self._stage = stage
        self._guard = guard
        self.role = stage.role
        self.pooled = stage.pooled
        self.concurrency = stage.concurrency
        self.pairing = stage.pairing if isinstance(stage, Paired) else None

    @property
    def topics(self) -> Sequence[str]:
        """The stage's topics, which may change."""
        return self._stage.topics

    @topics.setter
    def topics(self, topics: Sequence[str]) -> None:
        self._stage.topics = topics

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Load what the stage needs."""
        await self._stage.assigned(partitions)

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Drop what the stage holds."""
        await self._stage.revoked(partitions)

    async def handle(self, records: Sequence[Received]) -> None:
        """Hand over what is not set aside; see `Stage.handle`.

        Raises:
            Exception: what the stage raised, once the records are named.
        """
        for aside, run in self._guard.runs(records):
            if not aside:
                try:
                    await self._stage.handle(run)
                except Exception as error:  # noqa: BLE001 - whatever it is, the records are named
                    await self._guard.met(run, error)
                    await self._set_aside(run)
            else:
                await self._set_aside(run)
            self._guard.passed(run)

    async def _set_aside(self, records: Sequence[Received]) -> None:
        if isinstance(self._stage, HandlesSetAside):
            await self._stage.set_aside(records)


class GuardedTransactional(Guarded):
    """A guarded stage that holds its own offsets.

    Args:
        stage: what handles the records.
        transactional: the stage, as what holds its own offsets.
        guard: of its role.
    """

    def __init__(self, stage: Stage, transactional: Transactional, guard: Guard) -> None:
        super().__init__(stage, guard)
        self._transactional = transactional

    async def recover(self, partitions: frozenset[int], ready: OnReady, lost: OnLost) -> None:
        """Load what the stage needs; see `Transactional.recover`."""
        await self._transactional.recover(partitions, ready, lost)


class GuardedWithChangingTopics(Guarded):
    """A guarded stage whose topics change."""

    topics_change = True


def guarded(stage: Stage, guard: Guard) -> Stage:
    """Return a stage behind its guard."""
    if isinstance(stage, Transactional):
        return GuardedTransactional(stage, stage, guard)
    if isinstance(stage, StageWithChangingTopics):
        return GuardedWithChangingTopics(stage, guard)
    return Guarded(stage, guard)
