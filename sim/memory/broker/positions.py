"""Listens to the positions of lifecycle, which only go on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.codec import POSITION
from schemas.records.case import POSITION_KEY
from schemas.topics import CASES
from sim.memory.broker.broker import Broker


@dataclass(slots=True)
class LifecyclePositions:
    """What lifecycle said of where it stands.

    Attributes:
        broker: what is read.
        back: positions that went back, as where a zombie's older state became the newest.
    """

    broker: Broker
    back: int = 0
    _known: dict[int, Mapping[str, int]] = field(default_factory=dict)
    _read_to: dict[int, int] = field(default_factory=dict)

    def on_written(self, partition: int) -> None:
        """Look at what was just written to a partition of `cases.v1`."""
        log = self.broker.log(CASES.name, partition)
        since, self._read_to[partition] = self._read_to.get(partition, 0), log.stable
        for record in log.since(since):
            if not record.key.startswith(POSITION_KEY):
                continue
            offsets = POSITION.decode(record.value).offsets
            known = self._known.get(partition, {})
            self.back += any(offsets.get(topic, 0) < offset for topic, offset in known.items())
            self._known[partition] = offsets
