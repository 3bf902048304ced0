"""Laws of live shares: over matured cases only (docs/measurement.md, Norm verdicts)."""

import pytest

from schemas.closed_lists import CaseClass, Flag
from schemas.moments import HOUR_MS
from streams.norms.maturity import are_orders_matured, n_matured, norms_apply

NORMS_S = (86_400, 172_800)


@pytest.mark.parametrize(
    ("as_of_h", "moved_h", "expected"),
    [
        (23.9, None, 0),
        (24, None, 1),
        (47.9, None, 1),
        (48, None, 2),
        (100, 23, 0),
        (100, 24, 1),
        (100, 50, 2),
        (30, 40, 1),
    ],
)
def test_a_norm_counts_once_it_has_run_out(as_of_h, moved_h, expected):
    """Not while it runs, and not where the case moved before it had run out."""
    moved_at = None if moved_h is None else 1_000 + moved_h * HOUR_MS
    assert n_matured(NORMS_S, 1_000, moved_at, 1_000 + round(as_of_h * HOUR_MS)) == expected


def test_orders_count_once_the_last_term_has_run_out():
    """Before that another of them could still be the worst."""
    assert [are_orders_matured(50, None, as_of) for as_of in (49, 50)] == [False, True]
    assert [are_orders_matured(50, moved_at, 99) for moved_at in (49, 50)] == [False, True]
    assert not are_orders_matured(None, None, 99)


def test_no_norm_is_asked_where_nobody_could_remove_or_probe():
    """Not by class, and not of a case that nobody was to probe (rule 7.9)."""
    assert norms_apply(CaseClass.ONLINE, ())
    assert norms_apply(CaseClass.EXPIRED, (Flag.SAMPLED,))
    assert not any(norms_apply(c, ()) for c in (CaseClass.EXCLUDED, CaseClass.WITHDRAWN))
    assert not norms_apply(CaseClass.ONLINE, (Flag.NOT_PROBED,))
