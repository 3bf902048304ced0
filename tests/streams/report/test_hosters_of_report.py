"""The hosters of a report: who is named, with which figures, and how often wrongly."""

from dataclasses import dataclass
from random import Random

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reported import case, drawn

from streams.report.hosters_of_report import HosterRow, ReportHosters, judged
from streams.report.judged_minimum import NamingReason
from streams.report.published_case import PublishedCase

DAY_S = 86_400
THRESHOLD = 0.8


def row(hosters: ReportHosters, hoster: str = "acme") -> HosterRow:
    """Return a hoster's row."""
    return next(one for one in hosters.rows if one.hoster == hoster)


def slow(hoster: str, incidents: int = 20, size: int = 2) -> list[PublishedCase]:
    """Return cases of a hoster that removes one of four in time."""
    return [
        case(10 * i + j, hoster=hoster, incident=f"{hoster}{i}", day=i, **times)
        for i in range(incidents)
        for j in range(size)
        for times in ([{"seen": 2, "gone": 3}] if i % 4 == 0 else [{"seen": 40, "gone": 41}])
    ]


def test_a_slow_hoster_is_named_with_its_figures() -> None:
    """Its row has shares, interval and ranks; those of the undetermined lie between bounds."""
    cases = slow("acme")
    cases.append(case(999, incident="acme1", day=1, seen=20, gone=30))  # undetermined
    hosters = judged(cases, DAY_S, THRESHOLD)
    found = row(hosters)
    assert hosters.named == ("acme",)
    assert (found.n, found.incidents, found.in_time, found.late) == (41, 20, 10, 30)
    assert found.bounds == (0.25, round(0.25 + 1 / 3 / 20, 6))
    assert found.interval is not None
    assert 0 < found.interval[0] < 0.25
    assert 0.27 < found.interval[1] < THRESHOLD
    assert (found.rank, found.reason) == ((1, 1), NamingReason.NAMED)


def test_a_large_incident_weighs_no_more_than_a_small_one() -> None:
    """The share is a mean over incidents."""
    cases = [case(i, incident=f"i{i}", day=i, seen=2, gone=3) for i in range(30)]
    cases += [case(100 + j, incident="i0", seen=40, gone=41) for j in range(8)]
    assert row(judged(cases, DAY_S, THRESHOLD)).bounds == (
        round((29 + 1 / 9) / 30, 6),
        round((29 + 1 / 9) / 30, 6),
    )


def test_below_the_gate_no_figure_is_said() -> None:
    """A row of too few has its n and its reason alone."""
    found = row(judged(slow("acme", incidents=10, size=4), DAY_S, THRESHOLD))
    said = msgspec.to_builtins(found)
    assert said.pop("reason") == "too_few_incidents"
    assert said == {
        "hoster": "acme",
        "n": 40,
        "incidents": 10,
        "in_time": None,
        "late": None,
        "bounds": None,
        "interval": None,
        "rank": None,
        "named": False,
    }


def test_a_sample_stands_for_the_cases_that_are_not_in_it() -> None:
    """Weights count what a case stands for; n and the minimum count the cases that were probed."""
    cases = [msgspec.structs.replace(one, weight=2.0) for one in slow("acme", 40, 1)]
    unseen = [case(1_000 + i, incident=f"u{i}", day=i, weight=0.0) for i in range(40)]
    found = row(judged([*cases, *unseen], DAY_S, THRESHOLD))
    assert (found.n, found.incidents, found.in_time, found.late) == (40, 40, 20, 60)
    assert found.bounds == (0.25, 0.25)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([0.2, 0.8, 0.95]))
def test_hosters_of_a_report_do_not_depend_on_the_order_of_cases(
    order: Random, share: float
) -> None:
    """The same cases in any order give the same bytes."""
    chance = np.random.default_rng(order.randrange(1_000))
    cases = [one for h in "abc" for one in drawn(chance, h, share, 16, 2.5)]
    shuffled = order.sample(cases, len(cases))
    first, again = (msgspec.json.encode(judged(one, DAY_S, THRESHOLD)) for one in (cases, shuffled))
    assert first == again


def test_a_case_that_stands_there_twice_is_refused() -> None:
    """Doubling a case would make an interval narrower than it is."""
    with pytest.raises(ValueError, match="twice"):
        judged([case(1), case(1)], DAY_S, THRESHOLD)


@dataclass
class _Named:
    """How often who was named over several fields."""

    fields: int = 0
    with_any: int = 0
    good: int = 0
    slow: int = 0
    slow_of: int = 0
    ranks_hold: int = 0


def fields(truths: dict[str, float], incidents: int, shape: float, times: int) -> _Named:
    """Draw fields of hosters with true shares, judge each, and count."""
    found = _Named()
    chance = np.random.default_rng(20_261_128)
    for _ in range(times):
        cases = [
            one
            for hoster, share in truths.items()
            for one in drawn(chance, hoster, share, incidents, shape)
        ]
        hosters = judged(cases, DAY_S, THRESHOLD)
        ranked = {one.hoster: one.rank for one in hosters.rows if one.rank is not None}
        found.fields += 1
        found.with_any += bool(hosters.named)
        found.good += sum(truths[hoster] > THRESHOLD for hoster in hosters.named)
        found.slow += sum(truths[hoster] < THRESHOLD for hoster in hosters.named)
        found.slow_of += sum(truths[hoster] < THRESHOLD for hoster in ranked)
        found.ranks_hold += all(
            low <= 1 + sum(truths[o] > truths[h] for o in ranked)
            and sum(truths[o] >= truths[h] for o in ranked) <= high
            for h, (low, high) in ranked.items()
        )
    return found


MIXED = {
    **{f"good{i}": 0.95 for i in range(16)},
    **{f"middling{i}": 0.80 for i in range(7)},
    **{f"slow{i}": 0.20 for i in range(16)},
}


def test_the_slow_are_named_and_the_good_never() -> None:
    """Of 16 good, 7 middling and 16 slow hosters: 90 % of the slow, no good one, all ranks hold."""
    found = fields(MIXED, incidents=15, shape=2.5, times=8)
    assert found.slow >= 0.9 * found.slow_of > 0
    assert found.good == 0
    assert found.ranks_hold >= 0.95 * found.fields


def test_at_the_threshold_hardly_anybody_is_named() -> None:
    """Where all 39 are exactly at it, few fields name anybody."""
    found = fields({f"h{i}": THRESHOLD for i in range(39)}, incidents=15, shape=2.5, times=20)
    assert found.with_any <= 3  # 5 % of 20 is 1; more than 3 has a chance of 1.6 %


@pytest.mark.soak
@pytest.mark.parametrize(("incidents", "shape"), [(15, 1.5), (30, 1.5), (15, 2.5), (30, 2.5)])
def test_at_most_one_field_in_twenty_names_anybody(incidents: int, shape: float) -> None:
    """500 fields of 39 hosters that are all exactly at the threshold."""
    truths = {f"h{i}": THRESHOLD for i in range(39)}
    assert fields(truths, incidents, shape, times=500).with_any <= 25


@pytest.mark.soak
def test_the_slow_are_named_over_many_fields() -> None:
    """Over 300 fields at least 90 % of the slow, no good one, ranks hold in 95 %."""
    found = fields(MIXED, incidents=15, shape=2.5, times=300)
    assert found.slow >= 0.9 * found.slow_of > 0
    assert found.good == 0
    assert found.ranks_hold >= 0.95 * found.fields
