"""Short histories of owners that a group joins: two readings once differed in each (1.6)."""

from both_readings import held
from ledger_events import at, class_of, place, placed, report, withdrawal

TOGETHER = (place(group="holding"), place("other", group="holding"))
BOTH = [placed(h, place("other"), vantage="north") for h in (10, 11)]
JOINED = placed(40, *TOGETHER, vantage="south")


def test_a_report_after_owners_were_joined_opens_one_case():
    """The one of the owner whose case opened first, though no report stood before it."""
    told = [report(0.1, seen=0.1), placed(0.2), *BOTH, JOINED, withdrawal(50)]
    found = held(*told, report(60, id="r2", seen=59))
    assert [case.opened_at for case in found].count(at(60)) == 1
    assert [case.gone_at for case in found if case.hoster == "other"] == [at(40)]


def test_of_a_withdrawn_case_and_a_later_one_the_later_is_joined():
    """The withdrawn one has neither an end nor an R of it."""
    told = [report(0.1, seen=0.1), placed(0.2), *BOTH, withdrawal(20), report(30, id="r2", seen=29)]
    found = held(*told, JOINED)
    withdrawn, joined = (case for case in found if case.hoster == "other")
    assert (withdrawn.gone_at, class_of(withdrawn, 45)) == (None, "withdrawn")
    assert (joined.gone_at, class_of(joined, 45)) == (at(40), "moved")
