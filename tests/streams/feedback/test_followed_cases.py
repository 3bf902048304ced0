"""Laws of what is taken from a URL's state for its hotlines."""

from ledger_events import DEAD, GONE, MIN, ONLINE, at, fold, notice, placed, report, slots
from msgspec.structs import replace

from schemas.closed_lists import NormVerdict
from schemas.iccam import IccamReason
from streams.feedback.followed_cases import followed_cases

STORY = (report(seen=0), placed(), notice(1), slots([1.5, 4], ONLINE))
RUN = [5, 5 + 10 * MIN, 5 + 20 * MIN, 5 + 31 * MIN]


def test_a_case_without_a_notice_has_no_verdict() -> None:
    """Norms count from the notice."""
    (case,) = followed_cases(fold(*STORY[:2]))
    assert (case.norms, case.noticed) == ((), False)
    (case,) = followed_cases(fold(*STORY))
    assert case.noticed
    assert dict(case.norms) == dict.fromkeys((86_400, 172_800), NormVerdict.UNDETERMINED)


def test_the_reason_of_an_end_stays() -> None:
    """Probes after a removal may meet a dead server; it was removed by the 404 all the same."""
    gone = slots(RUN, GONE), slots([30], DEAD)
    (case,) = followed_cases(fold(*STORY, *gone))
    assert case.gone_at is not None
    assert case.gone_at < at(5.1)
    assert case.ending is case.newest is IccamReason.NOT_FOUND_OR_SITE_DOWN
    refused = slots([30], replace(DEAD, error=None, status=403))
    (case,) = followed_cases(fold(*STORY, gone[0], refused))
    assert case.ending is IccamReason.NOT_FOUND_OR_SITE_DOWN
    assert case.newest is IccamReason.UNABLE_TO_ACCESS


def test_a_case_that_no_probe_saw_has_no_reason() -> None:
    """Nothing was met yet."""
    (case,) = followed_cases(fold(*STORY[:3]))
    assert (case.newest, case.ending) == (None, None)
