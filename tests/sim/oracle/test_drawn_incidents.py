"""Drawn hosters have the truth they are drawn with."""

import numpy as np

from schemas.closed_lists import CaseClass
from schemas.moments import HOUR_MS
from sim.oracle.drawn_incidents import PERIOD_DAYS, Truth, drawn


def test_half_of_incidents_are_gone_by_the_median() -> None:
    """A removal lies in its (L, R]; about half of the incidents' first cases end by the median."""
    cases = list(drawn(np.random.default_rng(2), Truth(24, 400)))
    firsts = [one for one in cases if one.case.endswith("/0")]
    assert len(firsts) == 400
    by = sum(
        one.gone_at is not None and one.gone_at - one.noticed_at <= 24 * HOUR_MS for one in firsts
    )
    assert 160 <= by <= 240
    for one in cases:
        assert one.last_seen_at is not None
        assert one.noticed_at <= one.last_seen_at < (one.gone_at or one.last_seen_at + 1)
        assert one.noticed_at < PERIOD_DAYS * 24 * HOUR_MS
    assert any(one.case_class is CaseClass.MOVED for one in cases)
    quick = drawn(np.random.default_rng(2), Truth(0.2, 100))
    assert any(one.flags for one in quick)  # gone before a probe saw them
