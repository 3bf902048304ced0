"""One moment of all that is shown counts what intake did with the records."""

from schemas.closed_lists import Result
from streams.rollup.intake_counts import IntakeCount
from streams.views.view import View


def count(type: str, result: Result, many: int) -> IntakeCount:
    return IntakeCount(hotline="alpha", type=type, result=result, reason="", count=many)


SHOWN = View(
    intake=(
        count("report", Result.ACCEPTED, 5),
        count("notice", Result.ACCEPTED, 3),
        count("report", Result.DUPLICATE, 2),
        count("report", Result.QUARANTINED, 1),
    )
)


def test_received_records_are_those_of_every_outcome() -> None:
    """And of one outcome those alone."""
    assert SHOWN.received() == 11
    assert SHOWN.received(Result.ACCEPTED) == 8
    assert SHOWN.received(Result.SET_ASIDE) == 0


def test_nothing_is_claimed_before_the_table_was_read() -> None:
    """A page of an empty view says that it is not ready, and that it is stale."""
    assert (View().ready, View().stale, View().received()) == (False, True, 0)
