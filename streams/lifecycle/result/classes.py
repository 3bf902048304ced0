"""Which class an ended case is in: what its notice and its sightings make of its end.

See docs/measurement.md, Classes.

The first rule that fits decides: never online, then the end that stands. A hotline's sighting in
the 24 h before the notice makes an end after the notice a removal, though no probe saw the material
(`unobserved`). Otherwise a late feed would delete fast removals.

A hotline's own sighting starts no counting anew and voids no removal, so the automaton does not
rest on it. It says that the material was there: of a case that no probe saw, that is the
difference between a removal and nothing at all.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from schemas.closed_lists import CaseClass, HotlineMode
from schemas.moments import DAY_MS, Instant
from schemas.records.case_events import PackedReport
from streams.lifecycle.machine.case_history import CaseHistory, End

SEEN_BEFORE_NOTICE_MS: Final = DAY_MS
"""A sighting up to a day before the notice still shows that it was there when noticed."""


class Sighted(NamedTuple):
    """Who saw the material of a case, up to its end.

    Attributes:
        last_at: L of the end, a report's own sighting included; None = nobody saw it by then.
        hotline_at: when a hotline that reported it last saw it, by its own word or, where its
            analysts see what they report, by its report.
        observed: a probe, a person or a source saw it.
        ever: somebody saw it, be it after the end.
    """

    last_at: Instant | None
    hotline_at: Instant | None
    observed: bool
    ever: bool = False

    @property
    def newest_at(self) -> Instant | None:
        """Return the last sighting by anyone."""
        return max((at for at in (self.last_at, self.hotline_at) if at is not None), default=None)


def ended(end: End, sighted: Sighted, noticed_at: Instant | None) -> CaseClass:
    """Return the class of an ended case.

    Args:
        end: the end that stands.
        sighted: who saw it before.
        noticed_at: when its clock began, by the instant asked for; None = none runs.
    """
    seen_at = sighted.newest_at
    if seen_at is None and not sighted.ever:
        return CaseClass.NEVER_ONLINE
    if end.state in (CaseClass.MOVED, CaseClass.DARK):
        return end.state
    if noticed_at is None:
        return CaseClass.ENDED_WITHOUT_NOTICE
    if end.gone_at <= noticed_at or (seen_at or 0) < noticed_at - SEEN_BEFORE_NOTICE_MS:
        return CaseClass.GONE_BEFORE_NOTICE
    return end.state


def unobserved_since(end: End, sighted: Sighted, noticed_at: Instant | None) -> Instant | None:
    """Return L of a removal that nobody observed; None = it is none.

    It is max(seen_at, noticed_at): the notice says that the material was there.
    """
    if sighted.observed or noticed_at is None or sighted.hotline_at is None:
        return None
    if ended(end, sighted, noticed_at) is not CaseClass.REMOVED:
        return None
    return max(sighted.hotline_at, noticed_at)


class ReportedSightings:
    """What the reports of a case say of its being there.

    Args:
        reports: those made in the time of the case; the first one's include all before it.
        before: those made before.

    Attributes:
        self_reported: only the hoster itself reported it, in the time of the case, else before.
        assumed: they are sightings, and none of them says when.
    """

    def __init__(
        self, reports: Sequence[PackedReport], before: Sequence[PackedReport] = ()
    ) -> None:
        """Go through them once."""
        held = reports or before
        self.self_reported = bool(held) and all(report.self_report for report in held)
        self._sourced = any(report.last_online_at is not None for report in reports)
        self._saw = sorted([at for r in reports if (at := hotline_saw_at(r)) is not None])
        said = any(report.seen_at is not None for report in reports)
        self.assumed = not said and any(is_assumed(report) for report in reports)

    def sighted(self, history: CaseHistory, end: End) -> Sighted:
        """Return who saw the material of a case up to one of its ends."""
        before = bisect_right(self._saw, end.gone_at)
        hotline_at = self._saw[before - 1] if before else None
        observed = history.observed or self._sourced
        return Sighted(end.last_seen_at, hotline_at, observed, ever=bool(self._saw) or observed)


def hotline_saw_at(report: PackedReport) -> Instant | None:
    """Return when a hotline saw what it reported; None = it does not say, and is no analyst.

    Where it names no time, its analysts saw it when they took the report in. What a source's row
    says of its own sightings is all that is known of them.
    """
    if report.seen_at is not None:
        return report.seen_at
    return report.reported_at if is_assumed(report) else None


def is_assumed(report: PackedReport) -> bool:
    """Return whether a report counts as a sighting that names no time."""
    is_source = report.mode is HotlineMode.HISTORIC or report.source_online is not None
    return report.seen_at is None and report.assesses and not is_source
