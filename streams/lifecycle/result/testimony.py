"""Who saw the material of a case: probes and persons, sources, and the hotlines that reported it.

A hotline's own sighting ends no run and voids no removal, so the automaton does not rest on it. It
says that the material was there: of a case that no probe saw, that is the difference between a
removal and nothing at all.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter

from schemas.moments import Instant
from schemas.reasons import HotlineMode
from schemas.records.case_events import PackedReport
from streams.lifecycle.machine.episode import End, Episode
from streams.lifecycle.result.classes import Sighted


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
        self._saw = sorted(at for r in reports if (at := hotline_saw_at(r)) is not None)
        said = any(report.seen_at is not None for report in reports)
        self.assumed = not said and any(is_assumed(report) for report in reports)

    def sighted(self, episode: Episode, end: End) -> Sighted:
        """Return who saw the material of a case up to one of its ends."""
        before = bisect_right(self._saw, end.gone_at)
        hotline_at = self._saw[before - 1] if before else None
        observed = episode.observed or self._sourced
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


REPORTED = attrgetter("reported_at")


def by_time(reports: Iterable[PackedReport]) -> Sequence[PackedReport]:
    """Return reports by when they were made."""
    return sorted(reports, key=REPORTED)
