"""What is the same for all cases of a URL, worked out once.

A URL may have as many cases as records: each takes its own part of them, found by time, so that
all together cost no more than one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TypeVar

from schemas.moments import Instant
from schemas.reasons import NO_LOOK, DecisionAction, HotlineMode, Target
from schemas.records.case import TRAIT_CANARY_OK, TRAIT_TOO_LATE, UrlState
from schemas.records.case_events import PackedAnswer, PackedNotice, PackedReport
from schemas.records.ledger import HotlineId
from streams.lifecycle.evidence.hosting_spells import HostingSpell
from streams.lifecycle.evidence.item import Item, Kind, shown_by
from streams.norms.measurability import Around

_Entry = TypeVar("_Entry", PackedNotice, PackedAnswer)

_AT = attrgetter("at")
_NOTICED = attrgetter("noticed_at")
_BY_SLOT = attrgetter("slot_at")


@dataclass(slots=True)
class UrlContext:
    """What cases of a URL share; notices and answers of a state stand in order of time.

    Attributes:
        state: the URL's, with reports.
        hotlines: who reported it, sorted.
        reported_at: the earliest report's time.
        reported_by: the same by hotline.
        on_report: the first report of a hotline whose reports start the clock; None = none is.
        self_reported: all reports are self-reports of hosters.
        delivers: a hotline says of its notices whether they arrived.
        withdrawn_at: when the last hotline took its report back; None while one stands by it.
        too_late: a probe was appended too long after it was made.
        excluded: when a case was excluded first, by its id; of all cases under no id.
        confirmed: ids of the cases whose backdated notices were confirmed; of all cases no id.
    """

    state: UrlState
    hotlines: tuple[HotlineId, ...] = ()
    reported_at: Instant = 0
    reported_by: dict[HotlineId, Instant] = field(default_factory=dict)
    on_report: PackedReport | None = None
    self_reported: bool = False
    delivers: bool = False
    withdrawn_at: Instant | None = None
    too_late: bool = False
    excluded: dict[str, Instant] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    _nothing: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Go through the state once."""
        reports = self.state.reports
        for report in reports:
            known_at = self.reported_by.get(report.hotline, report.reported_at)
            self.reported_by[report.hotline] = min(known_at, report.reported_at)
        self.hotlines = tuple(sorted(self.reported_by))
        self.reported_at = min(self.reported_by.values())
        self.on_report = next((r for r in reports if r.mode is HotlineMode.ON_REPORT), None)
        self.self_reported = all(report.self_report for report in reports)
        self.delivers = any(report.mode is HotlineMode.DELIVERY for report in reports)
        self.too_late = any(
            look.traits & TRAIT_TOO_LATE for track in self.state.tracks for look in track.looks
        )
        for made in self.state.decisions:
            if made.action is DecisionAction.EXCLUDE:
                known_at = self.excluded.get(made.case_id, made.decided_at)
                self.excluded[made.case_id] = min(known_at, made.decided_at)
            elif made.action is DecisionAction.CONFIRM_BACKDATED:
                self.confirmed.add(made.case_id)
        self._nothing = frozenset(
            n for n, seen in enumerate(self.state.fingerprints) if seen.error in NO_LOOK
        )

    def notices(self, since: Instant | None, until: Instant | None) -> Sequence[PackedNotice]:
        """Return the notices after an instant and before another, in order of time."""
        return _between(self.state.notices, since, until, _NOTICED)

    def answers(self, since: Instant | None, until: Instant | None) -> Sequence[PackedAnswer]:
        """Return the answers after an instant and before another, in order of time."""
        return _between(self.state.answers, since, until, _AT)

    def slots_looked_at(
        self, spell: HostingSpell, since: Instant, until: Instant
    ) -> Iterator[tuple[Instant, int]]:
        """Yield slot and sent_ms of each probe of the URL that counts, for slots of a span of time.

        A probe counts if it came to something and its vantage's canary answered.
        """
        for track in self.state.tracks:
            if (
                track.target is not Target.URL
                or track.role is not spell.role
                or track.hoster not in spell.hosters
            ):
                continue
            looks = track.looks
            for place in range(bisect_left(looks, since, key=_BY_SLOT), len(looks)):
                look = looks[place]
                if look.slot_at > until:
                    break
                if look.print not in self._nothing and look.traits & TRAIT_CANARY_OK:
                    yield look.slot_at, look.sent_ms


def _between(
    found: Sequence[_Entry],
    since: Instant | None,
    until: Instant | None,
    key: Callable[[_Entry], Instant],
) -> Sequence[_Entry]:
    first = 0 if since is None else bisect_right(found, since, key=key)
    last = len(found) if until is None else bisect_left(found, until, key=key)
    return found[first:last]


class Shown:
    """What the probes of a stay showed, by their slots.

    Args:
        items: everything seen at the stay.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        """Sort nothing yet: most stays have one case, and are asked once."""
        self._items = items
        self._is_asked = False
        self._looks: Sequence[Item] | None = None

    def around(self, near: Around) -> int:
        """Return the bits of `streams.norms.measurability` of slots from one moment to another."""
        bits = 0
        for look in self._between(near) if self._is_asked else self._items:
            counts = look.kind is Kind.PROBED and look.canary_ok
            if counts and near.since <= look.slot_at <= near.until:
                bits |= shown_by(look.verdict, look.reason)
        self._is_asked = True
        return bits

    def _between(self, near: Around) -> Sequence[Item]:
        if self._looks is None:
            self._looks = sorted((i for i in self._items if i.kind is Kind.PROBED), key=_BY_SLOT)
        first = bisect_left(self._looks, near.since, key=_BY_SLOT)
        return self._looks[first : bisect_right(self._looks, near.until, key=_BY_SLOT)]
