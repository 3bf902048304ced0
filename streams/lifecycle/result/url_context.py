"""What is the same for all cases of a URL, worked out once: its words, and apart its probes.

A URL may have as many cases as records: each takes its own part of them, found by time, so that
all together cost no more than one.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import TypeAlias

from schemas.closed_lists import NO_PROBE, DecisionAction, HotlineMode, Target, Verdict
from schemas.moments import HOUR_MS, Instant
from schemas.records.case import UrlState
from schemas.records.case_events import PackedAnswer, PackedNotice, PackedReport
from schemas.records.case_observations import NOTHING, TRAIT_CANARY_OK, TRAIT_TOO_LATE, NormProbes
from schemas.records.reports import HotlineId
from streams.lifecycle.evidence.between import between
from streams.lifecycle.evidence.decisions import in_force
from streams.lifecycle.evidence.hosting_spells import HostingSpell
from streams.lifecycle.evidence.hotline_statements import counts_from
from streams.lifecycle.evidence.probe_reading import AGE_MAX_MS
from streams.lifecycle.evidence.timeline_entry import SOURCE, EntryKind, TimelineEntry, shown_by
from streams.lifecycle.machine.case_history import CaseEnds
from streams.norms.measurability import Around
from streams.norms.publicly_late import ControlledSighting
from streams.norms.punctuality import RANGES_MS, slot_on_time

TimedNotice: TypeAlias = tuple[Instant, PackedNotice]
"""A notice and the instant it counts from."""

_PROBED, _URL = EntryKind.PROBED, Target.URL
_AT = attrgetter("at")
_SINCE = itemgetter(0)
_BY_SLOT = attrgetter("slot_at")


@dataclass(slots=True)
class UrlContext:
    """What cases of a URL share; notices and answers of a state stand in order of time.

    Attributes:
        state: the URL's, with reports; its tracks are not asked.
        hotlines: who reported it, sorted.
        reported_at: the earliest report's time.
        reported_by: the same by hotline.
        on_report: the reports of hotlines whose reports start the clock.
        has_live_report: a report of it is not from a replay (`HISTORIC`).
        probed: a report of it lets it be resolved and probed.
        excluded: when a case was excluded, by case id; the empty id stands for all hosting cases of
            the URL.
        confirmed: ids of the cases whose backdated notices were confirmed; the empty id likewise.
    """

    state: UrlState
    hotlines: tuple[HotlineId, ...] = ()
    reported_at: Instant = 0
    reported_by: dict[HotlineId, Instant] = field(default_factory=dict)
    on_report: tuple[PackedReport, ...] = ()
    has_live_report: bool = False
    probed: bool = True
    excluded: dict[str, list[Instant]] = field(default_factory=dict)
    confirmed: dict[str, Instant] = field(default_factory=dict)
    _timed: list[TimedNotice] = field(default_factory=list)
    _withdrawals: dict[HotlineId, list[Instant]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Go through the state once."""
        reports = self.state.reports
        for report in reports:
            known_at = self.reported_by.get(report.hotline, report.reported_at)
            self.reported_by[report.hotline] = min(known_at, report.reported_at)
        self.hotlines = tuple(sorted(self.reported_by))
        self.reported_at = min(self.reported_by.values())
        self.on_report = tuple([r for r in reports if r.mode is HotlineMode.ON_REPORT])
        self.has_live_report = any(report.mode is not HotlineMode.HISTORIC for report in reports)
        self.probed = any(report.probing for report in reports)
        for made in in_force(self.state.decisions):
            if made.action is DecisionAction.EXCLUDE:
                self.excluded.setdefault(made.case_id, []).append(made.decided_at)
            elif made.action is DecisionAction.CONFIRM_BACKDATED:
                known_at = self.confirmed.get(made.case_id, made.decided_at)
                self.confirmed[made.case_id] = max(known_at, made.decided_at)
        self._timed = self._time("")
        taken: dict[HotlineId, list[Instant]] = defaultdict(list)
        for mark in self.state.withdrawals:
            taken[mark.hotline].append(mark.at)
        self._withdrawals = taken

    def notices(
        self, since: Instant | None, until: Instant | None, case_id: str
    ) -> Sequence[TimedNotice]:
        """Return the notices from an instant on and before another, in order of time.

        Args:
            since: None = from the first on.
            until: None = to the last.
            case_id: whose time they are asked for; a decision may confirm the proofs of one case.
        """
        own = bool(case_id) and case_id in self.confirmed
        timed = self._time(case_id) if own else self._timed
        return between(timed, since, until, _SINCE)

    def _time(self, case_id: str) -> list[TimedNotice]:
        """Return the notices by the time they count from: of the proof, else received_at."""
        timed = [
            (counts_from(n, confirmed=self.is_confirmed(n, case_id)), n) for n in self.state.notices
        ]
        return sorted(timed, key=_SINCE)

    def is_confirmed(self, notice: PackedNotice, case_id: str) -> bool:
        """Return whether a decision confirms a notice's proof for a case.

        Two persons decided on what had come by then, so nothing later is confirmed.
        """
        decided_at = max(self.confirmed.get("", 0), self.confirmed.get(case_id, 0))
        return notice.received_at <= decided_at

    def is_taken_back(
        self, hotline: HotlineId, said_at: Instant, counts_at: Instant, ends: CaseEnds
    ) -> bool:
        """Return whether a hotline took back what it had said, before anything followed from it.

        A withdrawal takes back what its hotline said up to its time, for good. One after R changes
        nothing: after an R that followed what was said, or after one that still stands.

        Args:
            hotline: whose word it is.
            said_at: when it was said.
            counts_at: from when it counts.
            ends: of the case.
        """
        marks = self._withdrawals.get(hotline)
        if marks is None:
            return False
        index = bisect_left(marks, said_at)
        if index == len(marks):
            return False
        followed = bisect_right(ends.at, counts_at)
        ended_at = ends.last_at if followed == len(ends.at) else ends.at[followed]
        return ended_at is None or ended_at >= marks[index]

    def answers(self, since: Instant | None, until: Instant | None) -> Sequence[PackedAnswer]:
        """Return the answers after an instant and before another, in order of time."""
        return between(self.state.answers, None if since is None else since + 1, until, _AT)


class Probes:
    """What is the same of a URL's probes for all of its cases.

    Attributes:
        too_late: one was appended too long after it was made.
    """

    def __init__(self, state: UrlState) -> None:
        """Go through them once."""
        self._tracks = state.tracks
        self._nothing = {n for n, seen in enumerate(state.fingerprints) if seen.error in NO_PROBE}
        self.too_late = any(
            seen.traits & TRAIT_TOO_LATE for track in state.tracks for seen in track.observations
        )

    def on_time(self, spell: HostingSpell, noticed_at: Instant) -> int:
        """Return the norm slots, as bits, that a probe of the URL that counts was made for.

        A probe counts if it came to something and its vantage's canary answered.
        """
        found, nothing = 0, self._nothing
        since, until = noticed_at + RANGES_MS[0][0], noticed_at + RANGES_MS[-1][1]
        for track in self._tracks:
            if (
                track.target is not _URL
                or track.role is not spell.role
                or track.hoster not in spell.hosters
            ):
                continue
            seen, cut = track.observations, track.hoster in spell.windows
            first = bisect_left(seen, since, key=_BY_SLOT)
            for one in seen[first : bisect_right(seen, until, key=_BY_SLOT)]:
                if one.print in nothing or not one.traits & TRAIT_CANARY_OK:
                    continue
                if not cut or spell.covers(track.hoster, one.slot_at + one.sent_ms):
                    found |= slot_on_time(noticed_at, one.slot_at, one.sent_ms)
        return found


def _is_shown(entry: TimelineEntry) -> bool:
    """Return whether a vantage saw it beside a control that differs, and said so within 24 h."""
    is_online = entry.kind is _PROBED and entry.verdict is Verdict.ONLINE and entry.canary_ok
    return is_online and entry.control_differs and not entry.too_late


class SpellProbes:
    """What the probes of a spell showed, by their slots.

    Args:
        entries: everything seen at the spell.
        dismissed: of each of its cases what counts as no sighting of it.
    """

    def __init__(
        self, entries: Sequence[TimelineEntry], dismissed: Iterable[frozenset[TimelineEntry]]
    ) -> None:
        """Sort nothing yet: most spells have one case, and are asked once."""
        self._items = entries
        self._dismissed = frozenset[TimelineEntry]().union(*dismissed)
        self._is_asked = False
        self._observations: Sequence[TimelineEntry] | None = None

    def around(self, near: Around) -> NormProbes:
        """Return what the probes of slots from one moment to another showed."""
        found = NOTHING
        for observation in self._between(near) if self._is_asked else self._items:
            counts = observation.kind is _PROBED and near.since <= observation.slot_at <= near.until
            if counts and observation.canary_ok:
                found |= shown_by(observation.verdict, observation.reason)
        self._is_asked = True
        return found

    def past(
        self, after: Instant, until: Instant | None
    ) -> tuple[Sequence[ControlledSighting], Sequence[Instant]]:
        """Return who saw it past an instant beside a control that differs, and persons' checks.

        Args:
            after: sightings at it do not count.
            until: L of the spell; None = it has none.
        """
        entries = self._items
        sightings, checks = [], []
        for index in range(bisect_right(entries, after, key=_AT), len(entries)):
            seen = entries[index]
            if until is not None and seen.at > until + AGE_MAX_MS + HOUR_MS:
                break  # no copy is dated further back, and no answer takes an hour
            if seen.seen_at <= after or (until is not None and seen.seen_at > until):
                continue
            if seen in self._dismissed:
                continue
            if seen.kind is EntryKind.SEEN:
                if seen.seen_by not in ("", SOURCE) and not seen.authoritative:
                    checks.append(seen.at)
            elif _is_shown(seen):
                sightings.append(ControlledSighting(seen.seen_at, seen.seen_by, seen.announced))
        return sightings, checks

    def _between(self, near: Around) -> Sequence[TimelineEntry]:
        if self._observations is None:
            self._observations = sorted((i for i in self._items if i.kind is _PROBED), key=_BY_SLOT)
        first = bisect_left(self._observations, near.since, key=_BY_SLOT)
        return self._observations[
            first : bisect_right(self._observations, near.until, key=_BY_SLOT)
        ]
