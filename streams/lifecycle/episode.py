"""One case's history, as `streams.lifecycle.removal` finds it."""

from dataclasses import dataclass, field

from schemas.case import Return
from schemas.moments import Instant
from schemas.reasons import Outcome, Stand
from streams.lifecycle.run import End


@dataclass(slots=True)
class Episode:
    """One case's history: one continuous availability and its short interruptions.

    Attributes:
        states: what the looks say, from which instant on.
        end: the end that stands, or that a dissent has put in question.
        first_end: (L, R] of the first removal that stood.
        proven_at: the last sighting of what was there at first, or by a person; L to a norm.
        first_proven_at: the same, up to the first removal that stood.
        sightings: their instants.
        split: one vantage saw it against the others, often enough to be believed.
        asked: a person's check was asked for.
        changed: vantages whose newest sighting answered otherwise than their first ones.
        suspect: so it was left by the newest event; the clock alone settles no norm verdict.
        stand: which looks would tell nothing new; None = every one is to be judged.
        rechecked: conclusive looks of hidden re-checks after an end.
        disagreed: those of them that saw it.
        barred_at: for `barred`: the first unavailable look since the last sighting.
        doubted_until: for `doubted`: when gone looks can first confirm an end, or the doubt ends.
    """

    opened_at: Instant
    states: list[tuple[Instant, Outcome]]
    first_seen_at: Instant | None = None
    last_seen_at: Instant | None = None
    end: End | None = None
    first_end: tuple[Instant, Instant] | None = None
    proven_at: Instant | None = None
    first_proven_at: Instant | None = None
    returns: list[Return] = field(default_factory=list)
    sightings: list[Instant] = field(default_factory=list)
    split: bool = False
    asked: bool = False
    changed: set[str] = field(default_factory=set)
    suspect: bool = False
    stand: Stand | None = None
    rechecked: int = 0
    disagreed: int = 0
    barred_at: Instant = 0
    doubted_until: Instant = 0

    @property
    def unproven(self) -> bool:
        """A person's check is asked for: what was seen may be something else."""
        return self.asked or bool(self.changed)

    def note(self, seen_at: Instant, *, proven: bool) -> None:
        """Note a sighting's instant, and whether it shows what was there at first."""
        self.sightings.append(seen_at)
        if proven and (self.proven_at is None or seen_at > self.proven_at):
            self.proven_at = seen_at
        first, last = self.first_seen_at, self.last_seen_at
        if first is None or seen_at < first:
            self.first_seen_at = seen_at
        if last is None or seen_at > last:
            self.last_seen_at = seen_at
