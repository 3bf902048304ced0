"""Which probes a URL's cases expect: what `Expectation` and `newest_at` of a state say.

They are functions of the set of events like all else in a state;
`streams.lifecycle.events.fast_path` adds the probes that they expect.
"""

from collections.abc import Sequence

from schemas.moments import Instant
from schemas.records.case import UrlState
from schemas.records.case_events import PackedReport
from streams.lifecycle.evidence.contradicted_checks import CONTRADICTION_MS
from streams.lifecycle.evidence.hosting_spells import OVERFLOW, HostingSpell
from streams.lifecycle.evidence.hotline_statements import counts_from
from streams.lifecycle.state_table import METHOD_VERSION
from streams.verdicts.rules import VERDICT_VERSION

EVALUATION_VERSION = f"{METHOD_VERSION}.{VERDICT_VERSION}"
"""Versions of method and verdict rules that cases are evaluated by here. A URL whose cases were
evaluated by others is evaluated again at its next event."""


def reported_until(report: PackedReport) -> Instant:
    """Return until when a report, and what its source says, is the newest thing known."""
    known = [0, report.reported_at, report.seen_at or 0]
    if report.last_online_at is not None:
        known.append(report.last_online_at + CONTRADICTION_MS)
    if report.source_online is False:
        known.append(report.reported_at + CONTRADICTION_MS)
    return max(known)


def newest_at(state: UrlState) -> Instant:
    """Return the instant after which a probe is the newest thing known of the URL.

    A person's check, and what a source says, counts for as long as a probe can contradict it.
    """
    known = [0]
    known += [reported_until(report) for report in state.reports]
    known += [check.at + CONTRADICTION_MS for check in state.checks]
    known += [counts_from(n) for n in state.notices]
    known += [made.at for made in state.attributions]
    for track in state.tracks:
        known += [
            observation.slot_at + observation.sent_ms + observation.done_ms
            for observation in track.observations
        ]
    return max(known)


def is_alone(spell: HostingSpell, spells: Sequence[HostingSpell]) -> bool:
    """Return whether probes for the spell's hoster speak of it and of no other."""
    if spell.hosters != {spell.placement.hoster} or spell.group == OVERFLOW:
        return False
    return all(
        other is spell or other.role is not spell.role or other.hosters.isdisjoint(spell.hosters)
        for other in spells
    )
