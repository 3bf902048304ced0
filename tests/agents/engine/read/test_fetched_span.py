"""What is read off the heads of batches."""

import struct

from aiokafka.record.util import calc_crc32c

from agents.clock import Clock
from agents.engine.read.fetched_span import span_of

CONTROL, TRANSACTIONAL = 0x20, 0x10


def emptied(offset: int, attributes: int, producer: int = 7) -> bytes:
    """Return a batch of which compaction has left the head alone, as a broker keeps it."""
    tail = struct.pack(">hiqqqhii", attributes, 0, 1, 1, producer, 0, -1, 0)
    head = struct.pack(">ibI", 0, 2, calc_crc32c(tail))
    return struct.pack(">qi", offset, len(head) + len(tail)) + head + tail


def test_a_marker_that_compaction_emptied_is_passed_over():
    """The position moves behind the batch of a marker that holds the marker no longer."""
    batches = emptied(4, CONTROL | TRANSACTIONAL) + emptied(5, TRANSACTIONAL) + emptied(6, CONTROL)
    span = span_of(("topic", 0), (4, 7), batches, [(7, 2)])
    assert span.position == 7
    assert span.received("topic", Clock()) == []
