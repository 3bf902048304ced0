"""Which norms a case counts for in the live shares (docs/measurement.md, Norm verdicts).

A share that counts a case whose norm still runs is wrong: the hoster has not had its time. So a
norm applies to a case only when

- it is **matured**: the norm has run out, noticed_at + N <= as_of; and
- the case had not **moved** before that: who no longer has it cannot remove it.

Cases that no norm applies to are left out by their class: gone before the notice, never online,
withdrawn before R, excluded. So are those that nobody was to probe (rule 7.9).
"""

from collections.abc import Collection, Sequence
from typing import Final

from schemas.closed_lists import CaseClass, Flag
from schemas.moments import SECOND_MS, Instant

AUTHORITY_ORDER: Final = 0
"""Stands for `order` among norms in seconds: the worst verdict of a case's orders."""

NO_NORM_APPLIES: Final = frozenset(
    {
        CaseClass.AWAITING,
        CaseClass.ENDED_WITHOUT_NOTICE,
        CaseClass.GONE_BEFORE_NOTICE,
        CaseClass.NEVER_ONLINE,
        CaseClass.WITHDRAWN,
        CaseClass.EXCLUDED,
    }
)
"""Classes that no norm applies to: the hoster got no notice, or there was nothing to remove."""


def norms_apply(case_class: CaseClass, flags: Collection[str]) -> bool:
    """Return whether norms apply to a case.

    Args:
        case_class: its class.
        flags: what is said of it.
    """
    return case_class not in NO_NORM_APPLIES and is_probed(flags)


def is_probed(flags: Collection[str]) -> bool:
    """Return whether a case is probed, so that it counts for norms and removal times."""
    return Flag.NOT_PROBED not in flags


def n_matured(
    norms_s: Sequence[int], noticed_at: Instant, moved_at: Instant | None, as_of: Instant
) -> int:
    """Return for how many of a case's norms it counts, the shortest first.

    Args:
        norms_s: the norms, seconds, ascending.
        noticed_at: when the clock began.
        moved_at: when the first spell after that ended `moved`; None = it did not.
        as_of: the instant that figures hold for.
    """
    until = as_of if moved_at is None else min(as_of, moved_at)
    return sum(noticed_at + norm_s * SECOND_MS <= until for norm_s in norms_s)


def are_orders_matured(due_at: Instant | None, moved_at: Instant | None, as_of: Instant) -> bool:
    """Return whether a case counts for `order`: the last of its orders' terms has run out.

    Args:
        due_at: when that term runs out; None = it has no order.
        moved_at: when the first spell after the notice ended `moved`; None = it did not.
        as_of: the instant that figures hold for.
    """
    return due_at is not None and due_at <= (as_of if moved_at is None else min(as_of, moved_at))
