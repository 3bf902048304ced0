"""How far a role is behind, from what its consumer has seen already: no request is made for it."""

from collections.abc import Iterator, Mapping
from typing import Any

from agents.engine.ownership import Lag

EVERY_S = 1.0
"""Between two looks; a scrape comes every few seconds."""


def lags(consumer: Any, prefix: str, done: Mapping[tuple[str, int], int]) -> Iterator[Lag]:
    """Give the lag in every partition whose end and position are known.

    Args:
        consumer: an aiokafka consumer; its state is read and may be another thread's.
        prefix: of the topics.
        done: the offset below which everything is done, by topic without prefix and partition;
            where nothing was begun yet it is the consumer's position.
    """
    assigned = consumer._subscription.subscription  # noqa: SLF001 - position() asks and waits
    if assigned is None or assigned.assignment is None:
        return
    for tp in assigned.assignment.tps:
        state = assigned.assignment.state_value(tp)
        if state is None or state.highwater is None:
            continue
        topic = tp.topic.removeprefix(prefix)
        position = state.position if state.has_valid_position else None
        at = done.get((topic, tp.partition), position)
        if at is not None:
            behind = max(0, state.highwater - at)
            yield Lag(topic=topic, partition=tp.partition, records=behind, done=at)
