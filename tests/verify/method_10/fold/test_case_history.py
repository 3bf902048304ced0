"""Laws of 3.6: what stands of a removal that ended."""

from ledger_events import GONE, ONLINE, notice, placed, report, slots
from second_reading import hour, only


def test_every_return_is_kept_with_its_removal():
    """(L, R] of each, and when it was seen again."""
    seen = [slots([1.1, 4], ONLINE), slots([5, 5.3, 5.6], GONE), slots([40, 41], ONLINE)]
    more = [slots([50, 50.3, 50.6], GONE), slots([80, 81], ONLINE)]
    case = only(report(seen=0), placed(), notice(1), *seen, *more, hours=82)
    kept = [tuple(hour(at) for at in one) for one in case.returns]
    assert kept == [(4, 5, 40), (41, 50, 80)]
    assert tuple(hour(at) for at in case.first_end) == (4, 5)
