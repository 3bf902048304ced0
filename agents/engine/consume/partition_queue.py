"""What waits of one partition, bounded, and how far its topics have come.

A stage may say which two of its topics are a pair (`agents.engine.stage.Pairing`). While it is
behind, records of the first wait a little for those that follow from them, and one list has both.
Nothing rests on it: what does not come in time is worked off by itself.
"""

import asyncio
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Final, NamedTuple

from agents.engine.stage import Pairing, Received

LIST_RECORDS_MAX = 4_000
"""Above this a list gains no speed and only delays the first commit; a fetch is no longer."""

QUEUE_RECORDS_MAX = 2 * LIST_RECORDS_MAX
"""One list is worked off while the next comes in."""

QUEUE_BYTES_MAX = 16 * 1024 * 1024
"""Keys and values waiting in a partition; large records must not multiply by thousands."""

PAIRING_WAIT_S: Final = 1.0
"""So long a record waits at most for the one that follows from it. A stage that is behind takes
tenths of a second for a round of its partitions. What takes longer, as a slow name server's answer,
is not waited for."""

PAIRING_RECORDS_MIN: Final = 32
"""Fewer records wait for nothing: a trickle is worked off at once."""


@dataclass(slots=True)
class Progress:
    """What is under way in one topic of a partition.

    Attributes:
        taken: the offset that follows the newest record let in.
        done: the offset that follows the newest list done; not used by a pooled stage.
        under_way: offsets of a pooled stage that are not done, waiting ones too.
    """

    taken: int
    done: int
    under_way: set[int] = field(default_factory=set)


class Waiting(NamedTuple):
    """Records of one topic that wait.

    Attributes:
        records: in order, at least one.
        size: bytes of their keys and values.
        since_s: when they were let in, by the steady clock.
    """

    records: Sequence[Received]
    size: int
    since_s: float

    @property
    def topic(self) -> str:
        """Return the topic."""
        return self.records[0].topic


@dataclass(slots=True)
class PartitionQueue:
    """What waits and what is under way of one partition that is owned and loaded.

    Attributes:
        pairing: topics whose records go best in one list; None = there are none.
        lists: lists of records that wait, oldest first.
        waiting: how many records these are.
        bytes: of their keys and values.
        waits_for_pair: some records waited for their follow-up when records were last taken.
        filled: set while something waits or the end has come.
        progress: by topic.
        begin_at: offsets by topic that the consumer is to seek to first; None = it stands right.
        leaving: takes up nothing more.
        task: works it off.
    """

    pairing: Pairing | None = None
    lists: deque[Waiting] = field(default_factory=deque)
    waiting: int = 0
    bytes: int = 0
    waits_for_pair: bool = False
    filled: asyncio.Event = field(default_factory=asyncio.Event)
    progress: dict[str, Progress] = field(default_factory=dict)
    begin_at: Mapping[str, int] | None = None
    leaving: bool = False
    task: asyncio.Task[None] | None = None

    @property
    def full(self) -> bool:
        """Say whether nothing more should be fetched for now."""
        return self.waiting >= QUEUE_RECORDS_MAX or self.bytes >= QUEUE_BYTES_MAX

    def put(self, records: Sequence[Received]) -> Sequence[Received]:
        """Let records of one topic wait; return them but for those that were let in before."""
        first = records[0]
        progress = self.progress.setdefault(first.topic, Progress(first.offset, first.offset))
        if first.offset < progress.taken:
            records = [record for record in records if record.offset >= progress.taken]
            if not records:
                return ()
        progress.taken = records[-1].next_offset
        size = _size(records)
        self.lists.append(Waiting(records, size, monotonic()))
        self.waiting += len(records)
        self.bytes += size
        self.filled.set()
        return records

    def take(self) -> tuple[Sequence[Received], dict[str, int]]:
        """Return the records to work off next, and the offset that follows them by topic.

        Nothing, if all that waits is held back; `filled` is set again when that ends.
        """
        lists = [self.lists.popleft()]
        count = len(lists[0].records)
        while self.lists and count + len(self.lists[0].records) <= LIST_RECORDS_MAX:
            lists.append(self.lists.popleft())
            count += len(lists[-1].records)
        if self.pairing is not None:
            lists, held = self._parted(lists, self.pairing)
            self.lists.extendleft(reversed(held))
            self.waits_for_pair = bool(held)
        if not lists:
            self._wait()
        elif not self.lists:
            self.filled.clear()
        taken = lists[0].records if len(lists) == 1 else [r for one in lists for r in one.records]
        self.waiting -= len(taken)
        self.bytes -= sum(one.size for one in lists)
        return taken, {one.topic: one.records[-1].next_offset for one in lists}

    def _parted(
        self, lists: list[Waiting], pairing: Pairing
    ) -> tuple[list[Waiting], list[Waiting]]:
        """Return what is worked off, and what is held back until its follow-up has come.

        Of the leading topic all is worked off up to the newest record whose key has come in the
        other, and what has waited for `PAIRING_WAIT_S`.
        """
        leading = [one for one in lists if one.topic == pairing.leading]
        few = (
            not self.waits_for_pair
            and sum(len(one.records) for one in leading) < PAIRING_RECORDS_MIN
        )
        crowded = self.waiting >= LIST_RECORDS_MAX or self.bytes >= QUEUE_BYTES_MAX // 2
        if few or crowded:  # in a crowded queue is no room for what they would wait for
            return lists, []
        others = [one for one in lists if one.topic != pairing.leading]
        come = {r.key for one in others if one.topic == pairing.following for r in one.records}
        until_s = monotonic() - PAIRING_WAIT_S
        for number in reversed(range(len(leading))):
            one = leading[number]
            count = (
                len(one.records)
                if one.since_s <= until_s
                else _matched(one.records, come, pairing.begins)
            )
            if count:
                parts = _cut(one, count)
                released = [*leading[:number], parts[0], *others]
                return released, [*parts[1:], *leading[number + 1 :]]
        return others, leading

    def _wait(self) -> None:
        """Have `filled` set when the oldest list has waited for its time."""
        self.filled.clear()
        left_s = self.lists[0].since_s + PAIRING_WAIT_S - monotonic()
        asyncio.get_running_loop().call_later(left_s, self._remind)

    def _remind(self) -> None:
        if self.lists:
            self.filled.set()

    def end(self) -> None:
        """Take up nothing more."""
        self.leaving = True
        self.filled.set()


def _size(records: Sequence[Received]) -> int:
    return sum([len(record.key) + len(record.value or b"") for record in records])


def _matched(records: Sequence[Received], keys: Collection[bytes], begins: bytes) -> int:
    """Return the number of records up to the last that has one of the keys, or waits for none."""
    for number in range(len(records), 0, -1):
        record = records[number - 1]
        if record.key in keys or not (record.value or b"").startswith(begins):
            return number
    return 0


def _cut(one: Waiting, count: int) -> list[Waiting]:
    """Return a list's first records, so many, and the rest where there is one."""
    if count == len(one.records):
        return [one]
    parts = one.records[:count], one.records[count:]
    return [Waiting(records, _size(records), one.since_s) for records in parts]
