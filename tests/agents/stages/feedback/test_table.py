"""Laws of what the stage holds of a partition."""

from agents.engine.state.store import MemoryStore, Pair
from agents.stages.feedback.table import FeedbackTable
from schemas.codec import FEEDBACK_TABLE
from schemas.records.feedback import FollowedUrl

ONE, TWO = b"1" * 32, b"2" * 32


def url(key: bytes, next_at: int | None) -> Pair:
    return key, FEEDBACK_TABLE.encode(FollowedUrl(url_key=key.decode(), next_at=next_at))


def test_a_url_is_due_once_and_by_its_newest_instant() -> None:
    """An instant that a later record took back is none."""
    table = FeedbackTable()
    table.hold([url(ONE, 5), url(TWO, 7)], 2)
    table.hold([url(ONE, 9)], 3)
    assert list(table.due(4)) == []
    assert list(table.due(8)) == [TWO]
    assert list(table.due(9)) == [ONE]
    assert list(table.due(99)) == []


def test_what_is_due_survives_a_restart() -> None:
    """It is read off the records, as are position and offsets."""
    store = MemoryStore()
    table = FeedbackTable(store)
    table.hold([url(ONE, 5), url(TWO, None), table.position_pair(3, {"reports.v1": 8}, 4)], 3)
    again = FeedbackTable(store)
    again.resume(3)
    assert (again.offsets, again.as_of) == ({"reports.v1": 8}, 4)
    assert list(again.due(5)) == [ONE]


def test_an_unknown_url_is_empty() -> None:
    """Its record, or its state, comes first."""
    assert FeedbackTable().url(ONE) == FollowedUrl(url_key=ONE.decode())
