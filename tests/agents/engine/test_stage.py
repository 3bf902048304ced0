"""Records say where the next one stands; a batch that cannot be read stands for all of its own."""

from agents.engine.stage import Received, UnreadableInboxBatch, next_offsets
from schemas.closed_lists import Quarantine


def record(offset: int, topic: str = "reports.v1") -> Received:
    return Received(topic, 0, offset, 1, b"", b"")


def test_the_next_offset_is_behind_the_record() -> None:
    """Behind the last one of a batch."""
    batch = UnreadableInboxBatch(
        *("hotline.north.v1", 0, 7, 1, b"", b""),
        last_offset=11,
        fault=Quarantine.UNREADABLE,
        digest="",
    )
    assert record(7).next_offset == 8
    assert batch.next_offset == 12


def test_of_several_records_of_a_topic_the_last_counts() -> None:
    """Topic by topic, in the order in which they come."""
    found = next_offsets([record(7), record(3, "facts.v1"), record(8)])
    assert found == {"reports.v1": 9, "facts.v1": 4}
    assert next_offsets([]) == {}
