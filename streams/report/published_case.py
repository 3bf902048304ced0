"""A case as a report publishes it, and what its columns say of a norm.

Whoever has the published file alone can judge it again: columns that it lacks follow from the
others. What counts is that of docs/measurement.md, Norm verdicts and Naming.
"""

from typing import Final

from msgspec import Struct

from schemas.closed_lists import CaseClass, Flag, NormVerdict, Role
from schemas.moments import SECOND_MS, Instant
from streams.norms.maturity import NO_NORM_APPLIES
from streams.norms.verdict import late_from

_NEVER_IN_TIME: Final = frozenset({CaseClass.DARK, CaseClass.DNS_ENDED, CaseClass.MOVED})
"""Ends that are no removal."""

_NO_NAMING: Final = frozenset(
    {
        Flag.SELF_REPORT,
        Flag.CONTESTED,
        Flag.NO_DELIVERY_PROOF,
        Flag.OVERFLOW,
        Flag.BEHIND_PROXY,
    }
)
"""What is so flagged counts for no naming."""

_END_NOT_SURE: Final = frozenset({Flag.ANNOUNCED_ONLY, Flag.SINGLE_VANTAGE})
"""An end that is so flagged proves no removal in public, and the case stays in n."""


class PublishedCase(Struct, frozen=True, kw_only=True):
    """A row of `cases.parquet`.

    Attributes:
        case: a name of the case in this publication alone.
        hoster: its id, or a pseudonym of this publication.
        hotline: whose notice is the clock.
        incident: host and UTC day of the notice, hashed.
        noticed_at, last_seen_at, gone_at: the clock, L and R.
        case_class: at `as_of`.
        weight: how many cases it stands for; 0 = not in the sample.
        backed: L may count for `late`; a file without the column: yes.
        verdict: on the norm of the report; None = it follows from the instants.
        category: of the material, as its hotline says; empty = not said.
        site_type: the kind of site, likewise.
        as_of: the instant that it holds for; None = every case counts as matured.
        group: pseudonym of the owner in this publication; empty = not said.
        country: by the report's basis; empty = not said.
        back_at: when it was first seen again after its removal; None = it was not.
        moved_to: who had the URL after it moved, named as hosters are; empty = it did not, or
            nobody is known to have it.
        withdrawn_at: when its last report was taken back before it ended; None = it was not.
        reported_again_at: when the hotline that had taken it back reported it again.
    """

    case: str
    hoster: str
    role: Role
    hotline: str
    incident: str
    noticed_at: Instant
    last_seen_at: Instant | None
    gone_at: Instant | None
    case_class: CaseClass
    weight: float
    flags: tuple[str, ...]
    backed: bool = True
    verdict: NormVerdict | None = None
    category: str = ""
    as_of: Instant | None = None
    group: str = ""
    country: str = ""
    back_at: Instant | None = None
    moved_to: str = ""
    site_type: str = ""
    withdrawn_at: Instant | None = None
    reported_again_at: Instant | None = None


NOT_MEASURABLE: Final = "not_measurable"
"""A flag of published cases: its hoster did not let it be measured (docs/measurement.md, 5.3)."""

ON_CHECK: Final = "on_check"
"""A flag of published cases: a person's check alone says that it was gone (R)."""


MOVED_FIRST: Final = "moved_first"
REMOVED_FIRST: Final = "removed_first"
"""Flags of published cases: (L, R] is of a move, or of a removal, and the class of what followed.
Of a removal it stands there where nothing backs that the material came back (`back_at`)."""


def is_eligible(case: PublishedCase) -> bool:
    """Return whether a case may count for naming, whatever the norm."""
    return case.case_class not in NO_NORM_APPLIES and _is_of_the_field(case)


def has_told_end(case: PublishedCase) -> bool:
    """Return whether a case is one of those whose ends are told: eligible ones and withdrawn."""
    return is_eligible(case) or (case.case_class is CaseClass.WITHDRAWN and _is_of_the_field(case))


def _is_of_the_field(case: PublishedCase) -> bool:
    return case.role is Role.HOSTING and _NO_NAMING.isdisjoint(case.flags)


def first_class(case: PublishedCase) -> CaseClass:
    """Return how the end (L, R] of a case is classed.

    Of what was there again afterwards the class at `as_of` is of what followed. What was taken back
    before it ended is withdrawn, whatever its flags say.

    Args:
        case: any.
    """
    if case.withdrawn_at is not None:
        return CaseClass.WITHDRAWN
    if MOVED_FIRST in case.flags:
        return CaseClass.MOVED
    is_removed = case.back_at is not None or REMOVED_FIRST in case.flags
    return CaseClass.REMOVED if is_removed else case.case_class


def is_matured(case: PublishedCase, norm_s: int | None) -> bool:
    """Return whether the norm had run out for a case while its hoster still had it.

    Args:
        case: one that is eligible.
        norm_s: the norm; None = terms of orders, which the file does not carry, so every case
            with a verdict counts.
    """
    if norm_s is None:
        return True
    due_at = case.noticed_at + norm_s * SECOND_MS
    if case.as_of is not None and due_at > case.as_of:
        return False
    if first_class(case) is not CaseClass.MOVED:
        return True
    ends = [at for at in (case.gone_at, case.last_seen_at) if at is not None]
    return bool(ends) and due_at <= max(ends)


def public_verdict(case: PublishedCase, norm_s: int | None) -> NormVerdict | None:
    """Return what may be said in public of a case and a norm; None = nothing, it is not counted.

    Args:
        case: one that is eligible.
        norm_s: the norm; None = the terms of its orders.
    """
    found = case.verdict
    if found is None:
        if norm_s is None:
            return None
        found = _of_instants(case, norm_s)
    if found is NormVerdict.IN_TIME and not _END_NOT_SURE.isdisjoint(case.flags):
        return NormVerdict.UNDETERMINED
    if found is NormVerdict.LATE and Flag.CLOAKED in case.flags:
        return NormVerdict.UNDETERMINED
    return found


def _of_instants(case: PublishedCase, norm_s: int) -> NormVerdict:
    gone, seen, due = case.gone_at, case.last_seen_at, case.noticed_at + norm_s * SECOND_MS
    late = case.backed and seen is not None and seen > late_from(norm_s, case.noticed_at)
    if late and Flag.UNOBSERVED not in case.flags:
        return NormVerdict.LATE
    if gone is not None and gone <= due and first_class(case) not in _NEVER_IN_TIME:
        return NormVerdict.IN_TIME
    return NormVerdict.UNDETERMINED
