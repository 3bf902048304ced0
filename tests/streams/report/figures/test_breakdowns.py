"""Shares by hotline and day, standardised to everybody's mix of hosters."""

import pytest
from reported import case

from streams.report.figures.breakdowns import strata
from streams.report.figures.counted import counted


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
    assert (alpha.crude, beta.crude) == (0.8, 0.2)
    assert alpha.standardised == beta.standardised == pytest.approx(0.5)


def test_a_share_of_cases_stands_beside_the_standardised_one() -> None:
    """One hotline at one hoster has everybody's mix: the two agree, the mean over incidents not."""
    cases = [case(i, incident=f"i{i}", day=i) for i in range(30)]
    cases += [case(100 + j, incident="i0", seen=40, gone=41) for j in range(10)]
    found = next(one for one in strata(counted(cases, 86_400)) if one.by == "hotline")
    assert found.crude == found.standardised == 0.75
    assert found.part.bounds is not None
    assert found.part.bounds[0] > 0.96


def test_strata_by_category_and_type_of_site() -> None:
    """What nobody said is no stratum."""
    said = ({"category": "csam", "site_type": "forum"}, {"category": "malware"}, {})
    cases = [case(i, incident=f"i{i}", day=i, **said[i % 3]) for i in range(99)]
    found = [one for one in strata(counted(cases, 86_400)) if one.by in {"category", "site_type"}]
    assert [(one.by, one.part.name, one.part.n) for one in found] == [
        ("category", "csam", 33),
        ("category", "malware", 33),
        ("site_type", "forum", 33),
    ]
    assert all(one.standardised == 1 for one in found)


def test_days_of_the_week_and_too_few() -> None:
    """1970-01-01 was a Thursday; a stratum that is too small carries no share."""
    cases = [case(i, incident=f"i{i}", day=7 * i) for i in range(3)]
    (hotline, day) = strata(counted(cases, 86_400))
    assert (hotline.by, day.by, day.part.name) == ("hotline", "weekday", "4")
    assert (day.crude, day.standardised, day.undetermined) == (None, None, None)
    assert day.part.bounds is None
