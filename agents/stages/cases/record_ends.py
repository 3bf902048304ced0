"""Says where the records of partitions end: behind the last one may stand markers of transactions.

What two persons decide is written in a transaction. Its marker takes an offset and is handed to
nobody. A stage that waits to be handed all up to the end of the log would wait for ever.
"""

from collections.abc import Mapping
from contextlib import aclosing

from agents.config import Settings
from agents.engine.read.brokers import EndReader
from agents.engine.read.bulk import read_partitions

_Gap = tuple[int, int]


class RecordEnds:
    """The ends of some topics' partitions, for a stage that has read them up to an offset.

    Args:
        settings: broker, prefix and clock.
        ends: says where the logs end.
    """

    def __init__(self, settings: Settings, ends: EndReader) -> None:
        """Know of no gap yet."""
        self._settings = settings
        self._ends = ends
        self._gaps: dict[tuple[str, int], tuple[_Gap, bool | None]] = {}

    async def of(self, read: Mapping[int, Mapping[str, int]]) -> dict[int, dict[str, int]]:
        """Return the end of every topic in each partition, markers behind the last record left out.

        Args:
            read: offsets up to which the stage has read, by partition and topic.

        Raises:
            TimeoutError, LoadStalled: the broker did not answer in time.
            aiokafka.errors.KafkaError: it refused.
        """
        found = await self._ends.of(tuple(read))
        for partition, ends in found.items():
            for topic, end in ends.items():
                offset = read[partition].get(topic, 0)
                if offset < end and await self._is_empty(topic, partition, (offset, end)):
                    ends[topic] = offset
        return found

    async def _is_empty(self, topic: str, partition: int, gap: _Gap) -> bool:
        """Return whether a gap holds no record; that is read once it stood for two calls."""
        place = topic, partition
        known, empty = self._gaps.get(place, (None, None))
        if known != gap:  # the records are on their way to the stage
            self._gaps[place] = gap, None
            return False
        if empty is None:
            empty = not await self._holds_records(topic, partition, gap[0])
            self._gaps[place] = gap, empty
        return empty

    async def _holds_records(self, topic: str, partition: int, since: int) -> bool:
        at = {partition: since}
        async with aclosing(
            read_partitions(self._settings, topic, (partition,), since=at)
        ) as found:
            async for records in found:
                if records:
                    return True
        return False
