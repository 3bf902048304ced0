"""A burst of 20,000 URLs at one address: two days in virtual time, an hour's probes for real."""

from pathlib import Path

import burst_live
import pytest
from burst import BIG, SHARE, Prober, burst, on_time, orders, others
from harness import SMALL, scaled
from tarpit_run import hosts

from schemas.moments import MINUTE_MS
from schemas.records.registry import InclusionEntry
from streams.schedule.inclusion_suggestion import InclusionSuggestion, suggest

URLS, OVER_MS, HOURS = scaled(20_000), MINUTE_MS, 50
HOSTERS, EACH = 50, 4
ON_TIME_MIN = 0.99
SPEED = 4.0


@pytest.fixture(scope="module")
def suggestion() -> InclusionSuggestion:
    """What the program suggests for the burst."""
    (found,) = suggest({BIG: burst(URLS, OVER_MS)}, {}, 30, SHARE)
    return found


def entry(suggestion: InclusionSuggestion) -> InclusionEntry:
    return InclusionEntry(
        id=BIG, version=1, valid_from=0, probability=suggestion.probability, seed=suggestion.seed
    )


@pytest.mark.bench
@pytest.mark.timeout(900)
def test_in_a_two_day_burst_the_sample_is_probed_on_time(
    told, suggestion: InclusionSuggestion
) -> None:
    """Of the sample's probes around norms 99 % begin within 5 min; others' are as without."""
    wanted = list(orders(burst(URLS, OVER_MS), entry(suggestion), HOURS))
    small = list(orders(others(HOSTERS, EACH, OVER_MS), None, HOURS))
    alone = sorted(Prober().run(small))
    begun = Prober().run([*wanted, *small])
    good, all_of_them = on_time(begun)
    beside = sorted(one for one in begun if one.order.hoster != BIG)
    late = sorted(
        one.late_ms
        for one in begun
        if one.order.hoster == BIG
        and one.order.sampled
        and one.order.bracket
        and one.late_ms is not None
    )
    found = {
        "orders": len(wanted),
        "probability": suggestion.probability,
        "bracket_probes": all_of_them,
        "on_time": good,
        "late_s_p50": late[len(late) // 2] / 1_000,
        "late_s_max": late[-1] / 1_000,
        "others": len(beside),
        "others_changed": sum(a != b for a, b in zip(beside, alone, strict=True)),
        "rest_probed": sum(one.at is not None and not one.order.sampled for one in begun),
    }
    told(f"burst: {found}", **found)
    assert SMALL or good >= ON_TIME_MIN * all_of_them
    assert found["others_changed"] == 0


@pytest.mark.bench
@pytest.mark.timeout(900)
async def test_an_hour_after_a_burst_real_probes_are_on_time(
    told, tmp_path: Path, suggestion: InclusionSuggestion
) -> None:
    """The same by a prober with sockets: the probes 0.9 h after the notice, in quick time."""
    with hosts() as port:
        crowd = burst_live.Crowd(
            urls=URLS, entry=entry(suggestion), hosters=HOSTERS, each=EACH, port=port
        )
        found = await burst_live.run(tmp_path, crowd, SPEED)
    told(f"burst, an hour after: {found}", **found)
    assert SMALL or found["sampled_on_time"] >= ON_TIME_MIN * found["sampled"]
    assert SMALL or found["others_on_time"] >= ON_TIME_MIN * found["others"]
