"""What was seen since the last sighting, and whether it suffices for an end.

See docs/measurement.md, Confirmation.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise
from typing import Final

from schemas.closed_lists import CaseClass, Verdict
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from verify.method_9.timeline_entry import TimelineEntry

PROBES_MIN: Final = 3
SPAN_MS: Final = 30 * MINUTE_MS
TURNED_MS: Final = DAY_MS
TURNS_PROBES_MIN: Final = 36
TURNS_SPAN_MS: Final = 3 * HOUR_MS
DARK_MS: Final = 7 * DAY_MS
DARK_PROBES_MIN: Final = 6
DARK_GAP_MS: Final = 49 * HOUR_MS


class As(Enum):
    """What a probe of the run was taken for."""

    GONE = auto()
    URL_REFUSED = auto()  # 401, 403 or 451 on the URL alone; no unannounced vantage has seen it
    URL_REFUSED_TO_ALL = auto()  # the same, an unannounced vantage having seen it too
    DISSENT = auto()  # a sighting against the others


@dataclass(slots=True)
class GoneRun:
    """The probes since the last sighting.

    Attributes:
        observations: the gone, refused and dissenting ones, in order.
        blocked_or_unreachable: instants of the blocked and unreachable ones.
        dead: the unreachable ones since the host last showed life.
        last_gone: the newest that counts as gone.
    """

    observations: list[tuple[As, TimelineEntry]] = field(default_factory=list)
    blocked_or_unreachable: list[Instant] = field(default_factory=list)
    dead: list[TimelineEntry] = field(default_factory=list)
    last_gone: TimelineEntry | None = None
    _gone: dict[str, list[TimelineEntry]] | None = None
    _dissented: bool = False
    _controlled: bool = False
    _controls_dead: bool = False

    def add_gone(self, entry: TimelineEntry) -> None:
        """Take a gone verdict."""
        self.observations.append((As.GONE, entry))
        if self._gone is not None:
            self._gone.setdefault(entry.who, []).append(entry)
        self.last_gone = entry
        self._lives()

    def add_dissent(self, entry: TimelineEntry) -> None:
        """Take a sighting against the others; it ends this vantage's own gone probes."""
        self.observations.append((As.DISSENT, entry))
        self._dissented = True
        self._gone = None
        self._lives()

    def denied_to_others(self, who: str, gone_at: Instant) -> dict[str, Instant]:
        """Return when each vantage last said gone; none where that does not matter.

        It does where one vantage never said so and the end was found by probes.

        Args:
            who: the one that sees it.
            gone_at: R of the end.
        """
        gone = [s for kind, s in self.observations if kind is As.GONE]
        said = {s.who: s.at for s in gone}
        return said if who not in said and any(s.at == gone_at for s in gone) else {}

    def add_control(self, entry: TimelineEntry) -> None:
        """Take a probe of a control; one before the run's first probe says nothing of it."""
        self._controlled = self._controlled or bool(self.blocked_or_unreachable or self.gone_by())
        if entry.alive:
            self._lives()
        else:
            self._controls_dead |= bool(self.dead)

    def add_unavailable(self, entry: TimelineEntry) -> bool:
        """Take a blocked or unreachable probe; return whether it counts as gone."""
        if entry.said.url_refused:
            self.observations.append((As.URL_REFUSED, entry))
            self._gone = None
            if self._url_refused_to_all():
                self.observations[-1] = (As.URL_REFUSED_TO_ALL, entry)
                self.last_gone = entry
                self._lives()
                return True
        self.blocked_or_unreachable.append(entry.at)
        if entry.said.verdict is not Verdict.UNREACHABLE:
            self._lives()
            return False
        mine = [s.at for s in self.dead if s.who == entry.who]
        if mine and entry.at - mine[-1] > DARK_GAP_MS:
            self._lives()
        self.dead.append(entry)
        return False

    def _lives(self) -> None:
        self.dead = []
        self._controls_dead = False

    def url_refused_by(self) -> list[str]:
        """Return the vantages to which the URL alone is refused."""
        refused: list[str] = []
        for taken, entry in self.observations:
            if taken is As.DISSENT and entry.who in refused:
                refused.remove(entry.who)
            elif taken in (As.URL_REFUSED, As.URL_REFUSED_TO_ALL) and entry.who not in refused:
                refused.append(entry.who)
        return refused

    def url_refused_at(self) -> dict[str, Instant]:
        """Return when the URL alone was last refused to each of them."""
        refused = self.url_refused_by()
        return {
            entry.who: entry.at
            for taken, entry in self.observations
            if taken in (As.URL_REFUSED, As.URL_REFUSED_TO_ALL) and entry.who in refused
        }

    def _url_refused_to_all(self) -> bool:
        """Return whether a vantage that does not announce itself is refused too."""
        refused = self.url_refused_by()
        return any(
            taken in (As.URL_REFUSED, As.URL_REFUSED_TO_ALL)
            and entry.observation is not None
            and not entry.observation.announced
            for taken, entry in self.observations
            if entry.who in refused
        )

    def gone_by(self) -> dict[str, list[TimelineEntry]]:
        """Return the probes that count as gone, by vantage, in order of time."""
        if self._gone is None:  # worked out anew only after more than another gone probe
            self._gone = self._worked_out()
        return self._gone

    def _worked_out(self) -> dict[str, list[TimelineEntry]]:
        to_all = self._url_refused_to_all()
        found: dict[str, list[TimelineEntry]] = {}
        for taken, entry in self.observations:
            if taken is As.DISSENT:
                found.pop(entry.who, None)
            elif taken is As.GONE or to_all:
                found.setdefault(entry.who, []).append(entry)
        return found

    def dissenters(self) -> set[str]:
        """Return the vantages that saw it against the others and have not said gone since."""
        if not self._dissented:
            return set()
        found = set()
        for taken, entry in self.observations:
            if taken is As.DISSENT:
                found.add(entry.who)
            elif taken in (As.GONE, As.URL_REFUSED_TO_ALL):
                found.discard(entry.who)
        return found

    def dissents_of(self, who: str) -> list[Instant]:
        """Return when a vantage saw it against the others, its control differing."""
        found: list[Instant] = []
        for taken, entry in self.observations:
            if entry.who != who:
                continue
            if taken is As.DISSENT and entry.differs:
                found.append(entry.at)
            elif taken in (As.GONE, As.URL_REFUSED_TO_ALL):
                found = []
        return found

    def is_unavailable(self) -> bool:
        """Return whether it is plainly unavailable: 3 such probes over 30 min, none gone."""
        times = self.blocked_or_unreachable
        if len(times) < PROBES_MIN or times[-1] - times[0] < SPAN_MS:
            return False
        gone: set[str] = set()
        for taken, entry in self.observations:
            if taken is As.GONE:
                gone.add(entry.who)
            elif taken is As.DISSENT:
                gone.discard(entry.who)
        return not gone

    def dark_since(self, required: Collection[str], now: Instant) -> Instant | None:
        """Return since when the host is dead, if it is for long enough; None = it is not."""
        if not self.dead or not self._controls_dead or now - self.dead[0].at < DARK_MS:
            return None
        began_at = self.dead[0].at
        for vantage in required:
            mine = [s for s in self.dead if s.who == vantage]
            if len({s.observation.slot_at for s in mine if s.observation}) < DARK_PROBES_MIN:
                return None
            times = [began_at, *(s.at for s in mine), now]
            if any(later - sooner > DARK_GAP_MS for sooner, later in pairwise(times)):
                return None
        return began_at

    def confirmed(
        self, required: Collection[str], *, left: bool, turned: Sequence[Instant] = ()
    ) -> tuple[CaseClass, Instant, bool] | None:
        """Return the end that the gone probes confirm, R, and whether only announced ones saw it.

        Args:
            required: the vantages asked whose canary is healthy.
            left: DNS no longer names the hoster.
            turned: when a vantage saw what it had said was gone.
        """
        if not self._controlled:
            return None
        gone = self.gone_by()
        every = [s for found in gone.values() for s in found]
        no_name = [s for s in every if s.said.verdict is Verdict.DNS_GONE]
        here = [s for s in every if not s.away]
        if no_name and any(s.observation.old_address for s in every if s.observation):
            found = self._enough(here, required, turned)
            if found:
                return CaseClass.DNS_ENDED, *found
        if left and any(s.said.verdict is Verdict.MOVED for s in every):
            found = self._enough([s for s in every if s not in no_name], required, turned)
            if found:
                return CaseClass.MOVED, *found
        if no_name:
            return None
        found = self._enough(here, required, turned)
        return (CaseClass.REMOVED, *found) if found else None

    def _enough(
        self,
        observations: list[TimelineEntry],
        required: Collection[str],
        turned: Sequence[Instant],
    ) -> tuple[Instant, bool] | None:
        """Return R and whether only announced vantages saw it gone; None = too few probes.

        Args:
            observations: that there have to be enough of; every required vantage has to have
                said gone, be it by others.
            required: the vantages asked whose canary is healthy.
            turned: when a vantage saw what it had said was gone.
        """
        gone = self.gone_by()
        wanting = [v for v in required if v not in gone]
        have = [v for v in required if v in gone]
        if not have or not observations or len(wanting) > 1:
            return None
        if wanting and (
            len(required) < 3
            or set(wanting) & self.dissenters()
            or not _in_different_networks([gone[v] for v in have])
        ):
            return None
        first_at, last_at = min(s.at for s in observations), max(s.at for s in observations)
        in_turns = first_at - max(turned, default=first_at - TURNED_MS) < TURNED_MS
        span_ms, probes_min = (
            (TURNS_SPAN_MS, TURNS_PROBES_MIN) if in_turns else (SPAN_MS, PROBES_MIN)
        )
        if last_at - first_at < span_ms or not _so_many(observations, probes_min):
            return None
        firsts: dict[str, Instant] = {}
        for entry in [*observations, *(found[0] for found in gone.values())]:
            firsts.setdefault(entry.who, entry.at)
        gone_at = last_at if in_turns else max(firsts[v] for v in have)
        return gone_at, all(s.observation.announced for v in have for s in gone[v] if s.observation)


def _in_different_networks(observations: list[list[TimelineEntry]]) -> bool:
    """Return whether no AS number is that of two vantages, and none is unknown."""
    seen: set[int] = set()
    for found in observations:
        mine = {s.observation.asn for s in found if s.observation}
        if 0 in mine or mine & seen:
            return False
        seen |= mine
    return True


def _so_many(gone: list[TimelineEntry], probes_min: int) -> bool:
    """Return whether there are so many probes of different vantages or slots."""
    observations: set[tuple[str, Instant]] = set()
    for entry in gone:
        if entry.observation is not None:
            observations.add((entry.who, entry.observation.slot_at))
        if len(observations) >= probes_min:
            return True
    return False
