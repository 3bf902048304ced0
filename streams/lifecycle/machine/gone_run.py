"""What was seen since the last sighting, and whether it suffices for an end.

See docs/measurement.md, Confirmation.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from schemas.moments import Instant
from schemas.reasons import Outcome, Verdict
from streams.lifecycle.evidence.item import Item
from streams.lifecycle.state_table import (
    DARK_GAP_MS,
    DARK_LOOKS_MIN,
    DARK_MS,
    TURNS_LOOKS_MIN,
    TURNS_SPAN_MS,
    UNSTEADY_MS,
)
from streams.verdicts.confirmation import CONFIRM_LOOKS_MIN, CONFIRM_SPAN_MS


@dataclass(frozen=True, slots=True)
class End:
    """An end of availability: what it was, (L, R], and when it was confirmed."""

    state: Outcome
    last_seen_at: Instant | None
    gone_at: Instant
    confirmed_at: Instant
    announced_only: bool


def _by_vantage() -> dict[str, list[Item]]:
    return defaultdict(list)


@dataclass(slots=True)
class Run:
    """The probes since the last sighting.

    Attributes:
        gone: gone verdicts by vantage.
        disabled: 401, 403 or 451 on the URL alone, by vantage.
        dissent: vantages that saw it against the others, and have not said gone since.
        blocked_or_unreachable: blocked and unreachable probes.
        dead: the unreachable probes since the host last showed life.
        controls: controls probed since the first of the probes.
        controls_dead: the dead ones among them since the host last showed life.
        doubt_passed: 24 h of doubt about this run are over.
        latest: the newest probe that counts as gone.
        said: when each vantage last said gone in this run, whatever it has said since.
    """

    gone: dict[str, list[Item]] = field(default_factory=_by_vantage)
    disabled: dict[str, list[Item]] = field(default_factory=_by_vantage)
    dissent: dict[str, list[Item]] = field(default_factory=_by_vantage)
    blocked_or_unreachable: list[Item] = field(default_factory=list)
    dead: list[Item] = field(default_factory=list)
    controls: int = 0
    controls_dead: int = 0
    doubt_passed: bool = False
    latest: Item | None = None
    said: dict[str, Instant] = field(default_factory=dict)
    _silent_at: dict[str, Instant] = field(default_factory=dict)

    def never_reported_gone(self, saw_it: str, gone_at: Instant) -> bool:
        """Return whether an end was found by probes, and a vantage never found it gone.

        An end that rests on a person's word stands.

        Args:
            saw_it: the vantage.
            gone_at: R of the end.
        """
        shown = any(i.at == gone_at for found in self.gone.values() for i in found)
        return shown and saw_it not in self.said

    def disabling(self) -> bool:
        """Return whether refusals of the URL alone count as gone: an unannounced vantage has one.

        A server that refuses only those that announce themselves is blocking.
        """
        disabled = self.disabled.values()
        return bool(disabled) and any(not i.announced for found in disabled for i in found)

    def looks(self) -> dict[str, list[Item]]:
        """Return the probes that count as gone, by vantage, each in order of time."""
        if not self.disabling():
            return self.gone
        merged = {vantage: list(found) for vantage, found in self.gone.items()}
        for vantage, found in self.disabled.items():
            merged[vantage] = sorted(merged.get(vantage, []) + found)
        return merged

    def first_gone_sent_at(self) -> Instant | None:
        """Return when the request of the first gone probe was sent; None = there is none."""
        return min((i.seen_at for found in self.looks().values() for i in found), default=None)

    def dissented(self, item: Item) -> list[Item]:
        """Note a sighting against the others; it ends this vantage's own gone probes."""
        self.alive()  # who is seen is not dead, whether the others agree or not
        self.gone.pop(item.vantage, None)
        self.disabled.pop(item.vantage, None)
        held = self.dissent[item.vantage]
        if item.differs:
            held.append(item)
        return held

    def control(self, item: Item) -> None:
        """Note a probe of a control."""
        self.controls += bool(self.gone or self.blocked_or_unreachable or self.disabling())
        if item.alive:
            self.alive()
        else:
            self.controls_dead += bool(self.dead)

    def alive(self) -> None:
        """Note that the host showed life."""
        self.dead.clear()
        self._silent_at.clear()
        self.controls_dead = 0

    def add_unreachable(self, item: Item) -> None:
        """Note an unreachable probe; a gap in a vantage's probes begins the dead stretch anew."""
        if item.at - self._silent_at.get(item.vantage, item.at) > DARK_GAP_MS:
            self.alive()
        self.dead.append(item)
        self._silent_at[item.vantage] = item.at

    def is_new(self) -> bool:
        """Return whether nothing was noted at all."""
        return not (self.controls or self.doubt_passed) and self.is_fresh()

    def is_fresh(self) -> bool:
        """Return whether nothing but controls was probed since the last sighting."""
        gone = self.latest is not None or self.gone or self.dissent
        return not (gone or self.disabled or self.blocked_or_unreachable or self.dead)

    def is_gone_only(self) -> bool:
        """Return whether all probes since the last sighting were gone."""
        rest = self.dissent or self.disabled or self.blocked_or_unreachable or self.dead
        return self.latest is not None and not (rest or self.doubt_passed)

    def is_unavailable_only(self) -> bool:
        """Return whether all probes since the last sighting were blocked or silent."""
        gone = self.latest is not None or self.gone or self.dissent
        return bool(self.blocked_or_unreachable) and not gone

    def is_unavailable(self) -> bool:
        """Return whether it is plainly unavailable, so that doubt about it is idle."""
        span = self.blocked_or_unreachable[-1].at - self.blocked_or_unreachable[0].at
        enough = len(self.blocked_or_unreachable) >= CONFIRM_LOOKS_MIN and span >= CONFIRM_SPAN_MS
        return enough and not self.gone

    def is_dark(self, required: Collection[str], at: Instant) -> bool:
        """Return whether every required vantage found the host dead for long enough."""
        if not self.dead or not self.controls_dead or at - self.dead[0].at < DARK_MS:
            return False
        if not self._silent_at.keys() >= set(required):
            return False
        for vantage in required:
            found = [i for i in self.dead if i.vantage == vantage]
            if len({i.slot_at for i in found}) < DARK_LOOKS_MIN:
                return False
            times = [self.dead[0].at, *(i.at for i in found), at]
            if any(b - a > DARK_GAP_MS for a, b in pairwise(times)):
                return False
        return True

    def confirmed(
        self,
        required: Collection[str],
        at: Instant,
        *,
        seen_at: Instant | None,
        left: bool,
        flaps: Sequence[Instant] = (),
    ) -> End | None:
        """Return the end that the gone probes confirm; None = not yet.

        Args:
            required: the vantages asked whose canary is healthy.
            at: now.
            seen_at: L, the last sighting.
            left: DNS no longer names the hoster.
            flaps: when a vantage saw what it had found gone. After one of late, servers that take
                turns are to be reckoned with: it takes more probes, and R is the last.
        """
        if not self.controls:
            return None
        missing = sum(not self.gone.get(v) and not self.disabled.get(v) for v in required)
        allowed_missing = 1 if len(required) > 2 else 0
        if missing > allowed_missing:
            return None  # whatever the others found, and they may have found it often
        looks = self.looks()
        for state in _kinds(looks, left=left):
            found = self._suffices(looks, state, required, flaps)
            if found is not None:
                gone_at, announced_only = found
                return End(state, seen_at, gone_at, at, announced_only)
        return None

    def _suffices(
        self,
        looks: Mapping[str, Sequence[Item]],
        end: Outcome,
        required: Collection[str],
        flaps: Sequence[Instant],
    ) -> tuple[Instant, bool] | None:
        """Return R and whether announced vantages alone saw it; None = too few probes as yet."""
        missing = [v for v in required if not looks.get(v)]
        may_miss_one = (
            len(required) > 2
            and not any(v in self.dissent for v in missing)
            and _apart([looks[v] for v in required if looks.get(v)])
        )
        allowed_missing = 1 if may_miss_one else 0
        firsts = [_first(looks[v], end).at for v in required if looks.get(v)]
        flat = [i for found in looks.values() for i in found if _counts(i, end)]
        if not firsts or not flat or len(missing) > allowed_missing:
            return None
        began_at, latest_at = min(i.at for i in flat), max(i.at for i in flat)
        unsteady = any(at > began_at - UNSTEADY_MS for at in flaps)
        looks_min, span_ms = (
            (TURNS_LOOKS_MIN, TURNS_SPAN_MS) if unsteady else (CONFIRM_LOOKS_MIN, CONFIRM_SPAN_MS)
        )
        if len({(i.vantage, i.slot_at) for i in flat}) < looks_min:
            return None
        if latest_at - began_at < span_ms:
            return None
        announced_only = all(i.announced for v in required for i in looks.get(v, ()))
        return latest_at if unsteady else max(firsts), announced_only


def _apart(looks: Sequence[Sequence[Item]]) -> bool:
    """Return whether vantages are known to be in different networks, two by two.

    Two in one network are one to whoever wants to show them something else.
    """
    networks = [{item.asn for item in found} for found in looks]
    known = set[int]().union(*networks)
    return 0 not in known and len(known) == sum(len(one) for one in networks)


def _kinds(looks: Mapping[str, Sequence[Item]], *, left: bool) -> Iterator[Outcome]:
    """Yield the ends that a run may come to.

    If DNS is gone and the old IP address was not probed, no end is confirmed. Who removed a DNS
    name is unknown, so that is never a removal.
    """
    flat = [i for found in looks.values() for i in found]
    ended = any(i.verdict is Verdict.DNS_GONE for i in flat)
    if ended and any(i.old_address for i in flat):
        yield Outcome.DNS_ENDED
    if left and any(i.verdict is Verdict.MOVED for i in flat):
        yield Outcome.MOVED
    if not ended:
        yield Outcome.REMOVED


def _first(found: Sequence[Item], end: Outcome) -> Item:
    """Return the first probe that counts for a kind of end, else the first."""
    return next((i for i in found if _counts(i, end)), found[0])


def _counts(item: Item, end: Outcome) -> bool:
    """Return whether an observation counts towards the number that a kind of end needs.

    Gone at the old IP address while the name leads to another hoster: the material left, which is
    no removal. If the name does not exist, neither is shown.
    """
    if item.verdict is Verdict.DNS_GONE:
        return end is Outcome.DNS_ENDED
    return end is Outcome.MOVED or not item.away
