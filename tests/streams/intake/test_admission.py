"""Laws of the rules that a record keeps whatever came before it."""

import pytest
from hotline_records import NOW, at, notice, report

from schemas.closed_lists import Quarantine
from schemas.codec import Rejected
from schemas.moments import instant
from schemas.records.hotline import SourceStatus
from streams.intake.admission import admissible
from streams.intake.content import times_of


def test_url_and_times_of_a_good_record_are_given():
    """What the rules had to work out is worked out once."""
    record = report(seen_at=at(-90))
    url, times = admissible(record, times_of(record), NOW)
    assert (url.host, times) == ("a.example", [instant(at(-60)), instant(at(-90))])


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (lambda late: report(reported_at=late), "reported_at"),
        (lambda late: report(seen_at=late), "seen_at"),
        (
            lambda late: report(source=SourceStatus(status="online", last_online=late)),
            "source.last_online",
        ),
        (lambda late: notice(delivered_at=late), "delivered_at"),
    ],
)
def test_a_time_up_to_five_minutes_ahead_is_let_in(record, field):
    """Clocks may differ by so much; a later time is told with the field that states it."""
    good, late = record(at(300)), record(at(301))
    assert admissible(good, times_of(good), NOW)
    with pytest.raises(Rejected) as rejected:
        admissible(late, times_of(late), NOW)
    assert (rejected.value.reason, rejected.value.field) == (Quarantine.FUTURE_TIME, field)
