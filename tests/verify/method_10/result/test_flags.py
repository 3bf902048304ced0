"""Laws of 3.2, 3.12 and 3.14: what is said beside a case."""

from ledger_events import ONLINE, notice, placed, report, slots
from second_reading import only

from schemas.closed_lists import Flag


def test_a_notice_to_somebody_who_never_had_the_url_goes_astray():
    """It starts nothing, and the case says so."""
    case = only(report(seen=0), placed(), notice(1, recipient="other"), hours=2)
    assert Flag.MISDIRECTED in case.flags
    assert case.noticed_at is None


def test_a_self_report_names_nobody():
    """Its hoster found it itself (14.1)."""
    told = [placed(), notice(1), slots([1.1, 2], ONLINE)]
    own = only(report(seen=0, self_report=True), *told, hours=3)
    assert Flag.SELF_REPORT in own.flags
    assert not own.naming
    assert only(report(seen=0), *told, hours=3).naming
