"""What is found at one owner: cases, each a row of spells between ends (rules 6.2 and 6.5)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from schemas.closed_lists import CaseClass
from schemas.moments import Instant
from verify.method_10.observations import JudgedObservation
from verify.method_10.statements import Statement

ENDS = (CaseClass.REMOVED, CaseClass.DNS_ENDED, CaseClass.MOVED, CaseClass.DARK)


@dataclass(slots=True, kw_only=True)
class End:
    """An end: what it is, R, and when it was found.

    Attributes:
        by_statement: a person or an authoritative source alone found it.
    """

    case_class: CaseClass
    gone_at: Instant
    found_at: Instant
    by_statement: bool = False
    announced_only: bool = False
    single_vantage: bool = False

    def follows(self, seen_at: Instant) -> bool:
        """Return whether a sighting was before the end (rule 4.5).

        One at R was: a source says of one instant that it was last seen then and gone from then on.
        """
        return seen_at <= self.gone_at


@dataclass(slots=True, kw_only=True)
class Sighting:
    """A sighting: when, by which observation (None = somebody said so), whether backed."""

    at: Instant
    who: str
    seen: JudgedObservation | None = None
    backed: bool = False
    authoritative: bool = False

    @classmethod
    def said(cls, by: Statement) -> "Sighting":
        """Return the sighting that a person or a source tells of."""
        return cls(at=by.at, who=by.who, backed=True, authoritative=by.authoritative)


@dataclass(slots=True, kw_only=True)
class AvailabilitySpell:
    """From a sighting to an end, or still going on.

    Attributes:
        sightings: in order of time.
        end: what ended it; None = nothing did.
        back_at: the backed sighting that followed the end as a return; None = none did.
        again: another case began with a sighting after its end.
        unbacked: it follows an end by sightings that nothing backs, so that end stands for norms.
        led_back_at: the first resolution that led back to the owner; None = a sighting began it.
    """

    sightings: list[Sighting] = field(default_factory=list)
    end: End | None = None
    back_at: Instant | None = None
    again: bool = False
    unbacked: bool = False
    led_back_at: Instant | None = None

    def began_at(self) -> Instant | None:
        """Return when it began, as far as that is known of it alone."""
        seen = [s.at for s in self.sightings]
        if self.led_back_at is not None:
            seen.append(self.led_back_at)
        return min(seen, default=None)


@dataclass(slots=True, kw_only=True)
class CaseHistory:
    """One case as its observations tell it.

    Attributes:
        opened_at: when it opened.
        told_at: of a case that a report or notice opened, when that was said; else None.
        is_return: it is a reappearance of the case before it.
        states: (from when, what the observations say).
        spells: oldest first.
        reference: status, type and size class of the sightings that later ones are held against.
        referred: the vantages that have seen it.
        ended: it ended once, so what is seen later is held against what was seen by then.
        split: one vantage saw it again and again against the others.
        needs_check: a person is asked what it is.
        changed: the vantages that see another shape, which a person is asked about too.
        rechecked: observations after an end by vantages that are not asked.
        disagreed: those of them that saw it.
        left_suspect: the newest entry left it suspect, and the clock alone settles no dispute.
    """

    opened_at: Instant
    told_at: Instant | None = None
    is_return: bool = False
    states: list[tuple[Instant, CaseClass]] = field(default_factory=list)
    spells: list[AvailabilitySpell] = field(default_factory=lambda: [AvailabilitySpell()])
    reference: set[tuple[object, ...]] = field(default_factory=set)
    referred: set[str] = field(default_factory=set)
    ended: bool = False
    split: bool = False
    needs_check: bool = False
    changed: set[str] = field(default_factory=set)
    rechecked: int = 0
    disagreed: int = 0
    left_suspect: bool = False

    @property
    def now(self) -> AvailabilitySpell:
        """Return the spell now running, else the last one."""
        return self.spells[-1]

    @property
    def end(self) -> End | None:
        """Return the end that stands, or is in question."""
        return self.now.end

    @property
    def state(self) -> CaseClass:
        """Return what the observations say at last."""
        return self.states[-1][1]

    @property
    def in_question(self) -> bool:
        """Return whether the end of the last spell is disputed."""
        return self.end is not None and (self.state is CaseClass.SUSPECT or self.left_suspect)

    def is_open_at(self, at: Instant) -> bool:
        """Return whether no end stood at an instant: there was none, or a check disputed it."""
        return self.end is None or self.state_at(at) is CaseClass.SUSPECT

    def state_at(self, at: Instant) -> CaseClass:
        """Return what the observations said at an instant."""
        return next((state for since, state in self.states[::-1] if since <= at), self.states[0][1])

    def becomes(self, at: Instant, state: CaseClass) -> None:
        """Note what the observations say from an instant on."""
        if state is not self.state:
            self.states.append((max(at, self.states[-1][0]), state))

    def sightings(self) -> Iterator[Sighting]:
        """Give all sightings of the case."""
        for spell in self.spells:
            yield from spell.sightings

    def end_at(self, at: Instant) -> End | None:
        """Return the end that stood at an instant; None = none did, or a return voided it."""
        for place, spell in enumerate(self.spells):
            if spell.end is None or spell.end.found_at > at:
                continue
            later = self.spells[place + 1] if place + 1 < len(self.spells) else None
            if later is None or (later.began_at() or spell.end.gone_at) > at:
                return spell.end
        return None

    def last_at(self) -> Instant | None:
        """Return L of the spell now running, else of the last one (rule 4.5)."""
        end = self.end
        seen = (s.at for s in self.sightings() if end is None or end.follows(s.at))
        return max(seen, default=None)


def times_away(history: CaseHistory) -> list[tuple[Instant, Instant | None]]:
    """Return from when until when a case had moved (rule 2.1)."""
    found: list[tuple[Instant, Instant | None]] = []
    for place, spell in enumerate(history.spells):
        if spell.end is None or spell.end.case_class is not CaseClass.MOVED:
            continue
        if spell is not history.now:
            back_at = history.spells[place + 1].began_at() or spell.back_at or spell.end.gone_at
            found.append((spell.end.gone_at, back_at))
        elif not history.in_question:
            found.append((spell.end.gone_at, None))
    return found
