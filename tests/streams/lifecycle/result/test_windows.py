"""Laws of what windows count of a URL (docs/measurement.md, Windows): one report, one return."""

from ledger_events import (
    GONE,
    MIN,
    ONLINE,
    at,
    fold,
    notice,
    place,
    placed,
    report,
    slot,
    slots,
)


def gone(hours):
    return slots([hours, hours + 10 * MIN, hours + 20 * MIN, hours + 31 * MIN], GONE)


def test_a_url_that_two_hotlines_report_is_reported_once():
    """Its newest report counts, so that it stands in every window that one of them lies in."""
    (case,) = fold(report(0), report(30, hotline="beta", id="r2"), placed()).cases
    assert (case.reported_at, case.reported_last_at) == (at(0), at(30))


def test_a_url_that_returns_three_times_returned_once():
    """Three returns of one URL are no three URLs."""
    back = [[gone(h + 5), slot(h + 35, ONLINE)] for h in (0, 40, 80)]
    observations = [one for pair in back for slots_ in pair for one in slots_]
    (case,) = fold(report(seen=0), placed(), notice(1), slot(2, ONLINE), observations).cases
    assert len(case.returns) == 3
    assert case.back_last_at == at(115) + 100


def test_of_several_cases_of_a_url_one_is_counted():
    """A return after more than 7 d opens a new case: the URL counts once all the same."""
    happened = [slot(2, ONLINE), gone(5), slots([300, 301], ONLINE)]
    first, second = fold(report(seen=0), placed(), notice(1), *happened).cases
    assert (first.reported_last_at, second.reported_last_at) == (None, at(0))
    assert first.back_last_at == second.opened_at
    assert second.back_last_at is None


def test_each_hoster_counts_its_own():
    """A URL at two hosters was reported at both."""
    both = placed(0, place("acme"), place("other"))
    assert [case.reported_last_at for case in fold(report(), both).cases] == [at(0), at(0)]
