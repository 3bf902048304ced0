"""What is entered in ICCAM, by the tables of the guide and by the product's."""

import pytest
from histories import written
from ledger_events import KEY, MIN, ONLINE, at, fold, notice, placed, report, slots
from msgspec.structs import replace

from schemas.closed_lists import CaseClass, ProbeError
from schemas.records.facts import Facts
from schemas.records.feedback import FollowedRecord
from streams.feedback.followed_cases import followed_cases
from streams.feedback.followed_url import told_cases
from verify.feedback.iccam import entered
from verify.ledger.records import url_records
from verify.method_10.cases import cases

LATER = [4 + n * 10 * MIN for n in range(5)]
MET = [
    *(Facts(status=status) for status in (200, 206, 301, 402, 407, 410, 418, 451, 500, 503)),
    *(Facts(status=status, type="text/html", length=99) for status in (401, 403, 404, 429)),
    *(Facts(error=error) for error in ProbeError),
    replace(ONLINE, suspended=True),
    replace(ONLINE, challenge=True),
    replace(ONLINE, parked=True),
]
EXPECTED = {
    404: ("Removed", "Error404NotFoundOrSiteDown"),
    410: ("Removed", "ContentNotFound"),
    503: ("Unavailable", "Error503OrContentTemporarilyUnavailable"),
}


@pytest.mark.parametrize("met", MET, ids=str)
def test_both_tables_enter_the_same(met: Facts) -> None:
    """Whatever the probes met after the notice."""
    happened = [report(seen=0), placed(), notice(1), *slots([1.5, 3], ONLINE), *slots(LATER, met)]
    url = url_records(KEY, written(happened))
    (case,) = cases(url, at(5))
    record = FollowedRecord("alpha", "r", "s", at(0))
    (told,) = told_cases(record, followed_cases(fold(*happened)), at(5))
    action, reason = entered(case, url)
    assert (action, reason) == (told.action, told.action_reason)
    if case.case_class in (CaseClass.REMOVED, CaseClass.UNAVAILABLE) and met.status in EXPECTED:
        assert (action, reason) == EXPECTED[met.status]
