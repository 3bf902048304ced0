"""From what was seen to states: sightings, the gone run, confirmation, returns (DESIGN 3.3-3.5).

`walk` goes through the items of one stay in order of time, finds which event of the table each
one is, and applies the table. It keeps no clock: what time alone brings (doubt that ends) is
inserted at its instant.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from schemas.case import Return
from schemas.moments import HOUR_MS, Instant
from schemas.reasons import Outcome, Verdict
from streams.lifecycle.sights import Item, Kind
from streams.lifecycle.table import (
    CONFIRM_LOOKS_MIN,
    CONFIRM_SPAN_MS,
    DARK_GAP_MS,
    DARK_LOOKS_MIN,
    DARK_MS,
    DOUBT_MS,
    ENDS,
    SAME_CASE_MS,
    VOID_MS,
    Event,
    following,
)
from streams.wording import Reason

GONE = frozenset({Verdict.GONE_HARD, Verdict.GONE_SOFT, Verdict.DNS_GONE, Verdict.MOVED})
DISPUTE_MS = HOUR_MS


@dataclass(frozen=True, slots=True)
class End:
    """An end of availability: what it was, (L, R], and when it was confirmed."""

    state: Outcome
    last_seen_at: Instant | None
    gone_at: Instant
    settled_at: Instant
    announced_only: bool


@dataclass(slots=True)
class Episode:
    """One case's history: one continuous availability and its short interruptions."""

    opened_at: Instant
    states: list[tuple[Instant, Outcome]]
    first_seen_at: Instant | None = None
    last_seen_at: Instant | None = None
    end: End | None = None
    first_end: tuple[Instant, Instant] | None = None
    returns: list[Return] = field(default_factory=list)
    sightings: list[Instant] = field(default_factory=list)
    split: bool = False
    unproven: bool = False


@dataclass(slots=True)
class _Run:
    """What was seen since the last sighting."""

    gone: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    disabled: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    unsure: list[Item] = field(default_factory=list)
    dissent: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    controls: int = 0
    controls_alive: bool = False
    doubt_passed: bool = False

    def looks(self) -> dict[str, list[Item]]:
        """Return the looks that count as gone, by vantage.

        401, 403 or 451 on the URL alone count if an unannounced vantage sees them too.
        """
        if not any(not i.announced for items in self.disabled.values() for i in items):
            return self.gone
        merged: dict[str, list[Item]] = defaultdict(list)
        for source in (self.gone, self.disabled):
            for vantage, found in source.items():
                merged[vantage] = sorted(merged[vantage] + found)
        return merged


class _Walk:
    def __init__(self, opened_at: Instant, left_at: Instant | None) -> None:
        self.left_at = left_at
        self.episode = Episode(opened_at, [(opened_at, Outcome.ONLINE)])
        self.episodes = [self.episode]
        self.run = _Run()
        self.last: dict[str, bool] = {}
        self.canary: dict[str, bool] = {}

    @property
    def state(self) -> Outcome:
        return self.episode.states[-1][1]

    def enter(self, at: Instant, event: Event) -> None:
        end = self.episode.end.state if self.episode.end else None
        after = following(self.state, event, end)
        if after is not self.state:
            self.episode.states.append((at, after))

    def doubt_until(self) -> Instant | None:
        since, state = self.episode.states[-1]
        return since + DOUBT_MS if state in (Outcome.DOUBTED, Outcome.SUSPECT) else None

    def let_pass(self, until: Instant | None) -> None:
        """End a doubt that ran out before `until`; None = before anything else happens."""
        deadline = self.doubt_until()
        if deadline is None or (until is not None and until < deadline):
            return
        self.run.doubt_passed = True
        self.enter(deadline, Event.STANDS if self.episode.end else Event.DOUBT_ENDED)

    def required(self, item: Item) -> set[str]:
        asked = set(item.asked) or {item.vantage}
        return {v for v in asked if self.canary.get(v, True)}

    def take(self, item: Item) -> None:
        match item.kind:
            case Kind.SEEN:
                self.sighting(item)
            case Kind.ABSENT:
                self.absent(item)
            case Kind.CONTROL:
                self.run.controls += bool(self.run.looks() or self.run.unsure)
                self.run.controls_alive |= item.alive
            case Kind.PROBED:
                self.canary[item.vantage] = item.canary_ok
                self.probed(item)

    def probed(self, item: Item) -> None:
        if not item.canary_ok:
            return  # a vantage whose canary is dead says nothing
        if item.verdict is Verdict.ONLINE:
            self.online(item)
        elif item.verdict in GONE:
            self.last[item.vantage] = False
            self.run.dissent.pop(item.vantage, None)
            self.run.gone[item.vantage].append(item)
            self.gone(item)
        elif item.verdict in (Verdict.BLOCKED, Verdict.UNREACHABLE):
            self.unavailable(item)
        elif item.reason is Reason.UNPROVEN:
            self.episode.unproven = True

    def online(self, item: Item) -> None:
        against = [
            v
            for v in self.required(item)
            if v != item.vantage and self.last.get(v) is False and self.run.looks().get(v)
        ]
        self.last[item.vantage] = True
        if not against:
            self.sighting(item)
            return
        held = self.run.dissent[item.vantage]
        if item.differs:
            held.append(item)
        if len(held) >= CONFIRM_LOOKS_MIN and held[-1].at - held[0].at >= CONFIRM_SPAN_MS:
            self.episode.split = True
            self.sighting(item)
        else:
            self.enter(item.at, Event.DISSENT)

    def sighting(self, item: Item) -> None:
        seen_at = item.seen_at
        self.come_back(seen_at)
        self.enter(max(item.at, self.episode.opened_at), Event.SIGHTING)
        episode = self.episode
        episode.end = None
        episode.sightings.append(seen_at)
        first, last = episode.first_seen_at, episode.last_seen_at
        episode.first_seen_at = seen_at if first is None else min(first, seen_at)
        episode.last_seen_at = seen_at if last is None else max(last, seen_at)
        self.run = _Run()

    def come_back(self, at: Instant) -> None:
        end, episode = self.episode.end, self.episode
        if end is None or at - end.gone_at < VOID_MS:
            return
        last = end.gone_at if end.last_seen_at is None else end.last_seen_at
        if episode.first_end is None:
            episode.first_end = (last, end.gone_at)
        episode.returns.append(Return(last, end.gone_at, at))
        if at - end.gone_at > SAME_CASE_MS:
            self.episode = Episode(at, [(at, Outcome.ONLINE)])
            self.episodes.append(self.episode)

    def absent(self, item: Item) -> None:
        near = [s for s in self.episode.sightings if abs(s - item.at) <= DISPUTE_MS]
        probed = [s for s in near if s > item.at]
        if probed:
            self.enter(item.at, Event.CHECK_DISPUTED)
            return
        if self.state not in ENDS:
            last = self.episode.last_seen_at
            self.episode.end = End(Outcome.REMOVED, last, item.at, item.at, announced_only=False)
        self.enter(item.at, Event.CHECKED_ABSENT)

    def gone(self, item: Item) -> None:
        if self.episode.end is not None:
            if self.state is Outcome.SUSPECT:
                self.enter(item.at, Event.STANDS)
            return
        end = self.confirmed(item)
        if end is None:
            self.enter(item.at, Event.GONE_LATE if self.run.doubt_passed else Event.GONE)
            return
        self.episode.end = end
        self.enter(item.at, Event(end.state.value))

    def confirmed(self, item: Item) -> End | None:
        looks = self.run.looks()
        flat = sorted(i for found in looks.values() for i in found)
        if len(flat) < CONFIRM_LOOKS_MIN or not self.run.controls:
            return None
        if flat[-1].at - flat[0].at < CONFIRM_SPAN_MS:
            return None
        required = self.required(item)
        missing = [v for v in required if not looks.get(v)]
        inconclusive = len(required) > 2 and not any(v in self.run.dissent for v in missing)
        if len(missing) > (1 if inconclusive else 0):
            return None
        firsts = [looks[v][0].at for v in required if looks.get(v)]
        if not firsts:
            return None
        return End(
            state=self.kind(flat),
            last_seen_at=self.episode.last_seen_at,
            gone_at=max(firsts),
            settled_at=item.at,
            announced_only=all(i.announced for i in flat),
        )

    def kind(self, flat: list[Item]) -> Outcome:
        verdicts = {i.verdict for i in flat}
        if verdicts == {Verdict.DNS_GONE}:
            return Outcome.DNS_ENDED
        if Verdict.MOVED in verdicts and self.left_at is not None:
            return Outcome.MOVED
        return Outcome.REMOVED

    def unavailable(self, item: Item) -> None:
        if item.reason is Reason.DISABLED:
            self.run.disabled[item.vantage].append(item)
            if self.run.looks() is not self.run.gone:
                self.last[item.vantage] = False
                self.gone(item)
                return
        self.run.unsure.append(item)
        if self.episode.end is not None:
            return
        if self.dead(item):
            first = self.run.unsure[0].at
            last = self.episode.last_seen_at
            self.episode.end = End(Outcome.DARK, last, first, item.at, announced_only=False)
            self.enter(item.at, Event.DEAD)
            return
        span = self.run.unsure[-1].at - self.run.unsure[0].at
        barred = (
            not self.run.gone
            and len(self.run.unsure) >= CONFIRM_LOOKS_MIN
            and span >= CONFIRM_SPAN_MS
        )
        self.enter(item.at, Event.BARRED if barred else Event.UNSURE)

    def dead(self, item: Item) -> bool:
        looks = self.run.unsure
        if self.run.gone or self.run.controls_alive or not self.run.controls:
            return False
        if item.at - looks[0].at < DARK_MS:
            return False
        if any(i.verdict is not Verdict.UNREACHABLE for i in looks):
            return False
        for vantage in self.required(item):
            times = [i.at for i in looks if i.vantage == vantage]
            if len(times) < DARK_LOOKS_MIN:
                return False
            if any(b - a > DARK_GAP_MS for a, b in pairwise(times)):
                return False
        return True


def walk(items: Iterable[Item], opened_at: Instant, left_at: Instant | None) -> list[Episode]:
    """Return the cases of one stay, oldest first.

    Args:
        items: what was seen, in order.
        opened_at: when the first case opened.
        left_at: since when DNS no longer names the hoster; None = it does.
    """
    state = _Walk(opened_at, left_at)
    for item in items:
        state.let_pass(item.at)
        state.take(item)
    state.let_pass(None)
    return state.episodes
