"""The minimum for being judged: who may be judged, and how many incidents are missing."""

import pytest
from reported import case

from streams.report.judged_minimum import NamingReason, SampleSize, sample_size


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (SampleSize(cases=30, incidents=15, days=3, largest=9), None),
        (SampleSize(cases=29, incidents=15, days=3, largest=3), NamingReason.TOO_FEW_CASES),
        (SampleSize(cases=30, incidents=14, days=3, largest=3), NamingReason.TOO_FEW_INCIDENTS),
        (SampleSize(cases=30, incidents=15, days=2, largest=3), NamingReason.TOO_FEW_DAYS),
        (SampleSize(cases=30, incidents=15, days=3, largest=10), NamingReason.ONE_INCIDENT),
        (SampleSize(cases=0, incidents=0, days=0, largest=0), NamingReason.TOO_FEW_CASES),
    ],
)
def test_each_condition_keeps_a_hoster_from_being_judged(
    found: SampleSize, reason: NamingReason | None
) -> None:
    """30 cases, 15 incidents, 3 days, and no incident over 30 % of the cases."""
    assert found.reason is reason


@pytest.mark.parametrize(
    "found",
    [
        SampleSize(cases=30, incidents=15, days=3, largest=9),
        SampleSize(cases=20, incidents=15, days=3, largest=3),
        SampleSize(cases=100, incidents=15, days=3, largest=61),
        SampleSize(cases=40, incidents=2, days=1, largest=31),
        SampleSize(cases=0, incidents=0, days=0, largest=0),
    ],
)
def test_the_missing_incidents_open_it_and_fewer_do_not(found: SampleSize) -> None:
    """With so many more incidents of one case, each on a day of its own, it is judged."""

    def after(more: int) -> SampleSize:
        return SampleSize(
            found.cases + more, found.incidents + more, found.days + more, found.largest
        )

    missing = found.missing_incidents
    assert after(missing).reason is None
    assert missing == 0 or after(missing - 1).reason is not None


def test_the_size_is_counted_from_the_cases() -> None:
    """Incidents and UTC days of notice are distinct ones."""
    cases = [case(1, incident="a"), case(2, incident="a", day=1), case(3, incident="b", day=1)]
    assert sample_size(cases) == SampleSize(cases=3, incidents=2, days=2, largest=2)
