"""Gauge histograms: buckets add up, and their bounds are written as Prometheus 3 writes them."""

from cases import at, case

from agents.edges.metrics.figures.gauge_histograms import buckets, delay, open_age, removal
from schemas.closed_lists import CaseClass, Role
from streams.rollup.case_figures import figures
from streams.views.view import View

CASES = [
    case(CaseClass.ONLINE, seen=90),
    case(CaseClass.REMOVED, seen=1, gone=2, number=1),
    case(CaseClass.REMOVED, seen=1, gone=50, number=2),
]
FIGURES = figures("alpha", Role.HOSTING, CASES, at(100))
VIEW = View(ready=True, shown=(FIGURES,), totals=(FIGURES,))


def count(metric) -> float:
    """Return what the infinite bucket of a metric has."""
    (found,) = [one.value for one in metric.samples if one.labels.get("le") == "+Inf"]
    return found


def test_counts_become_how_many_lie_up_to_each_bound() -> None:
    """The last bound is infinite."""
    assert buckets((1, 2.5), (3, 0, 4)) == [("1.0", 3.0), ("2.5", 3.0), ("+Inf", 7.0)]


def test_each_case_is_in_the_histogram_of_its_kind() -> None:
    """Removed ones by how long they took, open ones by how long they wait."""
    assert count(removal(VIEW)) == 2
    assert count(open_age(VIEW)) == 1
    assert count(delay(VIEW)) == 3


def test_sums_are_in_seconds() -> None:
    """From the notice to R."""
    (total,) = [one.value for one in removal(VIEW).samples if one.name.endswith("_gsum")]
    assert total == (2 + 50) * 3_600
