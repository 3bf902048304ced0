"""Laws of 3.8 and 3.14: what a case says as a whole."""

from ledger_events import ONLINE, check, decision, notice, placed, report, slots
from msgspec.structs import replace
from second_reading import hour, only, read


def test_nothing_is_a_case_before_it_is_reported_and_attributed():
    """Until then it is pending."""
    assert read(report(), notice(1)) == []
    assert read(placed(), notice(1)) == []


def test_a_decision_gives_a_case_to_another_hoster():
    """Its clock is then the notice to that one."""
    told = [report(seen=0), placed(), notice(1, recipient="other"), slots([2, 60], ONLINE)]
    made, when = decision(20, "reattribute")
    given = (replace(made, hoster="other"), when)
    case = only(*told, given, hours=61)
    assert (case.hoster, hour(case.noticed_at), case.case_class.value) == ("other", 1, "online")


def test_a_revoked_decision_has_no_effect():
    """The case is what it was."""
    excluded, when = decision(20)
    revoked, later = decision(30, "revoke")
    told = [report(seen=0), placed(), notice(1), slots([2, 4], ONLINE)]
    taken_back = (replace(revoked, revokes=excluded.id), later)
    assert only(*told, (excluded, when), taken_back, hours=31).case_class.value == "online"


def test_self_reports_are_in_no_naming():
    """Nor is what is contested."""
    assert not only(report(self_report=True), placed(), notice(1)).naming
    assert only(report(), placed(), notice(1), check(2)).naming
