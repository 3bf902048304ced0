"""Laws of the intake's accounts."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from schemas.closed_lists import Quarantine, Result
from schemas.records.processing import Origin, OutcomeRecord
from streams.rollup.intake_counts import IntakeCount, IntakeTally, OffsetSet


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from((None, 0, 1, 2, 30)))))
def test_a_set_of_offsets_is_a_set(spans):
    """Each offset is new once; the runs kept are ascending, apart and cover just these."""
    found, seen = OffsetSet(), set()
    for first, more in spans:
        offsets = set(range(first, first + (more or 0) + 1))
        assert found.add(first, None if more is None else first + more) == len(offsets - seen)
        seen |= offsets
    runs = list(zip(found.starts, found.stops, strict=True))
    assert {o for start, stop in runs for o in range(start, stop)} == seen
    assert all(a[1] < b[0] for a, b in pairwise(runs))


def test_a_log_read_whole_is_one_run():
    """The room it takes does not grow with the log."""
    found = OffsetSet()
    for offset in [*range(1, 1_000, 2), *range(0, 1_000, 2)]:
        found.add(offset)
    assert (found.starts, found.stops) == ([0], [1_000])


def test_outcomes_of_two_partitions_are_two():
    """An origin is topic, partition and offset, not the offset alone."""
    tally = IntakeTally()
    for partition in (0, 1, 0):
        tally.add(
            OutcomeRecord(
                hotline="north",
                record_id="r",
                origin=Origin(
                    topic="hotline.north.v1", partition=partition, offset=7, appended_at=0
                ),
                result=Result.QUARANTINED,
                reason=Quarantine.BAD_URL,
            )
        )
    expected = IntakeCount("north", "", Result.QUARANTINED, Quarantine.BAD_URL, 2)
    assert tally.counts() == (expected,)


def test_a_batch_that_cannot_be_read_counts_as_its_records():
    """Its outcome is one record of outcomes.v1; what was counted of its offsets is not again."""
    tally = IntakeTally()
    for first, last in ((4, 4), (0, 9), (0, 9)):
        tally.add(
            OutcomeRecord(
                hotline="north",
                record_id="r",
                origin=Origin(
                    topic="hotline.north.v1",
                    partition=0,
                    offset=first,
                    last_offset=last,
                    appended_at=0,
                ),
                result=Result.QUARANTINED,
                reason=Quarantine.UNREADABLE,
            )
        )
    expected = IntakeCount("north", "", Result.QUARANTINED, Quarantine.UNREADABLE, 10)
    assert tally.counts() == (expected,)
