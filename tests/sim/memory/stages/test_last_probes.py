"""A run ends at one instant, however many probes wait for their turn then."""

from dataclasses import replace

from schemas.moments import MINUTE_MS
from schemas.records.facts import Observation
from sim.memory.run import play
from sim.memory.scenarios.catalogue import SCENARIOS

SEED = 1
CROWD = 300
"""Ten minutes of one server's requests: all due two hours after the notice, where the run ends."""


def test_no_probe_is_made_when_the_run_is_over():
    """What the oracle is told of is what was known at the end; a crowd's last probes are not."""
    burst = SCENARIOS["burst"]
    surge = replace(burst.surges[0], begins_ms=0, over_ms=6 * MINUTE_MS, count=CROWD)
    played = play(replace(burst, surges=(surge,)), SEED, 0.005)
    sent = [
        fact.sent_at
        for said in played.ledger.values()
        for fact, _ in said
        if isinstance(fact, Observation)
    ]
    assert len(sent) > CROWD
    assert max(sent) < played.evidence.read_at
    assert played.ok, played.run_report.findings
