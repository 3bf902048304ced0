"""A metric that has another name now is exported under the old one too, for one release."""

from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily

from agents.edges.metrics.deprecated_names import OLD_NAMES, with_old_names
from agents.edges.metrics.figures.catalogue import METRICS


def test_a_renamed_metric_has_the_same_values_under_both_names() -> None:
    """Whoever asks for the old name reads what the new one says, and its help names that."""
    family = GaugeMetricFamily("hostwatch_hosters_in_other", "Hosters.", labels=("role",))
    family.add_metric(("proxy",), 3)
    new, old = with_old_names([family])
    assert new is family
    assert old.name == "hostwatch_folded_hosters"
    assert [(s.labels, s.value) for s in old.samples] == [({"role": "proxy"}, 3)]
    assert {s.name for s in old.samples} == {old.name}
    assert old.documentation.startswith("Old name of hostwatch_hosters_in_other;")


def test_an_old_histogram_keeps_its_suffixes() -> None:
    """The queries of quantiles go on."""
    family = GaugeHistogramMetricFamily(
        "hostwatch_report_to_notice_seconds", "Delays.", unit="seconds"
    )
    family.add_metric((), [("+Inf", 2.0)], gsum_value=9.0)
    _, old = with_old_names([family])
    base = "hostwatch_hotline_delay_seconds"
    assert {s.name for s in old.samples} == {f"{base}_bucket", f"{base}_gcount", f"{base}_gsum"}


def test_other_metrics_are_exported_once() -> None:
    """No copy is made of what kept its name."""
    assert len([*with_old_names([GaugeMetricFamily("hostwatch_cases", "Cases.")])]) == 1


def test_only_declared_metrics_have_an_old_name_and_it_is_nobodys_now() -> None:
    """A name that changed once more would leave its old one behind."""
    declared = {metric.name for metric in METRICS}
    assert OLD_NAMES.keys() <= declared
    assert not declared & set(OLD_NAMES.values())
