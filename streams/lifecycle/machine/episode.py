"""One case's history, as `streams.lifecycle.machine.removal` finds it."""

from dataclasses import dataclass, field

from schemas.moments import Instant
from schemas.reasons import Outcome, Stand
from schemas.records.case import Return
from streams.lifecycle.evidence.item import Item
from streams.lifecycle.machine.gone_run import End
from streams.verdicts.backing import Backing

_BARE, _SILENT_CONTROL = Backing.BARE, Backing.SILENT_CONTROL  # looked up once a sighting


@dataclass(slots=True)
class Episode:
    """One case's history: one continuous availability and its short interruptions.

    Attributes:
        states: what the probes say, from which instant on.
        end: the end that stands, or that a dissent has put in question.
        first_end: (L, R] of the first removal that stood.
        proven_at: the last backed sighting of what was there at first, or by a person; L to a norm.
        backed_at: the last backed sighting, of that or of what came in its place.
        bare_at: the last bare one of what was there at first.
        first_proven_at, first_bare_at: the same, up to the first removal that stood.
        on_silence: a sighting is backed by silent controls alone.
        withheld: a return was not counted, the sighting being bare.
        split: one vantage saw it against the others, often enough to be believed.
        asked: a person's check was asked for.
        changed: vantages whose newest sighting answered otherwise than their first ones.
        suspect: so it was left by the newest event; the clock alone settles no norm verdict.
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
    first_end: tuple[Instant, Instant] | None = None
    proven_at: Instant | None = None
    backed_at: Instant | None = None
    bare_at: Instant | None = None
    first_proven_at: Instant | None = None
    first_bare_at: Instant | None = None
    on_silence: bool = False
    withheld: bool = False
    returns: list[Return] = field(default_factory=list)
    split: bool = False
    asked: bool = False
    changed: set[str] = field(default_factory=set)
    suspect: bool = False
    stand: Stand | None = None
    rechecked: int = 0
    disagreed: int = 0
    unavailable_at: Instant = 0
    doubted_until: Instant = 0

    @property
    def unproven(self) -> bool:
        """A person's check is asked for: what was seen may be something else."""
        return self.asked or bool(self.changed)

    def note(self, item: Item) -> None:
        """Note a sighting: when, what backs it, whether it shows what was there at first."""
        seen_at, changed = item.seen_at, item.changed
        if item.backing is _BARE:
            if not changed and (self.bare_at is None or seen_at > self.bare_at):
                self.bare_at = seen_at
        else:
            if item.backing is _SILENT_CONTROL:
                self.on_silence = True
            if self.backed_at is None or seen_at > self.backed_at:
                self.backed_at = seen_at
            if not changed and (self.proven_at is None or seen_at > self.proven_at):
                self.proven_at = seen_at
        first, last = self.first_seen_at, self.last_seen_at
        if first is None or seen_at < first:
            self.first_seen_at = seen_at
        if last is None or seen_at > last:
            self.last_seen_at = seen_at
