"""Every metric is declared once, under a name and with labels that Prometheus takes."""

import re

import pytest

from agents.edges.metric_types.declaration import Declared
from agents.edges.metrics.figures.catalogue import FIGURES, METRICS
from streams.views.view import View

FORBIDDEN = {"url", "host", "path", "case", "key", "address"}
"""What no series may be told apart by."""


def test_no_name_is_declared_twice() -> None:
    """Two of one name would be one series in the end."""
    assert len({metric.name for metric in METRICS}) == len(METRICS)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_is_well_formed(metric: Declared) -> None:
    """Its unit is the end of its name, its help a sentence, its labels no secrets."""
    assert re.fullmatch(r"(hostwatch|process)_[a-z][a-z0-9_]*", metric.name)
    assert metric.unit in ("", "seconds", "bytes")
    assert metric.name.endswith(metric.unit)
    assert re.fullmatch(r"[A-Z0-9].*[.]", metric.help)
    assert not FORBIDDEN & set(metric.labels)
    assert metric.series_max


def test_nothing_is_said_of_hosters_that_are_not_there() -> None:
    """An empty view has no series of one."""
    of_hosters = [one for one in FIGURES if one.read is not None and "hoster" in one.labels]
    assert len(of_hosters) > 10
    for metric in of_hosters:
        assert metric.read is not None
        assert list(metric.read(View())) == []
