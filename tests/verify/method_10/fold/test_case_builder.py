"""Laws of 3.4 and 3.5: the run since the newest sighting, darkness, and what is unavailable."""

from ledger_events import DEAD, GONE, LIMITED, NORTH, ONLINE, SOUTH, notice, placed, report, slots
from second_reading import hour, only

OPEN = [report(seen=0), placed(), notice(1), slots([1.5, 4], ONLINE)]


def test_every_sighting_starts_all_runs_anew():
    """What was said before it does not count with what was said after."""
    before = slots([5, 5.3], GONE)
    seen = slots([5.5], ONLINE)
    case = only(*OPEN, before, seen, slots([5.8, 6.1], GONE), hours=7)
    assert case.gone_at is None
    assert hour(only(*OPEN, before, seen, slots([5.8, 6.1, 6.4], GONE)).gone_at) == 5.8


def test_a_host_that_is_dead_for_a_week_is_dark():
    """Its controls as well, canaries being healthy, at least 6 probes a vantage."""
    dead = slots([6 + 24 * day for day in range(9)], DEAD, control=DEAD)
    case = only(*OPEN, dead, hours=220)
    assert (case.case_class.value, hour(case.gone_at)) == ("dark", 6)
    alive = slots([6 + 24 * day for day in range(9)], DEAD, control=GONE)
    assert only(*OPEN, alive, hours=220).case_class.value == "unavailable"


def test_blocking_is_unavailable_and_never_removed():
    """However long it lasts."""
    barred = slots([5, 5.3, 5.6, 30, 60, 90], LIMITED)
    case = only(*OPEN, barred, hours=100)
    assert (case.case_class.value, case.gone_at) == ("unavailable", None)


def test_an_unbacked_sighting_after_an_end_keeps_the_case_open_and_is_no_return():
    """Within 24 h it voids the removal all the same; a day later the removal stands (6.1, 6.2)."""
    gone = slots([5.2, 5.5, 5.8], GONE)
    case = only(*OPEN, gone, slots([7], ONLINE, (NORTH,)), hours=8)
    assert (case.case_class.value, case.returns) == ("suspect", ())
    assert {verdict.value for verdict in case.verdicts} == {"undetermined"}
    later = only(*OPEN, gone, slots([40], ONLINE, (NORTH,)), hours=41)
    assert (later.case_class.value, later.returns) == ("suspect", ())
    assert "in_time" in {verdict.value for verdict in later.verdicts}
    both = only(*OPEN, gone, slots([7], ONLINE, (NORTH, SOUTH)), hours=8)
    assert both.case_class.value == "online"
