"""One case as its probes tell it: one availability, its end and its short interruptions."""

from dataclasses import dataclass, field
from typing import Final

from schemas.closed_lists import CaseClass
from schemas.moments import Instant

_DOUBT: Final = (CaseClass.DOUBTED, CaseClass.SUSPECT)


@dataclass(slots=True, kw_only=True)
class End:
    """An end: what it is, (L, R], and when it was confirmed."""

    case_class: CaseClass
    last_at: Instant | None
    gone_at: Instant
    confirmed_at: Instant
    announced_only: bool = False


@dataclass(slots=True)
class CaseHistory:
    """One case as its probes tell it.

    Attributes:
        states: (from when, what the probes say).
        end: the end that stands or is in question.
        first_end: (L, R] of the first removal that a return did not void.
        backed: the sightings of what was there at first, and those of persons.
        backed_of_any: the sightings that a control or a person backs, of whatever.
        unbacked: those of what was there at first that none does.
        first_backed_at, first_unbacked_at: the last of them before that removal.
        returns: (L, R, back).
        needs_check: a person's check was asked for.
        changed: who last saw something else than at first.
        suspect: so the newest entry left it.
        rechecked: hidden re-checks of an end that saw it there or gone.
        disagreed: those that saw it there.
    """

    opened_at: Instant
    states: list[tuple[Instant, CaseClass]]
    sightings: list[Instant] = field(default_factory=list)
    end: End | None = None
    first_end: tuple[Instant, Instant] | None = None
    backed: list[Instant] = field(default_factory=list)
    backed_of_any: list[Instant] = field(default_factory=list)
    unbacked: list[Instant] = field(default_factory=list)
    first_backed_at: Instant | None = None
    first_unbacked_at: Instant | None = None
    returns: list[tuple[Instant, Instant, Instant]] = field(default_factory=list)
    split: bool = False
    needs_check: bool = False
    changed: set[str] = field(default_factory=set)
    suspect: bool = False
    rechecked: int = 0
    disagreed: int = 0

    @property
    def state(self) -> CaseClass:
        """What the probes say now."""
        return self.states[-1][1]

    def becomes(self, at: Instant, state: CaseClass) -> None:
        """Be in a state from an instant on, never before the state it was in."""
        if state is not self.state:
            self.states.append((max(at, self.states[-1][0]), state))

    def doubted_since(self) -> Instant | None:
        """Return when the doubt began that it is in; None = in none."""
        began_at = None
        for at, state in reversed(self.states):
            if state not in _DOUBT:
                break
            began_at = at
        return began_at

    def first(self) -> tuple[tuple[Instant, Instant] | None, Instant | None, Instant | None]:
        """Return what is kept of the first removal that a return did not void."""
        return self.first_end, self.first_backed_at, self.first_unbacked_at

    @property
    def unproven(self) -> bool:
        """Only a person can say whether it is the same material."""
        return self.needs_check or len(self.changed) > 0

    @property
    def first_at(self) -> Instant | None:
        """The first sighting."""
        return min(self.sightings, default=None)

    @property
    def backed_at(self) -> Instant | None:
        """The last sighting that needs no person to say what was seen."""
        return max(self.backed, default=None)

    def saw(self, seen_at: Instant, *, changed: bool, unbacked: bool) -> None:
        """Note a sighting: whether it is of what came later, and whether nothing backs it."""
        self.sightings.append(seen_at)
        if not unbacked:
            self.backed_of_any.append(seen_at)
        if not changed:
            (self.unbacked if unbacked else self.backed).append(seen_at)

    @property
    def last_at(self) -> Instant | None:
        """The last sighting, L."""
        return max(self.sightings, default=None)
