"""From what was seen at an owner to its cases: confirmation and return (rules 3.4 and 3.6).

Everything is taken in order of time. What an observation means is worked out from those that say
gone since the newest sighting, which are kept as a list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.moments import DAY_MS, Instant
from schemas.reasons import Outcome
from verify.method_10.clock import is_away
from verify.method_10.leads import led_back
from verify.method_10.looks import Seen
from verify.method_10.run import Item, Run, Told, in_time, is_often
from verify.method_10.stays import ENDS, End, Episode, Sighting, Stay
from verify.method_10.words import Word, probes_say_otherwise

DOUBT_MS: Final = DAY_MS
VOID_MS: Final = DAY_MS
SAME_CASE_MS: Final = 7 * DAY_MS
_DOUBT: Final = (Outcome.DOUBTED, Outcome.SUSPECT)
_NO_REMOVAL: Final = (Outcome.DARK, Outcome.DNS_ENDED)
"""A case back from these goes on as if it had not ended."""


def episodes(
    seen: Sequence[Seen], said: Iterable[Word], opened_at: Instant, told: Told
) -> list[Episode]:
    """Return the cases of an owner from an opening on, oldest first."""
    walk = Walk(seen=seen, told=told, opened_at=opened_at)
    reopeners = list(told.told)
    back = list(led_back(one for one in told.resolved if not is_away(one[0], told.elsewhere)))
    stated = list(told.stated)
    items: list[Item] = [*seen, *said]
    # what is at another origin says nothing of this one
    items = [one for one in items if not is_away(one.at, told.elsewhere)]
    for item in sorted(items, key=in_time):
        while reopeners and reopeners[0][0] < item.at:
            walk.told_again(*reopeners.pop(0))
        while back and back[0][0] <= item.at:
            walk.leads_back(*back.pop(0))
        while stated and stated[0][0] <= item.at:
            at, here = stated.pop(0)
            walk.stated(at, here=here)
        walk.doubt_ends(item.at)
        walk.take(item)
    for at, here in stated:
        walk.stated(at, here=here)
    for second_at, first_at in back:
        walk.leads_back(second_at, first_at)
    for said_at, received_at in reopeners:
        walk.told_again(said_at, received_at)
    walk.doubt_ends(None)
    return walk.cases


@dataclass(slots=True, kw_only=True)
class Walk(Run):
    """The walk through one presence."""

    def __post_init__(self) -> None:
        """Open the first case."""
        self._open(self.opened_at)

    def told_again(self, said_at: Instant, received_at: Instant) -> None:
        """Open a new case at a report or notice more than 7 d after an end (rule 3.6)."""
        self.doubt_ends(said_at)
        case, end = self.case, self.case.end
        if self.stated_elsewhere or (end is not None and end.outcome is Outcome.MOVED):
            return  # it is no longer there
        ended_at = end.found_at if end and not case.in_question else None
        if ended_at is None:
            expires_at = case.opened_at + self.told.expires_ms
            since = min((at for at in self.notices() if at <= expires_at), default=case.opened_at)
            ended_at = max(since, case.opened_at) + self.told.expires_ms
        if said_at > ended_at + SAME_CASE_MS and received_at > case.opened_at:
            self._open(said_at, told_at=said_at)

    def leads_back(self, second_at: Instant, first_at: Instant) -> None:
        """Go on where the name leads back to an owner it had left (rule 3.1)."""
        end = self.case.end
        if end is None or end.outcome is not Outcome.MOVED or first_at <= end.gone_at:
            return
        self.stated_elsewhere = False
        if first_at - end.found_at > SAME_CASE_MS:
            self._another(first_at)
            return
        if first_at - end.gone_at < VOID_MS:
            self.case.now.end = None
        else:  # nothing that is backed shows that it is there again
            self.case.stays.append(Stay(unbacked=True, led_back_at=first_at))
        self.case.becomes(second_at, Outcome.ONLINE)
        self._restart()

    def stated(self, at: Instant, *, here: bool) -> None:
        """Follow the newest statement of origin behind a proxy (rule 3.1)."""
        self.stated_elsewhere = not here
        if here:
            self.leads_back(at, at)
        elif self.case.end is None or self.case.in_question:
            self.went = True
            self.case.now.end = End(outcome=Outcome.MOVED, gone_at=at, found_at=at)
            self.case.becomes(at, Outcome.MOVED)
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
        self.case.left_suspect = now is None and self.case.state is Outcome.SUSPECT
        self.case.becomes(began_at + DOUBT_MS, end.outcome if end else Outcome.UNAVAILABLE)

    def take(self, item: Item) -> None:
        """Take the next item."""
        if isinstance(item, Word):
            self._word(item)
            return
        if not item.is_control and not self._hidden(item):
            self.asked = frozenset(item.look.asked) or frozenset({item.who})
        if item.look.canary_ok:
            self.canaries[item.who] = item.at
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
        else:
            self._confirm_a_word(control.at)

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
            if self.case.end is None and self.gone:
                self._confirm(look.at)
        elif look.said.unproven:
            self.case.asked |= not self.person_saw
        elif look.said.unexplained and self.case.state is Outcome.ONLINE:
            self.case.becomes(look.at, Outcome.DOUBTED)

    def _online(self, look: Seen) -> None:
        """Take a sighting: it moves L and starts all runs anew (rule 3.4)."""
        end = self.case.end
        earlier_copy = look.aged and any(look.sent_at < s.at for s in self.gone)
        if earlier_copy or (look.aged and end and look.sent_at < end.gone_at):
            self.case.now.sightings.append(Sighting(at=look.sent_at, who=look.who, seen=look))
            return
        if end is not None and self._other_shape(look):
            if end.by_word:
                return  # a person saw what is there, and said that it is not the material
            if self._hidden(look):
                self.case.asked = True  # only a person can say whether that is the material
                return
        self._recheck(look)
        if end is not None and look.sent_at - end.found_at > SAME_CASE_MS:
            self._another(look.sent_at)  # what it shows is what later ones are held against
        backed = self.backed(look)
        against = {v for v in self.asked - {look.who} if self.newest.get(v) is False}
        self.newest[look.who] = True
        if not against:
            self.alone = {}
        else:
            mine = self.alone.setdefault(look.who, [])
            mine.extend([look] if look.differs else [])
            if is_often(mine):
                self.case.split = True
            else:
                sighting = Sighting(at=look.sent_at, who=look.who, seen=look)
                self._sighting(sighting, look.at, Outcome.SUSPECT)
                return
        self._sighting(Sighting(at=look.sent_at, who=look.who, seen=look, backed=backed), look.at)

    def _sighting(self, sighting: Sighting, at: Instant, state: Outcome = Outcome.ONLINE) -> None:
        """Note a sighting; after an end only a backed one is a return (rules 3.3 and 3.6).

        One that nothing backs keeps the case open, and an end of more than 24 h ago stands for the
        norms. An end within 24 h is void after any sighting, as L has moved past R; dark and
        dns_ended show no removal, so the case goes on.
        """
        case = self.case
        alone = case.end if not sighting.backed else None
        lately = alone is not None and sighting.at - alone.found_at <= SAME_CASE_MS
        if alone is not None and lately and self._undone(alone, sighting):
            alone = case.now.end = None
        self._restart()
        if alone is not None and not lately:
            self._another(sighting.at)
            case = self.case
        elif alone is not None:
            case.stays.append(Stay(unbacked=True))
        elif sighting.backed:
            self._return(sighting)
            case = self.case
        if sighting.backed and self.left is not None:
            self.left.back_at, self.left = sighting.at, None
        case.now.sightings.append(sighting)
        case.becomes(at, state)
        for word in self.disputed:
            if word.present:
                case.now.sightings.append(Sighting(at=word.at, who=word.who, backed=True))
        self.disputed = []

    def _undone(self, end: End, sighting: Sighting) -> bool:
        """Return whether a case goes on after a sighting as if it had not ended (rule 3.6)."""
        return end.outcome in _NO_REMOVAL or sighting.at - end.gone_at < VOID_MS

    def _return(self, sighting: Sighting) -> None:
        """Take up the case again, or open a new one (rule 3.6)."""
        case, since = self.case, Stay()
        while True:
            if case.end is None and case.now.unbacked:
                earlier = case.stays.pop()
                since.sightings = [*earlier.sightings, *since.sightings]
                since.led_back_at = earlier.led_back_at
            end = case.end
            if end is None:
                case.now.sightings += since.sightings
                return
            again_at = min(sighting.at, since.began_at() or sighting.at)
            if again_at - end.found_at > SAME_CASE_MS:
                self._another(sighting.at)
                return
            if not self._undone(end, sighting):
                case.now.back_at = sighting.at
                case.stays.append(since)
                return
            case.now.end = None

    def _another(self, at: Instant) -> None:
        """Open a new case after 7 d; once it is backed, it is a reappearance of the old (3.6)."""
        case = self.case
        if case.end is None:
            return
        case.becomes(at, case.end.outcome)
        case.now.again = case.end.outcome not in _NO_REMOVAL
        left = case.now if case.now.again else None
        self._open(at, back=True)
        self.left = left

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
            else:
                self._confirm_a_word(look.at)
        elif absent:
            self._ends_by_word(absent, look.at)
        elif self._confirm(look.at) or self._is_believed_against(look.who):
            return
        elif not self._somebody_sees_it_against():
            late = Outcome.UNAVAILABLE if self.doubted_enough else Outcome.DOUBTED
            case.becomes(look.at, late)

    def _somebody_sees_it(self) -> bool:
        return any(self.newest.get(v) for v in self.newest)

    def _somebody_sees_it_against(self) -> bool:
        """Return whether a vantage, or a check not yet settled, says that it is there."""
        waiting = self._somebody_sees_it() or bool(self.disputed)
        return self.case.state is Outcome.SUSPECT and waiting

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
            self._sighting(Sighting(at=word.at, who=word.who, backed=True), word.at)
            if self.shape is not None:
                self.attested.add(self.shape)  # of the case that it opened, if it opened one
            self._answered()
            self.person_saw = True
        else:
            self.attested.discard(self.shape or ())
            self._ends_by_word([word], word.at)

    def _dispute(self, word: Word) -> bool:
        """Return whether a check is disputed; a second person settles it (rule 3.4)."""
        if any(w.present is word.present and w.who != word.who for w in self.disputed):
            return False
        known = self.case.reference | self.attested
        seen = [
            s
            for s in self.seen
            if word.present or (s.at <= word.at and (not s.online or s.shape in known))
        ]
        if not probes_say_otherwise(word, seen, set(self.asked)):
            return False
        self.disputed.append(word)
        return True

    def _ends_by_word(self, absent: Sequence[Word], at: Instant) -> None:
        case = self.case
        earliest = min([w.at for w in absent] + [w.at for w in self.disputed if not w.present])
        if case.end is None:
            self.went = True
            case.now.end = End(outcome=Outcome.REMOVED, gone_at=earliest, found_at=at, by_word=True)
            self._answered()
            self.disputed, self.left = [], None
            case.becomes(at, Outcome.REMOVED)
            self._confirm_a_word(at)
            return
        if case.end.outcome is Outcome.REMOVED:  # it can make R earlier, never later
            case.end.gone_at = min(case.end.gone_at, earliest)
        if case.state not in ENDS:
            case.becomes(at, case.end.outcome)
