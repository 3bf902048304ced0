"""What a contestant lost and what it did twice, read off its outputs and its changelog.

The truth is each event folded once. An event without an output is lost, one with several is
doubled; a state that counts fewer events than its key has is short, one that counts more is over.
"""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec
from job import OUTPUT

KEY = re.compile(rb"k[0-9]{7}")
"""Finds the key of the job in the record keys that frameworks build around it."""

COUNT = re.compile(rb'"n": ?([0-9]+)')


class Audit(msgspec.Struct, kw_only=True):
    """What was found.

    Attributes:
        events: that were handed in.
        lost, doubled: events without an output; outputs beyond the first of an event.
        short, over: events that the newest states miss or count too often, by the last output of
            each key.
        changelog_short, changelog_over: the same by the newest changelog record of each key;
            None = there is no changelog topic.
    """

    events: int
    lost: int
    doubled: int
    short: int
    over: int
    changelog_short: int | None = None
    changelog_over: int | None = None


def differences(truth: Mapping[str, int], held: Mapping[str, int]) -> tuple[int, int]:
    """Return how many events the held counts miss, and how many they count too often."""
    short = sum(max(0, n - held.get(key, 0)) for key, n in truth.items())
    over = sum(max(0, n - truth.get(key, 0)) for key, n in held.items())
    return short, over


async def of_outputs(events: int, truth: Mapping[str, int], outputs: AsyncIterator[Any]) -> Audit:
    """Read all outputs and compare them with the truth.

    Args:
        events: that were handed in, numbered from 0.
        truth: how many of them each key has.
        outputs: records of the output topic, each partition in order.
    """
    seen = [0] * events
    held: dict[str, int] = {}
    async for record in outputs:
        output = OUTPUT.decode(record.value)
        seen[output.seq] += 1
        held[output.key] = output.n
    short, over = differences(truth, held)
    doubled = sum(times - 1 for times in seen if times > 1)
    return Audit(events=events, lost=seen.count(0), doubled=doubled, short=short, over=over)


async def of_changelog(truth: Mapping[str, int], states: AsyncIterator[Any]) -> tuple[int, int]:
    """Read a changelog and return what its newest states miss and count too often.

    Args:
        truth: how many events each key has.
        states: records of the changelog, each partition in order; whatever stands around the key
            and the count is a framework's business.
    """
    held: dict[str, int] = {}
    async for record in states:
        key, count = KEY.search(record.key or b""), COUNT.search(record.value or b"")
        if key and count:
            held[key.group().decode()] = int(count.group(1))
    return differences(truth, held)
