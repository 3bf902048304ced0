"""What was seen since the newest sighting: gone verdicts by vantage, silence, controls.

Rules 4.1 to 4.4, 4.8 and 4.11 of docs/measurement.md.
"""

from collections.abc import Collection
from enum import IntEnum
from typing import Final, NamedTuple

from msgspec import Struct, field

from schemas.closed_lists import Verdict
from schemas.moments import Instant
from streams.lifecycle.evidence.timeline_entry import TimelineEntry
from streams.lifecycle.state_table import DARK_GAP_MS, DARK_MS, DARK_PROBES_MIN
from streams.verdicts.confirmation_limits import CONFIRM_PROBES_MIN, CONFIRM_SPAN_MS
from streams.verdicts.reasons import VerdictReason


class GoneKind(IntEnum):
    """How something was found gone, which says what end it can confirm."""

    HERE = 0  # where the name leads
    AWAY = 1  # at the last known address, the name leading to another hoster
    NAME = 2  # the name does not exist


def gone_kind_of(entry: TimelineEntry) -> GoneKind:
    """Return how an observation found it gone, or was refused the URL alone."""
    nameless = entry.nameless if _is_refusal(entry) else entry.verdict is Verdict.DNS_GONE
    if nameless:
        return GoneKind.NAME
    return GoneKind.AWAY if entry.away else GoneKind.HERE


def _is_refusal(entry: TimelineEntry) -> bool:
    """Return whether an observation got 401, 403 or 451 on the URL alone."""
    return entry.reason is VerdictReason.URL_REFUSED


class VantageTally(NamedTuple):
    """Observations of one kind by one vantage since the newest sighting.

    Attributes:
        first_at, last_at: of the first and the last one.
        slots: the first few slots they are of, each once.
        networks: AS numbers of the vantage.
        announced: all were made by an announced prober.
    """

    first_at: Instant
    last_at: Instant
    slots: tuple[Instant, ...]
    networks: frozenset[int]
    announced: bool

    def is_enough(self) -> bool:
        """Return whether they are enough, over a long enough time, to count."""
        long = self.last_at - self.first_at >= CONFIRM_SPAN_MS
        return long and len(self.slots) >= CONFIRM_PROBES_MIN

    def joined(self, other: "VantageTally") -> "VantageTally":
        """Return both together."""
        slots = self.slots + tuple(slot for slot in other.slots if slot not in self.slots)
        return VantageTally(
            min(self.first_at, other.first_at),
            max(self.last_at, other.last_at),
            slots[:_SLOTS_MAX],
            self.networks | other.networks,
            self.announced and other.announced,
        )


_SLOTS_MAX: Final = max(CONFIRM_PROBES_MIN, DARK_PROBES_MIN)
"""Slots a tally keeps: more say nothing more."""


def counted(held: VantageTally | None, entry: TimelineEntry) -> VantageTally:
    """Return a tally with an observation added."""
    one = VantageTally(
        entry.at, entry.at, (entry.slot_at,), frozenset({entry.asn}), entry.announced
    )
    return one if held is None else held.joined(one)


class EvidenceSinceSighting(Struct):
    """What was seen since the newest sighting.

    Attributes:
        gone: gone verdicts, by vantage, kind, and whether they are refusals of the URL alone.
        sent_at: when the first of them was sent.
        refusal_corroborated: an unannounced vantage is among those refused, so all of them
            count.
        old_address: the last known address was asked with a name that does not exist.
        unavailable_span: when the first and the last blocked or unreachable one was made;
            None = there is none.
        unavailable_count: how many of them there are.
        dead: unreachable observations by vantage since the host last showed life.
        control_probed: a control was probed since the first of the observations.
        controls_dead: one of them was dead since the host last showed life.
        doubt_passed: 24 h of doubt since the newest sighting are over.
    """

    gone: dict[tuple[str, GoneKind, bool], VantageTally] = field(default_factory=dict)
    sent_at: Instant | None = None
    refusal_corroborated: bool = False
    old_address: bool = False
    unavailable_span: tuple[Instant, Instant] | None = None
    unavailable_count: int = 0
    dead: dict[str, VantageTally] = field(default_factory=dict)
    control_probed: bool = False
    controls_dead: bool = False
    doubt_passed: bool = False

    def add_gone(self, entry: TimelineEntry) -> None:
        """Note a gone verdict, or a refusal that may count as one."""
        kind, refused = gone_kind_of(entry), _is_refusal(entry)
        key = entry.seen_by, kind, refused
        self.gone[key] = counted(self.gone.get(key), entry)
        self.refusal_corroborated |= refused and not entry.announced
        if kind is GoneKind.NAME:
            self.old_address |= entry.old_address
        if self.sent_at is None or entry.seen_at < self.sent_at:
            self.sent_at = entry.seen_at

    def tally(self, vantage: str, kinds: Collection[GoneKind]) -> VantageTally | None:
        """Return a vantage's verdicts of some kinds that count as gone."""
        total: VantageTally | None = None
        for (seen_by, kind), held in self.counting():
            if seen_by == vantage and kind in kinds:
                total = held if total is None else total.joined(held)
        return total

    def url_refused_vantages(self) -> list[str]:
        """Return the vantages that were refused the URL alone."""
        return [vantage for vantage, _, refused in self.gone if refused]

    def counting(self) -> list[tuple[tuple[str, GoneKind], VantageTally]]:
        """Return all verdicts that count as gone, each with its vantage and kind."""
        corroborated = self.refusal_corroborated
        return [
            ((vantage, kind), tally)
            for (vantage, kind, refused), tally in self.gone.items()
            if corroborated or not refused
        ]

    def add_control(self, *, alive: bool) -> None:
        """Note a probe of a control."""
        self.control_probed |= self.unavailable_span is not None or bool(
            self.gone and self.counting()
        )
        if alive:
            self.note_host_alive()
        else:
            self.controls_dead |= bool(self.dead)

    def note_host_alive(self) -> None:
        """Note that the host showed life."""
        if self.dead or self.controls_dead:
            self.dead.clear()
            self.controls_dead = False

    def add_unavailable(self, entry: TimelineEntry) -> None:
        """Note a blocked or unreachable observation; a gap begins the dead stretch anew."""
        first_at = entry.at if self.unavailable_span is None else self.unavailable_span[0]
        self.unavailable_span = first_at, entry.at
        self.unavailable_count += 1
        if entry.verdict is not Verdict.UNREACHABLE:
            self.note_host_alive()
            return
        held = self.dead.get(entry.seen_by)
        if held is not None and entry.at - held.last_at > DARK_GAP_MS:
            self.note_host_alive()
            held = None
        self.dead[entry.seen_by] = counted(held, entry)

    def is_fresh(self) -> bool:
        """Return whether nothing but controls was probed since the newest sighting."""
        return not self.gone and self.unavailable_span is None

    def is_gone_only(self) -> bool:
        """Return whether all since the newest sighting were gone, and doubt about them goes on."""
        refused = bool(self.url_refused_vantages())
        return (
            bool(self.gone) and not (refused or self.doubt_passed) and self.unavailable_span is None
        )

    def is_unavailable(self) -> bool:
        """Return whether enough unavailable observations were made, and no verdict counts as gone.

        Enough are CONFIRM_PROBES_MIN over CONFIRM_SPAN_MS. Doubt about such a case is idle.
        """
        if self.unavailable_span is None or self.counting():
            return False
        first_at, last_at = self.unavailable_span
        return (
            self.unavailable_count >= CONFIRM_PROBES_MIN and last_at - first_at >= CONFIRM_SPAN_MS
        )

    def dead_since(self, required: Collection[str], at: Instant) -> Instant | None:
        """Return since when every required vantage found the host dead, if for long enough."""
        first_at = min((tally.first_at for tally in self.dead.values()), default=at)
        if not required or not self.controls_dead or at - first_at < DARK_MS:
            return None
        for vantage in required:
            held = self.dead.get(vantage)
            if held is None or len(held.slots) < DARK_PROBES_MIN:
                return None
            if held.first_at - first_at > DARK_GAP_MS or at - held.last_at > DARK_GAP_MS:
                return None
        return first_at
