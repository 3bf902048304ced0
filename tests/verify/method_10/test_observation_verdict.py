"""Laws of 3.3: the table of one observation."""

import pytest
from ledger_events import DEAD, GONE, LIMITED, NO_NAME, ONLINE, REFUSED, observation

from schemas.closed_lists import Verdict
from schemas.codec import FACT
from schemas.records.facts import Facts
from verify.ledger.facts import fact
from verify.method_10.observation_verdict import VerdictContext, verdict_of


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (ONLINE, Verdict.ONLINE),
        (GONE, Verdict.GONE_HARD),
        (Facts(status=410), Verdict.GONE_HARD),
        (Facts(status=200, suspended=True), Verdict.GONE_HARD),
        (Facts(status=200, parked=True), Verdict.GONE_SOFT),
        (Facts(status=200, placeholder=True), Verdict.GONE_SOFT),
        (Facts(status=200, to_root=True), Verdict.UNKNOWN),
        (Facts(status=200, to_root=True, left_host=True), Verdict.UNKNOWN),
        (REFUSED, Verdict.BLOCKED),
        (LIMITED, Verdict.BLOCKED),
        (Facts(status=200, challenge=True), Verdict.BLOCKED),
        (DEAD, Verdict.UNREACHABLE),
        (Facts(status=503), Verdict.UNREACHABLE),
        (NO_NAME, Verdict.DNS_GONE),
    ],
)
def test_each_answer_has_its_verdict(facts, verdict):
    """Alone, without controls."""
    seen, _ = observation(1, facts)
    assert verdict_of(fact(FACT.encode(seen)), VerdictContext()).verdict is verdict
