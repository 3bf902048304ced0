"""What the prober exchanges with the practice world: who asks is told apart, controls are asked."""

from dataclasses import replace

import pytest
from calm_world import played

from agents.stages.probe import fact_writer
from schemas.closed_lists import Target
from sim.memory.stages import exchange


def test_a_prober_that_believes_one_vantage_is_noticed(monkeypatch):
    """Were the unannounced vantage to repeat what the announced is shown, cloaking would pay."""
    asked = exchange._request

    def one_eyed(raw, _):
        seen = asked(raw, "127.0.1.1")
        return replace(seen, agent="hostwatch")

    monkeypatch.setattr(exchange, "_request", one_eyed)
    result = played()
    gained = {line.hoster.id for line in result.run_report.lines if line.gains}
    assert gained & {"larch", "thorn"}


def test_controls_are_asked_as_the_url_is():
    """The run sends the prober every target that lifecycle orders."""
    seen = set()
    said = fact_writer.observed

    def noting(order, *of):
        seen.add(order.target)
        return said(order, *of)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fact_writer, "observed", noting)
        played(days=0.3)
    assert seen == {Target.URL, Target.MADE_UP_PATH, Target.ROOT}
