"""One case's history, as the automaton finds it."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from schemas.moments import Instant
from schemas.reasons import Outcome, Stand
from schemas.records.case import Return


@dataclass(frozen=True, slots=True)
class End:
    """An end of availability.

    Attributes:
        state: what it was.
        last_seen_at: L; None = nobody ever saw it.
        gone_at: R.
        confirmed_at: when it was found.
        announced_only: only vantages that announce themselves saw it.
        single_vantage: only one vantage is configured.
        by_person: it rests on a person's or a source's word; probes may still make R earlier.
    """

    state: Outcome
    last_seen_at: Instant | None
    gone_at: Instant
    confirmed_at: Instant
    announced_only: bool = False
    single_vantage: bool = False
    by_person: bool = False

    @property
    def removed_at(self) -> Instant | None:
        """R, where a verdict in time may rest on it."""
        unsure = self.announced_only or self.single_vantage
        return None if unsure or self.state is not Outcome.REMOVED else self.gone_at


class Past(NamedTuple):
    """An end that stood for 24 h or more before the material was seen again.

    Attributes:
        end: the end.
        proven_at, bare_at: of the episode, up to it.
        back_at: the first sighting after it.
    """

    end: End
    proven_at: Instant | None
    bare_at: Instant | None
    back_at: Instant


@dataclass(slots=True)
class Episode:
    """One case's history: one continuous availability and its short interruptions.

    Attributes:
        opened_at: when the case opened.
        states: what the probes say, from which instant on.
        first_seen_at, last_seen_at: of any sighting, a report's own included; the last one is L.
        end: the end that stands, or that a disputed check has put in question.
        past: the ends that a return followed.
        proven_at: the last backed sighting, or a person's; L to a norm.
        bare_at: the last sighting that nothing backs but a control may yet.
        returns: reappearances: the first backed sighting after each of `past`.
        withheld: a return is not counted yet, no sighting of it being backed.
        split: one vantage saw it against the others, often enough to be believed.
        asked: a person's check was asked for.
        unlike: vantages whose last two sightings or more are unlike those before the notice.
        suspect: so the newest item left it; the clock alone settles no norm verdict.
        stand: which probes would tell nothing new; None = every one is to be judged.
        rechecked: conclusive probes of hidden re-checks after an end.
        disagreed: those of them that saw it.
        unavailable_at: for `Stand.BARRED`: the first unavailable probe since the last sighting.
        doubted_until: for `doubted`: when gone probes can first confirm an end, or the doubt ends.
    """

    opened_at: Instant
    states: list[tuple[Instant, Outcome]]
    first_seen_at: Instant | None = None
    last_seen_at: Instant | None = None
    end: End | None = None
    past: tuple[Past, ...] = ()
    proven_at: Instant | None = None
    bare_at: Instant | None = None
    returns: tuple[Return, ...] = ()
    withheld: bool = False
    split: bool = False
    asked: bool = False
    unlike: frozenset[str] = field(default_factory=frozenset)
    suspect: bool = False
    stand: Stand | None = None
    rechecked: int = 0
    disagreed: int = 0
    unavailable_at: Instant = 0
    doubted_until: Instant = 0

    @property
    def state(self) -> Outcome:
        """What the probes say now."""
        return self.states[-1][1]

    @property
    def unproven(self) -> bool:
        """A person's check is asked for: what was seen may be something else."""
        return self.asked or bool(self.unlike)

    @property
    def backed_at(self) -> Instant | None:
        """The last backed sighting, or a person's."""
        return self.proven_at

    @property
    def removed_at(self) -> Instant | None:
        """R of the end that stands, where a verdict in time may rest on it."""
        return None if self.end is None or self.suspect else self.end.removed_at

    @property
    def first_removed_at(self) -> Instant | None:
        """R of the first end that a return followed, where a verdict in time may rest on it."""
        return self.past[0].end.removed_at if self.past else None

    @property
    def first_end(self) -> tuple[Instant, Instant] | None:
        """(L, R] of the first end that a return followed."""
        if not self.past:
            return None
        end = self.past[0].end
        return (end.gone_at if end.last_seen_at is None else end.last_seen_at), end.gone_at

    @property
    def first_proven_at(self) -> Instant | None:
        """The last backed sighting before the first end that a return followed."""
        return self.past[0].proven_at if self.past else None

    @property
    def first_bare_at(self) -> Instant | None:
        """The last bare sighting before the first end that a return followed."""
        return self.past[0].bare_at if self.past else None

    def copy(self) -> "Episode":
        """Return a history that shares nothing that changes."""
        return replace(self, states=list(self.states))

    def note(self, seen_at: Instant, *, backed: bool, like: bool) -> None:
        """Note a sighting.

        Args:
            seen_at: the instant it testifies to.
            backed: it is a person's, or a control backs it.
            like: it is like the sightings before the notice.
        """
        if backed and like:
            if self.proven_at is None or seen_at > self.proven_at:
                self.proven_at = seen_at
        elif like and (self.bare_at is None or seen_at > self.bare_at):
            self.bare_at = seen_at
        if self.first_seen_at is None or seen_at < self.first_seen_at:
            self.first_seen_at = seen_at
        if self.last_seen_at is None or seen_at > self.last_seen_at:
            self.last_seen_at = seen_at
