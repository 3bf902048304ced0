"""Laws of the remembered backlog."""

from cases import at, case

from schemas.closed_lists import Role
from schemas.moments import DAY_MS, MINUTE_MS
from streams.rollup.case_figures import figures
from streams.views.backlog_samples import SAMPLES_MAX, STEP_MS, BacklogRings


def shown(minutes: int, size: int, hoster: str = "alpha"):
    as_of = at(1_000) + minutes * MINUTE_MS
    return [figures(hoster, Role.HOSTING, [case()] * size, as_of)]


def test_a_sample_is_kept_each_step_and_the_present_is_always_last():
    """Between steps nothing is kept, yet the chart ends at the figure shown beside it."""
    backlog = BacklogRings()
    for minute in range(12):
        backlog.remember(shown(minute, minute))
    (found,) = backlog.samples(shown(12, 99))
    assert found.backlog == (0, 5, 10, 99)


def test_a_day_is_kept_and_no_more():
    """The ring is bounded, whatever the world's speed."""
    backlog = BacklogRings()
    for step in range(SAMPLES_MAX + 50):
        backlog.remember(shown(5 * step, 1))
    (found,) = backlog.samples(shown(5 * (SAMPLES_MAX + 50), 1))
    assert len(found.at) == SAMPLES_MAX + 1
    assert found.at[-1] - found.at[0] == SAMPLES_MAX * STEP_MS == DAY_MS


def test_a_hoster_no_longer_shown_is_forgotten():
    """A gap drawn as a line would be a claim about the time in between."""
    backlog = BacklogRings()
    backlog.remember(shown(0, 5))
    backlog.remember(shown(5, 5, "beta"))
    (found,) = backlog.samples(shown(10, 7))
    assert found.backlog == (7,)
