"""Which notices count for a case, and from when its clocks run."""

import pytest
from histories import written
from ledger_events import KEY, at, decision, notice, report

from schemas.closed_lists import Basis, Delivery, Flag, HotlineMode
from verify.ledger.records import UrlRecords, url_records
from verify.method_9.notice_times import NoticeTimes, delay, notice_times

ACME = frozenset({"acme"})
DAY_S = 86_400


def records(*told) -> UrlRecords:
    """Return the records of a URL."""
    return url_records(KEY, written([report(0), *told]))


def times(*told, between=(None, None), back_h=None, known=ACME) -> NoticeTimes:
    """Return the clocks of acme's case."""
    back_at = None if back_h is None else at(back_h)
    return notice_times(
        records(*told), mine=ACME, known=known, id="id", between=between, back_at=back_at
    )


@pytest.mark.parametrize(
    ("told", "hour", "flags"),
    [
        ([], None, set()),
        ([notice(3), notice(2)], 2, set()),
        ([notice(2, recipient="other")], None, {Flag.MISDIRECTED}),
        ([notice(2, recipient="unknown")], None, set()),
        ([notice(2, recipient="brand", group="acme")], 2, set()),
        ([notice(2, result=Delivery.BOUNCED)], None, {Flag.BOUNCED}),
        ([notice(2, result=Delivery.BOUNCED), notice(3)], 3, set()),
        ([notice(2, result=Delivery.SENT)], None, set()),
        (
            [notice(2, result=Delivery.SENT, mode=HotlineMode.SENT_ONLY)],
            2,
            {Flag.NO_DELIVERY_PROOF},
        ),
        ([notice(2, backdated=True)], 2, {Flag.BACKDATED}),
    ],
)
def test_the_earliest_notice_to_the_owner_that_was_delivered_starts_the_clock(
    told, hour, flags
) -> None:
    """What was sent alone counts of a hotline that has no proof of delivery."""
    found = times(*told)
    assert found.noticed_at == (None if hour is None else at(hour))
    assert found.flags == flags


def test_a_case_hears_of_notices_of_its_own_time_only() -> None:
    """Of those between its opening and the next case's."""
    told = (notice(2), notice(30), notice(60))
    assert times(*told, between=(at(10), at(50))).noticed_at == at(30)
    assert times(*told, between=(at(40), None)).noticed_at == at(60)


def test_the_order_that_runs_out_first_sets_the_norm() -> None:
    """From its own time; without one the sector's norm runs from the notice."""
    orders = [
        notice(5, basis=Basis.ORDER, reference="a", term_s=3_600),
        notice(2, basis=Basis.ORDER, reference="b", term_s=20_000),
    ]
    found = times(notice(1), *orders)
    assert (found.noticed_at, found.norm_from_at, found.norm_s) == (at(1), at(5), 3_600)
    assert found.ordered_at == at(2)
    assert (times(notice(1)).norm_from_at, times(notice(1)).norm_s) == (at(1), DAY_S)


def test_a_notice_that_is_dated_back_names_from_received_at_unless_two_persons_confirm() -> None:
    """The clock runs from what it says."""
    late = notice(2, received=40, backdated=True)
    assert (times(late).noticed_at, times(late).naming_at) == (at(2), at(40))
    assert times(late, decision(50, "confirm_backdated")).naming_at == at(2)
    other = decision(50, "confirm_backdated", case_id="another")
    assert times(late, other).naming_at == at(40)


def test_a_return_waits_for_a_notice_behind_it() -> None:
    """One before it told of what was there before."""
    assert times(notice(2), notice(30), back_h=20).again_at == at(30)
    assert times(notice(2), back_h=20).again_at is None


def test_a_hotline_without_notices_has_its_report_taken_for_one() -> None:
    """It says so."""
    url = url_records(KEY, written([report(3, mode=HotlineMode.ON_REPORT)]))
    found = notice_times(url, mine=ACME, known=ACME, id="id", between=(None, None), back_at=None)
    assert (found.noticed_at, found.flags) == (at(3), {Flag.NO_DELIVERY_PROOF})


def test_a_hotline_s_delay_runs_from_its_own_report() -> None:
    """Or from when the case opened, where the URL was reported before; never below nothing."""
    url = records(notice(5))
    assert delay(url, times(notice(5)), None) == ("alpha", at(5) - at(0))
    assert delay(url, times(notice(5)), at(4)) == ("alpha", at(5) - at(4))
    assert delay(url, times(notice(5)), at(9)) == ("alpha", 0)
    assert delay(url, times(), None) is None
