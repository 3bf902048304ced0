"""Laws of 3.5 and 3.7: what was hidden, and what was not probed on time."""

from ledger_events import LIMITED, ONLINE, notice, placed, report, slots
from second_reading import only

OPEN = [report(seen=0, norms_s=(86_400, 172_800)), placed(), notice(1.0)]


def test_a_day_unavailable_is_not_measurable():
    """A observation that is answered within the day keeps it so."""
    barred = slots([2, 2.5, 3, 20, 30], LIMITED)
    assert only(*OPEN, slots([1.5], ONLINE), barred, hours=40).unmeasurable
    seen = slots([1.5, 10], ONLINE)
    assert not only(*OPEN, seen, slots([12, 12.5, 13], LIMITED), hours=30).unmeasurable


def test_slots_beside_a_norm_that_nobody_probed_in_are_missed():
    """All eight of them, and none where the slots were probed."""
    assert only(*OPEN, slots([1.2], ONLINE), hours=60).missed == 8
    observed = [1.9, 2.1, 12.5, 13.5, 24.5, 25.5, 48.5, 49.5]
    assert only(*OPEN, slots(observed, ONLINE), hours=60).missed == 0
