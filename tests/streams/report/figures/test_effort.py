"""Shares by hotline and day, standardised to everybody's mix of hosters."""

import pytest
from reported import case

from streams.report.figures.counted import counted
from streams.report.figures.effort import strata


def test_a_hotline_with_the_slow_hosters_is_not_slower() -> None:
    """Two hotlines of the same hosters in other parts: apart in share, alike standardised."""
    cases = []
    for hotline, slow in (("alpha", 10), ("beta", 40)):
        for i in range(50):
            late = i < slow
            cases.append(
                case(
                    len(cases),
                    hoster="slow" if late else "fast",
                    incident=f"{hotline}{i}",
                    day=i,
                    hotline=hotline,
                    seen=40 if late else 1,
                    gone=41 if late else 2,
                )
            )
    found = {one.part.name: one for one in strata(counted(cases, 86_400)) if one.by == "hotline"}
    alpha, beta = found["alpha"], found["beta"]
    assert alpha.part.bounds == pytest.approx((0.8, 0.8))
    assert beta.part.bounds == pytest.approx((0.2, 0.2))
    assert alpha.standardised == beta.standardised == pytest.approx(0.5)


def test_days_of_the_week_and_too_few() -> None:
    """1970-01-01 was a Thursday; a stratum below the gate carries no share."""
    cases = [case(i, incident=f"i{i}", day=7 * i) for i in range(3)]
    (hotline, day) = strata(counted(cases, 86_400))
    assert (hotline.by, day.by, day.part.name) == ("hotline", "weekday", "4")
    assert (day.standardised, day.undetermined, day.part.bounds) == (None, None, None)
