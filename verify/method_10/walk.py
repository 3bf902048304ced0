"""From what was seen at an owner to its cases: confirmation and return (rules 3.4 and 3.6).

Everything is taken in order of time. What an observation means is worked out from those that say
gone since the newest sighting, which are kept as a list.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from schemas.moments import DAY_MS, Instant
from schemas.reasons import Outcome, Verdict
from verify.method_10.gone import (
    LOOKS_MIN,
    SPAN_MS,
    Asked,
    Confirmed,
    confirmed_end,
    dark_since,
    refused_by_law,
    required_vantages,
)
from verify.method_10.looks import Seen
from verify.method_10.stays import ENDS, End, Episode, Sighting, Stay
from verify.method_10.words import Word, probes_say_otherwise

DOUBT_MS: Final = DAY_MS
VOID_MS: Final = DAY_MS
SAME_CASE_MS: Final = 7 * DAY_MS
_DOUBT: Final = (Outcome.DOUBTED, Outcome.SUSPECT)
_NO_REMOVAL: Final = (Outcome.DARK, Outcome.DNS_ENDED)
"""A case back from these goes on as if it had not ended."""

Item: TypeAlias = Seen | Word


@dataclass(slots=True, kw_only=True)
class Told:
    """What the walk has to know beside the observations.

    Attributes:
        notices: when the owner was told, in order.
        resolved: (when, vantage, whether the name led to the owner), in order.
        told: (when said, when received) of reports and notices, in order.
    """

    notices: Sequence[Instant] = ()
    resolved: Sequence[tuple[Instant, str, bool]] = ()
    told: Sequence[tuple[Instant, Instant]] = ()
    expires_ms: int = 400 * DAY_MS


def episodes(
    seen: Sequence[Seen], said: Iterable[Word], opened_at: Instant, told: Told
) -> list[Episode]:
    """Return the cases of an owner from an opening on, oldest first."""
    walk = Walk(seen=seen, told=told, opened_at=opened_at)
    items: list[Item] = [*seen, *said]
    reopeners = list(told.told)
    back = list(led_back(told.resolved))
    for item in sorted(items, key=_order):
        while reopeners and reopeners[0][1] <= item.at:
            walk.told_again(*reopeners.pop(0))
        while back and back[0][0] <= item.at:
            walk.leads_back(*back.pop(0))
        walk.doubt_ends(item.at)
        walk.take(item)
    for second_at, first_at in back:
        walk.leads_back(second_at, first_at)
    for said_at, received_at in reopeners:
        walk.told_again(said_at, received_at)
    walk.doubt_ends(None)
    return walk.cases


def led_back(resolved: Sequence[tuple[Instant, str, bool]]) -> Iterator[tuple[Instant, Instant]]:
    """Give (second, first) of two resolutions of one vantage within 24 h that lead to the owner."""
    newest: dict[str, Instant] = {}
    for at, vantage, here in resolved:
        if not here:
            continue
        if at - newest.get(vantage, at - DAY_MS - 1) <= DAY_MS:
            yield at, newest[vantage]
        newest[vantage] = at


def _order(item: Item) -> tuple[object, ...]:
    """Return the order of time; of one instant a sighting by a person is first, absent last."""
    if isinstance(item, Word):
        return item.at, 0 if item.present else 3, item.at, item.who, 0, ""
    kind = 2 if item.is_control else 1
    return item.at, kind, item.sent_at, item.who, item.look.slot_at, item.said.verdict


@dataclass(slots=True, kw_only=True)
class Walk:
    """The walk through one presence."""

    seen: Sequence[Seen]
    told: Told
    opened_at: Instant
    cases: list[Episode] = field(default_factory=list)
    gone: list[Seen] = field(default_factory=list)
    refused: list[Seen] = field(default_factory=list)
    silent: list[Seen] = field(default_factory=list)
    dead: list[Seen] = field(default_factory=list)
    controls: list[Seen] = field(default_factory=list)
    newest: dict[str, bool] = field(default_factory=dict)
    canaries: dict[str, Instant] = field(default_factory=dict)
    conclusive: set[str] = field(default_factory=set)
    asked: frozenset[str] = frozenset()
    alone: dict[str, list[Seen]] = field(default_factory=dict)
    disputed: list[Word] = field(default_factory=list)
    doubted_enough: bool = False
    strange: list[Seen] = field(default_factory=list)
    attested: set[tuple[object, ...]] = field(default_factory=set)
    shape: tuple[object, ...] | None = None
    controlled: bool = False

    def __post_init__(self) -> None:
        """Open the first case."""
        self._open(self.opened_at)

    @property
    def case(self) -> Episode:
        """Return the newest case."""
        return self.cases[-1]

    def _open(self, at: Instant, *, told_at: Instant | None = None, back: bool = False) -> None:
        states = [(at, Outcome.ONLINE)]
        self.cases.append(Episode(opened_at=at, told_at=told_at, is_return=back, states=states))
        self._restart()
        self.attested = set()

    def _restart(self) -> None:
        """Start all runs anew, as every sighting does."""
        self.gone, self.refused, self.silent, self.dead, self.controls = [], [], [], [], []
        self.conclusive, self.doubted_enough, self.controlled = set(), False, False

    def told_again(self, said_at: Instant, received_at: Instant) -> None:
        """Open a new case at a report or notice more than 7 d after an end (rule 3.6)."""
        case, end = self.case, self.case.end
        if end is not None and end.outcome is Outcome.MOVED:
            return  # it is no longer there
        ended_at = end.found_at if end and not case.in_question else None
        if ended_at is None:
            notices = [at for at in self.told.notices if at >= case.opened_at]
            since = min(notices, default=case.opened_at)
            ended_at = max(since, case.opened_at) + self.told.expires_ms
        if said_at > ended_at + SAME_CASE_MS and received_at > case.opened_at:
            self._open(received_at, told_at=said_at)

    def leads_back(self, second_at: Instant, first_at: Instant) -> None:
        """Go on where the name leads back to an owner it had left (rule 3.1)."""
        end = self.case.end
        if end is None or end.outcome is not Outcome.MOVED or first_at <= end.gone_at:
            return
        if first_at - end.found_at > SAME_CASE_MS:
            self._open(first_at, back=True)
            return
        if first_at - end.gone_at < VOID_MS:
            self.case.now.end = None
        else:
            self.case.now.back_at = first_at
            self.case.stays.append(Stay())
        self.case.becomes(second_at, Outcome.ONLINE)
        self._restart()

    def doubt_ends(self, now: Instant | None) -> None:
        """End a doubt of 24 h, unconfirmed as unavailable (rule 3.4); None = at any time."""
        began_at = None
        for at, state in reversed(self.case.states):
            if state not in _DOUBT:
                break
            began_at = at
        if began_at is None or (now is not None and now < began_at + DOUBT_MS):
            return
        self.doubted_enough = True
        end = self.case.end
        self.case.becomes(began_at + DOUBT_MS, end.outcome if end else Outcome.UNAVAILABLE)

    def take(self, item: Item) -> None:
        """Take the next item."""
        if isinstance(item, Word):
            self._word(item)
        elif item.look.canary_ok:
            self.canaries[item.who] = item.at
            self.asked = frozenset(item.look.asked) or self.asked or frozenset({item.who})
            if item.is_control:
                self._control(item)
            else:
                self._look(item)

    # controls

    def _control(self, control: Seen) -> None:
        if self.gone or self.silent:
            self.controlled = True
        if control.alive:
            self.dead, self.controls = [], []
        elif self.dead:
            self.controls.append(control)
        if self.case.end is None and self.gone:
            self._confirm(control.at)

    # observations

    def _look(self, look: Seen) -> None:
        if look.online:
            self._online(look)
        elif look.gone:
            self._gone(look)
        elif look.silent and look.said.disabled:
            self._refused(look)
        elif look.silent:
            self._silent(look)
        elif look.said.unproven:
            self.case.asked = True
        elif look.said.unexplained and self.case.state is Outcome.ONLINE:
            self.case.becomes(look.at, Outcome.DOUBTED)

    def _hidden(self, look: Seen) -> bool:
        return bool(look.look.asked) and look.who not in look.look.asked

    def _recheck(self, look: Seen) -> None:
        if self._hidden(look) and self.case.end is not None:
            self.case.rechecked += 1
            self.case.disagreed += look.online

    def backed(self, look: Seen) -> bool:
        """Return whether an `online` is backed (rule 3.3): its control differs, like the reference.

        The reference is what each vantage saw first before the notice, else the first after it.
        """
        case = self.case
        noticed_at = next((at for at in self.told.notices if at >= case.opened_at), None)
        before = noticed_at is None or look.sent_at <= noticed_at
        if not case.reference or (before and look.who not in case.referred):
            case.reference.add(look.shape)
        case.referred.add(look.who)
        like = self._like(look)
        self._strange(look, like=like)
        return like and look.differs

    def _like(self, look: Seen) -> bool:
        return look.shape in self.case.reference or look.shape in self.attested

    def _strange(self, look: Seen, *, like: bool) -> None:
        """Ask a person about another shape in 2 observations running (rule 3.3)."""
        self.shape = look.shape
        self.strange = [] if like else [*self.strange, look]
        if len(self.strange) >= 2:
            self.case.asked = True
        elif like:
            self.case.asked = False

    def _online(self, look: Seen) -> None:
        """Take a sighting: it moves L and starts all runs anew (rule 3.4)."""
        self._recheck(look)
        backed = self.backed(look)
        against = {v for v in self.asked - {look.who} if self.newest.get(v) is False}
        earlier_copy = look.aged and any(look.sent_at < s.at for s in self.gone)
        if earlier_copy or (look.aged and self.case.end and look.sent_at < self.case.end.gone_at):
            self.case.now.sightings.append(Sighting(at=look.sent_at, who=look.who, seen=look))
            return
        end = self.case.end
        if end is not None and end.by_word and not self._like(look):
            return  # a person saw what is there, and said that it is not the material
        self.newest[look.who] = True
        if not against:
            self.alone = {}
        else:
            mine = self.alone.setdefault(look.who, [])
            mine.extend([look] if look.differs else [])
            if len(mine) >= LOOKS_MIN and mine[-1].at - mine[0].at >= SPAN_MS:
                self.case.split = True
            else:
                self._sighting(Sighting(at=look.sent_at, who=look.who, seen=look), look.at)
                if self.case.end is None:
                    self.case.becomes(look.at, Outcome.SUSPECT)
                return
        self._sighting(Sighting(at=look.sent_at, who=look.who, seen=look, backed=backed), look.at)

    def _sighting(self, sighting: Sighting, at: Instant) -> None:
        """Note a sighting; after an end only a backed one is a return (rules 3.3 and 3.6).

        One that nothing backs keeps the case open, and the end stands for the norms.
        """
        case = self.case
        alone = case.end if not sighting.backed else None
        if alone is not None and sighting.at - alone.found_at > SAME_CASE_MS:
            return  # neither this case nor, unbacked, another one
        self._restart()
        if alone is not None:
            case.stays.append(Stay(unbacked=True))
        elif sighting.backed:
            self._return(sighting)
            case = self.case
        case.now.sightings.append(sighting)
        case.becomes(at, Outcome.ONLINE)
        for word in self.disputed:
            if word.present:
                case.now.sightings.append(Sighting(at=word.at, who=word.who, backed=True))
        self.disputed = []

    def _return(self, sighting: Sighting) -> None:
        """Take up the case again, or open a new one (rule 3.6)."""
        case = self.case
        reopened = case.end is None and case.now.unbacked
        since = case.stays.pop() if reopened else Stay()
        end = case.end
        if end is None:
            return
        if sighting.at - end.found_at > SAME_CASE_MS:
            case.becomes(sighting.at, end.outcome)
            self._open(sighting.at, back=True)
        elif end.outcome in _NO_REMOVAL or sighting.at - end.gone_at < VOID_MS:
            case.now.end = None
            case.now.sightings += since.sightings
        else:
            case.now.back_at = sighting.at
            case.stays.append(Stay(sightings=since.sightings))

    def _gone(self, look: Seen) -> None:
        self._recheck(look)
        self.newest[look.who] = False
        self.alone.pop(look.who, None)
        self.conclusive.add(look.who)
        self.gone.append(look)
        self.dead, self.controls = [], []
        self._after_gone(look)

    def _after_gone(self, look: Seen) -> None:
        case = self.case
        absent = [w for w in self.disputed if not w.present]
        if case.end is not None:
            if case.in_question and not self._somebody_sees_it():
                case.becomes(look.at, case.end.outcome)
            elif case.end.by_word and case.end.outcome is Outcome.REMOVED:
                self._confirm_a_word(look.at)
        elif absent:
            self._ends_by_word(absent, look.at)
        elif not self._confirm(look.at) and not self._somebody_sees_it_against():
            late = Outcome.UNAVAILABLE if self.doubted_enough else Outcome.DOUBTED
            case.becomes(look.at, late)

    def _somebody_sees_it(self) -> bool:
        return any(self.newest.get(v) for v in self.newest)

    def _somebody_sees_it_against(self) -> bool:
        return self.case.state is Outcome.SUSPECT and self._somebody_sees_it()

    def _confirm(self, at: Instant) -> bool:
        """End the case once every required vantage confirmed it (rule 3.4)."""
        if not self.controlled:
            return False
        required = required_vantages(self.asked, self.canaries, at)
        asked = Asked(
            vantages=self.asked,
            required=required,
            inconclusive=required - self.conclusive,
        )
        found = confirmed_end(self.gone, asked, left=self._left(at))
        if found is None:
            return False
        self._ends(found, at)
        return True

    def _confirm_a_word(self, at: Instant) -> None:
        """Let R be that of the probes where it is earlier than a person's (rule 3.4)."""
        end, required = self.case.end, required_vantages(self.asked, self.canaries, at)
        asked = Asked(
            vantages=self.asked, required=required, inconclusive=required - self.conclusive
        )
        found = confirmed_end(self.gone, asked, left=False) if self.controlled else None
        if end is not None and found is not None and found.outcome is Outcome.REMOVED:
            end.gone_at = min(end.gone_at, found.gone_at)

    def _ends(self, found: Confirmed, at: Instant) -> None:
        gone_at = found.gone_at
        if found.outcome is Outcome.MOVED:
            gone_at = max(gone_at, self._first_without(at))
        self.case.now.end = End(
            outcome=found.outcome,
            gone_at=gone_at,
            found_at=at,
            announced_only=found.announced_only,
            single_vantage=found.single_vantage,
        )
        self.case.becomes(at, found.outcome)

    def _left(self, at: Instant) -> bool:
        """Return whether the name left the owner: the newest 2 of all asked, and 24 h (3.1)."""
        known = [one for one in self.told.resolved if one[0] <= at]
        if any(here for when, _, here in known if when > at - DAY_MS):
            return False
        for vantage in self.asked:
            newest = [here for _, who, here in known if who == vantage][-2:]
            if len(newest) < 2 or any(newest):
                return False
        return True

    def _first_without(self, at: Instant) -> Instant:
        """Return the first resolution without the owner since the last one with it."""
        known = [one for one in self.told.resolved if one[0] <= at]
        last_with = max((when for when, _, here in known if here), default=-1)
        return min((when for when, _, here in known if when > last_with), default=at)

    # blocked and silent

    def _refused(self, look: Seen) -> None:
        """Count 401, 403, 451 on the URL alone as gone if a quiet vantage is refused (3.4)."""
        self.refused.append(look)
        if not refused_by_law(self.refused):
            self._silent(look)
            return
        for one in self.refused:
            self.newest[one.who] = False
            self.conclusive.add(one.who)
        self.gone = sorted([*self.gone, *self.refused], key=_order)
        self.silent = [s for s in self.silent if s not in self.refused]
        self.refused = []
        self.dead, self.controls = [], []
        self.controlled = True
        self._after_gone(look)

    def _silent(self, look: Seen) -> None:
        """Take a blocked or unreachable observation: unavailable, never removed (rule 3.5)."""
        self.silent.append(look)
        if look.said.verdict is Verdict.UNREACHABLE:
            self._dead(look)
        else:
            self.dead, self.controls = [], []
        case = self.case
        if case.end is not None:
            return
        required = {v for v in self.asked if v in self.canaries}
        dark_at = dark_since(self.dead, self.controls, required, look.at)
        if dark_at is not None:
            case.now.end = End(outcome=Outcome.DARK, gone_at=dark_at, found_at=look.at)
            case.becomes(look.at, Outcome.DARK)
        elif self._plainly_unavailable():
            case.becomes(look.at, Outcome.UNAVAILABLE)
        elif case.state is Outcome.ONLINE:
            case.becomes(look.at, Outcome.DOUBTED)

    def _dead(self, look: Seen) -> None:
        mine = [s.at for s in self.dead if s.who == look.who]
        if mine and look.at - mine[-1] > 49 * 3_600_000:
            self.dead, self.controls = [], []
        self.dead.append(look)

    def _plainly_unavailable(self) -> bool:
        times = [s.at for s in self.silent]
        return len(times) >= LOOKS_MIN and times[-1] - times[0] >= SPAN_MS and not self.gone

    # words

    def _word(self, word: Word) -> None:
        case = self.case
        if word.of_report:
            if case.end is None or word.at < case.end.gone_at:
                case.now.sightings.append(Sighting(at=word.at, who=""))
            return
        if self._dispute(word):
            case.becomes(word.at, Outcome.SUSPECT)
        elif word.present:
            if self.shape is not None:
                self.attested.add(self.shape)
            case.asked = False
            self.strange = []
            self._sighting(Sighting(at=word.at, who=word.who, backed=True), word.at)
        else:
            self.attested.discard(self.shape or ())
            self._ends_by_word([word], word.at)

    def _dispute(self, word: Word) -> bool:
        """Return whether a check is disputed; a second person settles it (rule 3.4)."""
        if any(w.present is word.present and w.who != word.who for w in self.disputed):
            return False
        known = self.case.reference | self.attested
        seen = [s for s in self.seen if word.present or not s.online or s.shape in known]
        if not probes_say_otherwise(word, seen, set(self.asked)):
            return False
        self.disputed.append(word)
        return True

    def _ends_by_word(self, absent: Sequence[Word], at: Instant) -> None:
        case = self.case
        earliest = min([w.at for w in absent] + [w.at for w in self.disputed if not w.present])
        if case.end is None:
            case.now.end = End(outcome=Outcome.REMOVED, gone_at=earliest, found_at=at, by_word=True)
            case.asked = False
            self.disputed = []
            case.becomes(at, Outcome.REMOVED)
            return
        if case.end.outcome is Outcome.REMOVED:  # it can make R earlier, never later
            case.end.gone_at = min(case.end.gone_at, earliest)
        if case.state not in ENDS:
            case.becomes(at, case.end.outcome)
