"""The figures that the job's reader keeps, and the times it notes."""

from random import Random

import gauge
import job


def made(count: int) -> list[job.Output]:
    """Return what follows from so many events."""
    states: dict[str, job.State] = {}
    return [
        job.fold(states.setdefault(event.key, job.State()), event) for event in job.events(count)
    ]


def test_gauges_hold_the_sums_of_all_states():
    """Numbers and amounts of all groups together are those of the events."""
    outputs = made(5_000)
    figures = gauge.Figures()
    for output in outputs:
        figures.fold(output)
    assert figures.shown() == (0, 0)
    figures.show()
    assert figures.shown() == (5_000, sum(event.amount for event in job.events(5_000)))


def test_an_output_that_comes_again_or_late_changes_no_gauge():
    """A state with fewer events than the one held is part of it."""
    outputs = made(5_000)
    figures = gauge.Figures()
    for output in [*outputs, *Random(1).sample(outputs, 1_000)]:
        figures.fold(output)
    figures.show()
    assert figures.shown()[0] == 5_000


def test_times_are_read_as_they_were_written(tmp_path):
    """What did not come is 0 in all three."""
    times = gauge.Times(3)
    times.appended[1], times.held[1], times.shown[1] = 1.0, 2.0, 3.5
    times.write(tmp_path / "times")
    found = gauge.Times.read(tmp_path / "times")
    assert [list(one) for one in (found.appended, found.held, found.shown)] == [
        [0, 1.0, 0],
        [0, 2.0, 0],
        [0, 3.5, 0],
    ]
