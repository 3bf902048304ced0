"""What hotlines said of a URL at one spell.

A report or a notice after an end brings a probe at once; long after it, it opens a new case. See
docs/measurement.md, Coming back.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from schemas.closed_lists import ClockStanding, Delivery, HotlineMode
from schemas.moments import Instant
from schemas.records.case import UrlState
from schemas.records.case_events import PackedNotice
from streams.lifecycle.evidence.hosting_spells import UNKNOWN, HostingSpell


class ReportOrNotice(NamedTuple):
    """A report of the URL, or a notice to the owner of a spell.

    Attributes:
        at: when it says that it was made.
        received_at: when it was received.
    """

    at: Instant
    received_at: Instant


def is_to(notice: PackedNotice, owners: AbstractSet[str], left: Mapping[str, Instant]) -> bool:
    """Return whether a notice went to one of some hosters, or to another hoster of their owner.

    Args:
        notice: any.
        owners: names of the owner.
        left: which of them are another owner's, and since when.
    """
    names = [n for n in (notice.recipient, notice.group) if n in owners and n != UNKNOWN]
    return bool(names) and any(n not in left or notice.noticed_at < left[n] for n in names)


def standing_of(notice: PackedNotice) -> ClockStanding | None:
    """Return the standing of a clock that a notice starts; None = it starts none."""
    if notice.result is Delivery.DELIVERED:
        return ClockStanding.DELIVERED
    if notice.mode is HotlineMode.SENT_ONLY and notice.result is Delivery.SENT:
        return ClockStanding.SENT_ONLY
    return None


def counts_from(notice: PackedNotice, *, confirmed: bool = False) -> Instant:
    """Return the instant a notice counts from (docs/measurement.md, rule 2.6).

    Args:
        notice: any.
        confirmed: a decision confirms its proof.
    """
    return notice.received_at if notice.backdated and not confirmed else notice.noticed_at


def statements_about(state: UrlState, spell: HostingSpell) -> list[ReportOrNotice]:
    """Return what was said of a URL at one spell, in order of time.

    A row of a dump tells an old story: it is no word of today.
    """
    owners, left = spell.owners, spell.left
    notices = (
        ReportOrNotice(counts_from(n), n.received_at)
        for n in state.notices
        if is_to(n, owners, left)
    )
    reports = (
        ReportOrNotice(r.reported_at, r.received_at)
        for r in state.reports
        if r.mode is not HotlineMode.HISTORIC
    )
    return sorted([*notices, *reports])
