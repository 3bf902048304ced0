"""Laws of the index of what hotlines were told."""

from datetime import UTC, datetime

from agents.edges.intake_http.feedback.index import ChangesTopic, RecordPlaces, RecordPosition
from agents.engine.stage import Received
from schemas.closed_lists import Quarantine, Result
from schemas.codec import HOTLINE_OUT
from schemas.records.feedback import Feedback

NOW = datetime(2026, 3, 9, tzinfo=UTC)


def said(id: str, offset: int, result: Result = Result.ACCEPTED, partition: int = 3) -> Received:
    reason = Quarantine.CONFLICT if result is Result.QUARANTINED else None
    value = HOTLINE_OUT.encode(Feedback(id=id, result=result, reason=reason, as_of=NOW))
    return Received("hotline.north.out.v1", partition, offset, 0, id.encode(), value)


def test_the_newest_place_of_a_record_is_kept() -> None:
    """Of each hotline its own, whatever the others call theirs."""
    places = RecordPlaces()
    places.take("north", said("r1", 1))
    places.take("north", said("r1", 2))
    places.take("south", said("r1", 9, partition=0))
    assert places.find("north", b"r1") == RecordPosition(3, 2)
    assert places.find("south", b"r1") == RecordPosition(0, 9)
    assert places.find("east", b"r1") is places.find("north", b"r2") is None


def test_what_was_accepted_stays() -> None:
    """A duplicate, or another record under the id, does not hide what became of the first."""
    places = RecordPlaces()
    places.take("north", said("r1", 1, Result.QUARANTINED))
    places.take("north", said("r1", 2))
    places.take("north", said("r1", 3, Result.DUPLICATE))
    places.take("north", said("r1", 4, Result.QUARANTINED))
    assert places.find("north", b"r1") == RecordPosition(3, 2)
    places.take("north", said("r1", 5))
    assert places.find("north", b"r1") == RecordPosition(3, 5)


def test_the_index_keeps_the_newest_records() -> None:
    """Of more records than are kept, those that were told of last are found."""
    places = RecordPlaces(3)
    for number in (1, 2, 3, 1, 4):
        places.take("north", said(f"r{number}", number))
    assert len(places) == 3
    assert [places.find("north", b"r%d" % n) is not None for n in (1, 2, 3, 4)] == [
        True,
        False,
        True,
        True,
    ]


def test_what_is_unread_is_told_by_partition() -> None:
    """A reader that names no partition has read nothing of it."""
    topic = ChangesTopic(positions={0: 12, 1: 4}, filled={0: 10, 1: 4})
    assert topic.unread({}) == {0: (0, 10), 1: (0, 4)}
    assert topic.unread({0: 10, 1: 3}) == {1: (3, 4)}
    assert topic.unread({0: 12, 1: 99}) == {}
