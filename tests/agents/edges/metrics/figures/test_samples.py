"""Samples are the figures: equal to them, summed up with them, absent with them."""

from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from views import sample_view

from agents.edges.metrics.figures.exposition import ViewCollector
from schemas.closed_lists import Role
from streams.rollup.case_figures import OTHER
from streams.statistics.sampling_weights import WHOLE
from streams.views.view import View

VIEW = sample_view(shown_max=4)


def samples(view: View) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    registry = CollectorRegistry()
    registry.register(ViewCollector(lambda: view))
    families = text_string_to_metric_families(generate_openmetrics(registry).decode())
    return {
        (s.name, frozenset(s.labels.items())): s.value
        for family in families
        for s in family.samples
    }


def value(name: str, **labels: str) -> float | None:
    return samples(VIEW).get((name, frozenset(labels.items())))


def test_samples_equal_the_figures():
    """The backlog, a class, a bound and a bucket are those of the view."""
    gamma = next(f for f in VIEW.shown if f.hoster == "gamma")
    h = {"hoster": "gamma", "role": "hosting"}
    assert value("hostwatch_open_cases", **h) == gamma.backlog > 0
    assert value("hostwatch_cases", **h, outcome="unavailable") == gamma.unavailable > 0
    late = value("hostwatch_norm_verdicts", **h, norm="24h", verdict="late")
    assert late == gamma.norm(86_400).late > 0
    beta = next(f for f in VIEW.shown if f.hoster == "beta")
    h = {"hoster": "beta", "role": "hosting"}
    assert value("hostwatch_removal_seconds_bucket", **h, le="+Inf") == beta.removed > 0
    below = value("hostwatch_removal_seconds_bucket", **h, le="86400.0")
    assert 0 < below < beta.removed
    assert value("hostwatch_removal_seconds_gsum", **h) == beta.removal_weight_ms / WHOLE / 1_000


def test_the_ages_of_open_cases_add_up_to_the_backlog():
    """Each open noticed case has one age; its bounds are those of the rule."""
    for figures in VIEW.shown:
        h = {"hoster": figures.hoster, "role": figures.role.value}
        assert value("hostwatch_open_age_seconds_gcount", **h) == figures.backlog
        below = value("hostwatch_open_age_seconds_bucket", **h, le="86400.0")
        assert below == sum(figures.open_ages.counts[:3])
        assert value("hostwatch_open_age_seconds_gsum", **h) == figures.open_ages.sum_ms / 1_000


def test_hosters_summed_up_as_other_are_counted():
    """Four of six are shown; without the count nobody sees how much `other` stands for."""
    found = [value("hostwatch_hosters_in_other", role=role.value) for role in Role]
    assert sum(found) == len(VIEW.figures) - 4 == 2
    shown = {(f.hoster, f.role) for f in VIEW.shown} - {(OTHER, role) for role in Role}
    assert found == [
        sum(f.role is r for f in VIEW.figures) - sum(n is r for _, n in shown) for r in Role
    ]


def test_what_is_not_reached_is_absent():
    """A hoster that removes nothing has no median; 0 or a large number would be a claim."""
    gamma = {"hoster": "gamma", "role": "hosting", "quantile": "0.5", "percentile": "50"}
    gamma["cohort"] = "ever"
    beta = gamma | {"hoster": "beta"}
    assert value("hostwatch_removal_estimate_seconds", **gamma, unavailable="online") is None
    assert value("hostwatch_removal_estimate_seconds", **beta, unavailable="online") > 0
