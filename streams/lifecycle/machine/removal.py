"""From what was seen to states: sightings, gone runs, checks, returns.

See docs/measurement.md, Confirmation and Coming back.

`walk` goes through the items of one stay in order of time, finds which event of the table each
one is, and applies the table. It keeps no clock: what time alone brings (doubt that ends) is
inserted at its instant.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from schemas.moments import Instant
from schemas.reasons import Outcome, Stand, Verdict
from schemas.records.case import Return
from streams.lifecycle.evidence.claims import Claims
from streams.lifecycle.evidence.item import GONE, Item, Kind
from streams.lifecycle.machine.episode import Episode
from streams.lifecycle.machine.gone_run import End, Run
from streams.lifecycle.machine.vantages import Vantages
from streams.lifecycle.state_table import (
    DOUBT_MS,
    ENDS,
    SAME_CASE_MS,
    VOID_MS,
    Event,
    following,
)
from streams.verdicts.backing import Backing
from streams.verdicts.confirmation import CONFIRM_LOOKS_MIN, CONFIRM_SPAN_MS
from streams.verdicts.reasons import Reason

_IN_DOUBT = (Outcome.DOUBTED, Outcome.SUSPECT)


@dataclass(slots=True)
class _ProvisionalReturn:
    """A return that one vantage alone saw, until those who had found it gone are heard again.

    Attributes:
        awaiting_vantages: who has not been heard.
        first_end, first_proven_at, first_bare_at: of the case before the removal that it credits.
    """

    awaiting_vantages: set[str]
    first_end: tuple[Instant, Instant] | None
    first_proven_at: Instant | None
    first_bare_at: Instant | None


class _Walk:
    def __init__(self, opened_at: Instant, items: Sequence[Item]) -> None:
        self.claims = Claims(items)
        self.episode = Episode(opened_at, [(opened_at, Outcome.ONLINE)])
        self.episodes = [self.episode]
        self.run = Run()
        self.vantages = Vantages()
        self.is_seen = False
        self.provisional_return: _ProvisionalReturn | None = None
        self.person_confirmed = False  # a person saw the material
        self.ended_by_person = False  # the end rests on a person's check
        self.doubted_at: Instant | None = None  # since when there is doubt, as its states say
        self.confirmation_checked = False  # was it, since the run changed?

    @property
    def state(self) -> Outcome:
        return self.episode.states[-1][1]

    def enter(self, at: Instant, event: Event) -> None:
        if event is Event.SIGHTING and self.state is Outcome.ONLINE:
            return  # by far the most frequent
        end = self.episode.end.state if self.episode.end else None
        after = following(self.state, event, end)
        if after is not self.state:
            entered_at = max(at, self.episode.states[-1][0])
            if after not in _IN_DOUBT:
                self.doubted_at = None
            elif self.doubted_at is None:
                self.doubted_at = entered_at
            self.episode.states.append((entered_at, after))

    def doubt_until(self) -> Instant | None:
        return None if self.doubted_at is None else self.doubted_at + DOUBT_MS

    def let_pass(self, until: Instant | None) -> None:
        """End a doubt that ran out before `until`; None = before anything else happens."""
        deadline = self.doubt_until()
        if deadline is None or (until is not None and until < deadline):
            return
        self.run.doubt_passed = True
        self.enter(deadline, Event.END_UPHELD if self.episode.end else Event.DOUBT_ENDED)

    def pass_through(self, items: Iterable[Item]) -> None:
        """Take the items one after the other."""
        for item in items:
            if self.is_seen and item.verdict is Verdict.ONLINE and not item.aged and item.canary_ok:
                self.seen_again(item)
                continue
            self.is_seen = False
            # another control adds nothing to the first
            self.confirmation_checked &= item.kind is Kind.CONTROL
            self.let_pass(item.at)
            self.take(item)

    def seen_again(self, item: Item) -> None:
        """Take a sighting that follows one; what `take` comes to, by far the most frequent."""
        self.vantages.strange.discard(item.vantage)
        self.vantages.canary[item.vantage] = True
        self.saw(item)
        self.vantages.resolved(item)
        self.note(item)

    def note(self, item: Item) -> None:
        """Note a sighting by a probe or a person."""
        self.episode.note(item)
        if item.kind is Kind.PROBED:
            if item.changed:
                self.episode.changed.add(item.vantage)
            else:
                self.episode.changed.discard(item.vantage)
        elif item.vantage:
            self.looked_into()
            self.person_confirmed = True

    def looked_into(self) -> None:
        """A person has checked: none is asked for any more."""
        self.episode.asked = False
        self.episode.changed.clear()

    def saw(self, item: Item) -> None:
        """Note that a vantage saw it."""
        if self.vantages.saw(item, is_open=self.episode.end is None):
            self.provisional_return = None

    def take(self, item: Item) -> None:
        self.vantages.resolved(item)
        match item.kind:
            case Kind.SEEN:
                self.on_person_sighting(item)
            case Kind.ABSENT:
                self.on_person_absence(item)
            case Kind.CONTROL:
                self.confirmation_checked &= self.run.controls > 0
                self.run.control(item)
                latest, is_open = self.run.latest, self.episode.end is None
                if latest is not None and is_open and not self.confirmation_checked:
                    self.try_confirm(latest, item.at)
                self.confirmation_checked = self.run.controls > 0
            case Kind.PROBED:
                self.vantages.answered(item)
                self.probed(item)
            case Kind.NAMED:
                pass

    def probed(self, item: Item) -> None:
        if not item.canary_ok:
            return  # a vantage whose canary is dead says nothing
        if item.verdict is Verdict.ONLINE:
            self.online(item)
        elif item.reason is Reason.MOVED:
            return  # what another hoster's address says is nothing about this one's
        elif item.verdict in GONE and self.vantages.is_overruled(item):
            self.annul_removal(item)
        elif item.verdict in GONE:
            self.provisional_return = None
            self.rechecked(item)
            self.vantages.denies(item)
            self.run.dissent.pop(item.vantage, None)
            self.run.gone[item.vantage].append(item)
            self.run.said[item.vantage] = item.at
            self.gone(item)
        elif item.verdict in (Verdict.BLOCKED, Verdict.UNREACHABLE):
            self.unavailable(item)
        elif item.reason is Reason.CHANGED:
            if self.episode.end is None:
                self.enter(item.at, Event.INCONCLUSIVE)
        elif item.reason is Reason.UNPROVEN:
            self.episode.asked |= not self.person_confirmed

    def online(self, item: Item) -> None:
        if item.aged and self.predates_run(item):
            return
        if item.changed and self.ended_by_person and self.episode.end is not None:
            return  # a person found the content gone: what stands in its place is none
        if item.recheck and item.changed and self.episode.end is not None:
            self.episode.asked = True  # another page than was seen before: a person has to check
            return
        self.rechecked(item)
        against = self.vantages.against(item, self.run.looks())
        self.saw(item)
        if not against or self.claims.pending(Kind.SEEN):
            self.sighting(item)
            return
        held = self.run.dissented(item)
        if len(held) >= CONFIRM_LOOKS_MIN and held[-1].at - held[0].at >= CONFIRM_SPAN_MS:
            self.episode.split = True
            self.vantages.overruled |= against
            self.overrule_others(item, held)
        else:
            self.enter(item.at, Event.DISSENT)

    def overrule_others(self, item: Item, held: list[Item]) -> None:
        """Take a vantage's word against the others; what they had ended may be void, now or later.

        Args:
            item: its newest sighting.
            held: all of them since the run began.
        """
        end, episode, run = self.episode.end, self.episode, self.run
        removed = end is not None and end.state is Outcome.REMOVED and not item.changed
        if end is None or not removed or not run.never_reported_gone(held[0].vantage, end.gone_at):
            self.sighting(item)
            return
        awaiting_vantages = {vantage for vantage, at in run.said.items() if at <= held[0].at}
        if not awaiting_vantages:
            episode.end = None
        known = len(episode.returns)
        first = episode.first_end, episode.first_proven_at, episode.first_bare_at
        self.sighting(item)
        if len(episode.returns) > known and self.episode is episode:
            self.provisional_return = _ProvisionalReturn(awaiting_vantages, *first)

    def annul_removal(self, item: Item) -> None:
        """Void a removal once all who had found it gone still do, though it is seen."""
        provisional_return = self.provisional_return
        if provisional_return is None:
            return
        provisional_return.awaiting_vantages.discard(item.vantage)
        if not provisional_return.awaiting_vantages:
            self.episode.returns.pop()
            self.episode.first_end = provisional_return.first_end
            self.episode.first_proven_at = provisional_return.first_proven_at
            self.episode.first_bare_at = provisional_return.first_bare_at
            self.provisional_return = None

    def rechecked(self, item: Item) -> None:
        """Count a conclusive hidden re-check of an end."""
        if item.recheck and self.episode.end is not None:
            self.episode.rechecked += 1
            self.episode.disagreed += item.verdict is Verdict.ONLINE

    def predates_run(self, item: Item) -> bool:
        """Take a copy made before the run began: it moves L and contradicts nothing."""
        end = self.episode.end
        began_at = end.gone_at if end else self.run.first_gone_sent_at()
        if began_at is None or item.seen_at >= began_at:
            return False
        self.episode.note(item)
        if end is not None:
            self.episode.end = replace(end, last_seen_at=self.episode.last_seen_at)
        return True

    def sighting(self, item: Item) -> None:
        self.come_back(item)
        self.enter(item.at, Event.SIGHTING)
        self.episode.end = None
        self.ended_by_person = False
        self.note(item)
        for claim in self.claims.pending(Kind.SEEN):
            self.note(claim)
        self.claims.clear()
        if not self.run.is_new():
            self.run = Run()
        self.is_seen = True

    def come_back(self, item: Item) -> None:
        end, episode, at = self.episode.end, self.episode, item.seen_at
        if end is None:
            return
        self.provisional_return = None
        # a dark host was dead for 7 d when that was settled: its 7 d to come back begin there
        away_ms = at - (end.confirmed_at if end.state is Outcome.DARK else end.gone_at)
        if away_ms >= VOID_MS and end.state is Outcome.REMOVED:
            last = end.gone_at if end.last_seen_at is None else end.last_seen_at
            if episode.first_end is None:
                episode.first_end = last, end.gone_at
                episode.first_proven_at = last if end.last_seen_at is None else episode.proven_at
                episode.first_bare_at = episode.bare_at
            if item.changed or item.backing is Backing.BARE:
                episode.asked = True  # a reappearance only if a person, or a control, says so
                episode.withheld |= not item.changed
            else:
                episode.returns.append(Return(last, end.gone_at, at))
        if away_ms > SAME_CASE_MS:
            if self.state is Outcome.SUSPECT:
                self.enter(at, Event.END_UPHELD)
            self.episode = Episode(at, [(at, Outcome.ONLINE)])
            self.episodes.append(self.episode)
            self.doubted_at = None

    def on_person_sighting(self, item: Item) -> None:
        if self.claims.dispute(item):
            self.enter(item.at, Event.CHECK_DISPUTED)
        else:
            self.sighting(item)

    def on_person_absence(self, item: Item) -> None:
        if self.claims.dispute(item):
            self.enter(item.at, Event.CHECK_DISPUTED)
        else:
            self.end_by_person(item)

    def end_by_person(self, item: Item) -> None:
        """End the case at the earliest check of a person that nothing speaks against any more."""
        if self.episode.end is None:
            gone_at = min([item.at, *(c.at for c in self.claims.pending(Kind.ABSENT))])
            last = self.episode.last_seen_at
            self.episode.end = End(Outcome.REMOVED, last, gone_at, item.at, announced_only=False)
            self.claims.clear()
            self.looked_into()
            self.ended_by_person = True
            self.enter(item.at, Event.CHECKED_ABSENT)
        elif self.state not in ENDS:
            self.enter(item.at, Event.END_UPHELD)

    def gone(self, item: Item) -> None:
        self.run.latest = item
        self.run.alive()
        if self.episode.end is not None:
            if self.state is Outcome.SUSPECT and not self.run.dissent:
                self.enter(item.at, Event.END_UPHELD)
        elif self.claims.pending(Kind.ABSENT):
            self.end_by_person(item)
        elif not self.try_confirm(item, item.at) and not self.run.dissent:
            self.enter(item.at, Event.GONE_AFTER_DOUBT if self.run.doubt_passed else Event.GONE)

    def try_confirm(self, look: Item, at: Instant) -> bool:
        seen_at = self.episode.last_seen_at
        said = self.vantages
        end = self.run.confirmed(
            said.required(look), at, seen_at=seen_at, left=said.left(), flaps=said.flaps
        )
        if end is None:
            return False
        self.episode.end = end
        self.enter(at, Event(end.state.value))
        return True

    def unavailable(self, item: Item) -> None:
        if item.reason is Reason.DISABLED:
            self.run.disabled[item.vantage].append(item)
            if self.run.disabling():
                self.vantages.disabled(self.run.disabled)
                self.run.dissent.pop(item.vantage, None)
                self.gone(item)
                return
        self.run.blocked_or_unreachable.append(item)
        if item.verdict is Verdict.UNREACHABLE:
            self.run.add_unreachable(item)
        else:
            self.run.alive()
        if self.episode.end is not None:
            return
        if self.run.is_dark(self.vantages.required(item), item.at):
            first, last = self.run.dead[0].at, self.episode.last_seen_at
            self.episode.end = End(Outcome.DARK, last, first, item.at, announced_only=False)
            self.enter(item.at, Event.DEAD)
        else:
            confirmed = self.run.is_unavailable()
            self.enter(item.at, Event.UNAVAILABLE_CONFIRMED if confirmed else Event.INCONCLUSIVE)

    def come_to_rest(self) -> None:
        """Note how the newest event left the last case."""
        episode, run = self.episode, self.run
        episode.suspect = self.state is Outcome.SUSPECT
        if self.claims.any_pending():
            return
        if episode.end is not None:
            episode.stand = Stand.ENDED if self.state in ENDS else None
        elif self.provisional_return is not None:
            return
        elif self.state is Outcome.ONLINE and run.is_fresh() and not self.vantages.strange:
            episode.stand = Stand.SEEN
        elif self.state is Outcome.UNAVAILABLE and run.is_unavailable_only():
            episode.stand = Stand.BARRED
            episode.unavailable_at = run.blocked_or_unreachable[0].at
        elif self.state is Outcome.DOUBTED and run.is_gone_only() and not self.vantages.overruled:
            self.rest_in_doubt()

    def rest_in_doubt(self) -> None:
        """Note until when gone probes only add to those there are: an end takes its span."""
        until = min(i.at for found in self.run.gone.values() for i in found) + CONFIRM_SPAN_MS
        until = min(until, self.doubt_until() or until)
        if self.run.latest is not None and self.run.latest.at < until:
            self.episode.stand, self.episode.doubted_until = Stand.DOUBTED, until


def walk(items: Iterable[Item], opened_at: Instant) -> list[Episode]:
    """Return the cases of one stay, oldest first.

    Args:
        items: what was seen, in order.
        opened_at: when the first case opened.
    """
    seen = list(items)
    state = _Walk(opened_at, seen)
    state.pass_through(seen)
    state.come_to_rest()
    state.let_pass(None)
    return state.episodes
