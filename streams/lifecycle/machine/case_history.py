"""One case's history, as the automaton finds it."""

from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

from msgspec import Struct

from schemas.closed_lists import CaseClass, Expected
from schemas.moments import Instant
from streams.lifecycle.evidence.timeline_entry import TimelineEntry

_SINCE = itemgetter(0)


class End(Struct, frozen=True, gc=False):
    """An end of availability.

    Attributes:
        state: what it was.
        last_seen_at: L; None = nobody ever saw it.
        gone_at: R.
        confirmed_at: when it was found.
        announced_only: all vantages that found it gone announce themselves.
        single_vantage: the newest order asked one vantage alone.
        by_check_or_source: it rests on a person's or a source's word; probes may still make R
            earlier.
    """

    state: CaseClass
    last_seen_at: Instant | None
    gone_at: Instant
    confirmed_at: Instant
    announced_only: bool = False
    single_vantage: bool = False
    by_check_or_source: bool = False

    @property
    def norm_removed_at(self) -> Instant | None:
        """R, where a verdict in time may rest on it."""
        unsure = self.announced_only or self.single_vantage
        return None if unsure or self.state is not CaseClass.REMOVED else self.gone_at


class EarlierEnd(NamedTuple):
    """An end that stands though the material was seen again.

    Attributes:
        end: the end.
        last_backed_at: of the case, up to it.
        back_at: the first sighting after it.
        returned_at: the first backed one, which is a return; None = there is none yet.
    """

    end: End
    last_backed_at: Instant | None
    back_at: Instant
    returned_at: Instant | None


class AvailabilitySpell(Struct, frozen=True, gc=False):
    """One stretch of a case from a sighting, or the opening, to the end that followed.

    Attributes:
        from_at: when it began.
        end: how it ended; None = it has not, or what ended it is in question.
        backed_at: L to a norm: the last backed sighting; None = there is none.
        last_seen_at: the last sighting, be it backed or not; None = there is none.
        returned_at: the backed sighting that the end before it was followed by; None = it is the
            first spell, or nothing backs that the material is back.
        end_in_question: the end that a check has put in question; None = there is none.
    """

    from_at: Instant
    end: End | None
    backed_at: Instant | None
    last_seen_at: Instant | None
    returned_at: Instant | None = None
    end_in_question: End | None = None

    @property
    def gone_at(self) -> Instant | None:
        """R; None = it has not ended."""
        return None if self.end is None else self.end.gone_at

    def ended_as(self, state: CaseClass) -> bool:
        """Return whether it ended so."""
        return self.end is not None and self.end.state is state


class CaseHistory(Struct):
    """One case's history: its spells, each up to an end, and what was said of it since when.

    Attributes:
        opened_at: when the case opened.
        states: what the probes say, from which instant on.
        first_seen_at, last_seen_at: of any sighting, a report's own included; the last one is L.
        end: the end that stands, or that a contradicted check has put in question.
        earlier_ends: the ends that stand though a sighting followed.
        last_backed_at: the last backed sighting, or a person's or a source's; L to a norm.
        observed: a probe, a person or an authoritative source saw it; a report is none of them.
        split: one vantage saw it against the others, often enough to be believed.
        needs_review: a person's check was asked for.
        unlike: vantages whose last two sightings or more are unlike those before the notice.
        suspect: the newest entry left it suspect; the end in question then gives no norm verdict.
        expected: which probes would tell nothing new; None = every one is to be judged.
        rechecked: conclusive probes of hidden re-checks after an end.
        disagreed: those of them that saw it.
        dismissed: what counts as no sighting: probes after an end that are unlike those before, and
            checks that probes contradict.
        expected_until: when one of these may tell something new all the same: silence becomes
            `dark`, gone verdicts can confirm an end, or a doubt ends. None = no time makes it.
    """

    opened_at: Instant
    states: list[tuple[Instant, CaseClass]]
    first_seen_at: Instant | None = None
    last_seen_at: Instant | None = None
    end: End | None = None
    earlier_ends: tuple[EarlierEnd, ...] = ()
    last_backed_at: Instant | None = None
    observed: bool = False
    split: bool = False
    needs_review: bool = False
    unlike: frozenset[str] = frozenset()
    suspect: bool = False
    expected: Expected | None = None
    rechecked: int = 0
    disagreed: int = 0
    dismissed: frozenset[TimelineEntry] = frozenset()
    expected_until: Instant | None = None

    @property
    def state(self) -> CaseClass:
        """What the probes say now."""
        return self.states[-1][1]

    @property
    def unproven(self) -> bool:
        """A person's check is asked for: what was seen may be something else."""
        return self.needs_review or bool(self.unlike)

    @property
    def withheld(self) -> bool:
        """No sighting since the newest of the past ends is backed, so none is a return.

        A sighting that opened another case backs none of what this one came back by before.
        """
        past = self.earlier_ends
        if past and past[-1].end is self.end and past[-1].returned_at is not None:
            past = past[:-1]
        return bool(past) and past[-1].returned_at is None

    def spells(self) -> Sequence[AvailabilitySpell]:
        """Return its spells, the newest last: it goes on, or what ended it stands.

        A sighting long after an end begins another case, and no spell of this one.
        """
        found, from_at, returned_at = [], self.opened_at, None
        for past, last_backed_at, back_at, next_returned_at in self.earlier_ends:
            ended = past, last_backed_at, past.last_seen_at
            found.append(AvailabilitySpell(from_at, *ended, returned_at))
            from_at, returned_at = back_at, next_returned_at
        if self.earlier_ends and self.earlier_ends[-1].end is self.end:
            return found  # what was seen after its last end is another case
        end, questioned = (None, self.end) if self.suspect else (self.end, None)
        sighted = self.last_backed_at, self.last_seen_at
        return [*found, AvailabilitySpell(from_at, end, *sighted, returned_at, questioned)]

    def state_at(self, at: Instant) -> CaseClass:
        """Return what the probes had said by an instant; states stand in order of time."""
        after = bisect_right(self.states, at, key=_SINCE)
        return self.states[max(after - 1, 0)][1]

    def note(self, seen_at: Instant, *, backed: bool) -> None:
        """Note a sighting.

        Args:
            seen_at: the instant it testifies to.
            backed: it is a person's or a source's, or a control differs and it is like the
                sightings before the notice.
        """
        self.observed = True
        if backed and (self.last_backed_at is None or seen_at > self.last_backed_at):
            self.last_backed_at = seen_at
        if self.first_seen_at is None or seen_at < self.first_seen_at:
            self.first_seen_at = seen_at
        if self.last_seen_at is None or seen_at > self.last_seen_at:
            self.last_seen_at = seen_at


class CaseEnds(NamedTuple):
    """R of each end of a case, in order; one in question may stand yet.

    Attributes:
        at: of all.
        removed_at: of the removals.
        last_at: of the one that nothing followed; None = the material is there.
    """

    at: Sequence[Instant]
    removed_at: Sequence[Instant]
    last_at: Instant | None


def ends_of(spells: Sequence[AvailabilitySpell]) -> CaseEnds:
    """Return when a case ended, for its clocks."""
    held = [spell.end or spell.end_in_question for spell in spells]
    ends = [end for end in held if end is not None]
    return CaseEnds(
        [end.gone_at for end in ends],
        [end.gone_at for end in ends if end.state is CaseClass.REMOVED],
        None if held[-1] is None else held[-1].gone_at,
    )
