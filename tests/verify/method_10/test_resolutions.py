"""Laws of 1.3: what resolutions say of an owner, and when the name has left it."""

from ledger_events import BOTH, GONE, ONLINE, notice, place, placed, report, slots
from second_reading import hour, read

from schemas.closed_lists import CaseClass

ACME = [report(seen=0), placed(), notice(1.0)]


def left(*, from_h, vantages=BOTH, there=GONE):
    """Return resolutions that lead to another, and the old address asked."""
    away = [placed(from_h + step, place("other"), vantage=v) for step in (0, 0.5) for v in vantages]
    said = {"old_address": True, "hosters": ("other",)}
    return [*away, *slots([from_h + 1, from_h + 1.3, from_h + 1.6], there, vantages, **said)]


def test_a_case_moves_when_the_name_left_and_the_old_address_has_it_no_more():
    """R is the later of the first resolution without the owner and R there."""
    found = read(*ACME, slots([2, 4], ONLINE), left(from_h=30))
    moved = next(case for case in found if case.hoster == "acme")
    assert (moved.case_class, hour(moved.gone_at)) == (CaseClass.MOVED, 31)


def test_a_move_waits_for_a_day_without_the_owner():
    """A resolution of the last 24 h that leads there holds it up."""
    found = read(*ACME, slots([2, 10], ONLINE), left(from_h=30), hours=32)
    moved = next(case for case in found if case.hoster == "acme")
    assert moved.case_class is not CaseClass.MOVED
