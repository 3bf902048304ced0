"""What follows an end: a return, another case, an end that is void (rules 1.7 and 6.1 to 6.9)."""

from dataclasses import dataclass
from typing import Final

from schemas.closed_lists import CaseClass
from schemas.moments import DAY_MS, Instant
from verify.method_10.fold.case_builder import CaseBuilder
from verify.method_10.fold.case_history import ENDS, AvailabilitySpell, End, Sighting
from verify.method_10.fold.fold_context import EXPIRY_MS

DOUBT_MS: Final = DAY_MS
VOID_MS: Final = DAY_MS
SAME_CASE_MS: Final = 7 * DAY_MS
_DOUBT: Final = (CaseClass.DOUBTED, CaseClass.SUSPECT)
_NO_REMOVAL: Final = (CaseClass.DARK, CaseClass.DNS_ENDED)
"""A case back from these goes on as if it had not ended."""


@dataclass(slots=True, kw_only=True)
class CaseBuilderWithReturns(CaseBuilder):
    """The cases of a hosting spell, and what a sighting or a resolution makes of their ends."""

    def __post_init__(self) -> None:
        """Open the first case."""
        self._open(self.opened_at)

    def reported_again(self, said_at: Instant) -> None:
        """Open a new case at a report or notice more than 7 d after an end (rule 6.8)."""
        self.doubt_ends(said_at)
        case, end = self.case, self.case.end
        expires_at = case.opened_at + EXPIRY_MS
        in_time = [at for at in self.notices() if at <= expires_at + SAME_CASE_MS]
        noticed_at = min(in_time, default=0)
        expires_at = max(noticed_at, case.opened_at) + EXPIRY_MS
        expired = said_at > expires_at and case.state_at(expires_at) not in ENDS
        if self.stated_elsewhere or (
            end is not None and end.case_class is CaseClass.MOVED and not expired
        ):
            return  # it is no longer there
        ended_at = expires_at if end is None or expired else end.found_at
        if said_at > ended_at + SAME_CASE_MS:
            self._uphold(said_at)
            self._open(said_at, told_at=said_at)
            self.newest, self.alone, self.disputed, self.left = {}, {}, [], None

    def leads_back(self, second_at: Instant, first_at: Instant) -> None:
        """Go on where the name leads back to an owner it had left (rule 1.7).

        It is a return once a backed sighting shows the material there (rule 1.7).
        """
        self.stated_elsewhere = False
        end = self.case.end
        if end is None or end.case_class is not CaseClass.MOVED or first_at <= end.gone_at:
            return
        if self._is_another(first_at, end):
            self._another(first_at)
        elif first_at - end.gone_at <= VOID_MS:
            self.case.now.end = None
        else:
            self.case.spells.append(AvailabilitySpell(unbacked=True, led_back_at=first_at))
            self.left = None
        self.case.becomes(second_at, CaseClass.ONLINE)
        self._restart()
        self.disputed = []

    def stated(self, at: Instant, *, here: bool) -> None:
        """Follow the newest statement of origin behind a proxy (rules 1.7 and 12.4)."""
        self.stated_elsewhere = not here
        if here:
            self.leads_back(at, at)
        elif self.case.end is None or self.case.in_question:
            self._end(End(case_class=CaseClass.MOVED, gone_at=at, found_at=at))
            self._restart()

    def doubt_ends(self, now: Instant | None) -> None:
        """End a doubt of 24 h, unconfirmed as unavailable (rule 4.10); None = at any time."""
        began_at = None
        for at, state in reversed(self.case.states):
            if state not in _DOUBT:
                break
            began_at = at
        if began_at is None or (now is not None and now < began_at + DOUBT_MS):
            return
        self.doubted_enough = True
        self.case.left_suspect = now is None and self.case.state is CaseClass.SUSPECT
        if self.case.end is None:
            self.case.becomes(began_at + DOUBT_MS, CaseClass.UNAVAILABLE)
        else:
            self._uphold(began_at + DOUBT_MS)

    def _sighting(
        self, sighting: Sighting, at: Instant, state: CaseClass = CaseClass.ONLINE
    ) -> None:
        """Note a sighting; after an end only a backed one is a return (rules 3.4 and 6.2).

        One that nothing backs keeps the case open, and an end of more than 24 h ago stands for the
        norms. An end within 24 h is void after any sighting, as L has moved past R; dark and
        dns_ended show no removal, so the case goes on.
        """
        case = self.case
        alone = case.end if not sighting.backed else None
        lately = alone is not None and not self._is_another(sighting.at, alone)
        if alone is not None and lately and self._undone(alone, sighting):
            alone = case.now.end = None
        self._restart()
        if alone is not None and not lately:
            self._another(sighting.at)
            case = self.case
        elif alone is not None:
            case.spells.append(AvailabilitySpell(unbacked=True))
            self.left = None
        elif sighting.backed:
            self._return(sighting)
            case = self.case
        if sighting.backed and self.left is not None:
            self.left.back_at, self.left = sighting.at, None
        case.now.sightings.append(sighting)
        case.becomes(at, state)
        self.disputed = []

    def _agree(self, at: Instant, state: CaseClass, who: str = "") -> None:
        """Let the checks count that found it and were disputed: a sighting agrees (rule 4.14).

        Args:
            at: when it was known.
            state: of the case then.
            who: whose check agrees, so that it is no second person's; empty = a probe does.
        """
        for statement in [w for w in self.disputed if w.present and w.who != who]:
            self._sighting(Sighting.said(statement), at, state)
            self.person_saw = True

    def _undone(self, end: End, sighting: Sighting) -> bool:
        """Return whether a case goes on after a sighting as if not ended (rules 6.1 and 6.9)."""
        return end.case_class in _NO_REMOVAL or sighting.at - end.gone_at <= VOID_MS

    def _return(self, sighting: Sighting) -> None:
        """Take up the case again, or open a new one (rules 6.2 and 6.5)."""
        case, since = self.case, AvailabilitySpell()
        while True:
            if case.end is None and case.now.unbacked:
                earlier = case.spells.pop()
                since.sightings = [*earlier.sightings, *since.sightings]
                since.led_back_at = earlier.led_back_at
            end = case.end
            if end is None:
                case.now.sightings += since.sightings
                return
            again_at = min(sighting.at, since.began_at() or sighting.at)
            if self._is_another(again_at, end):
                self._another(sighting.at)
                return
            if not self._undone(end, sighting):
                case.now.back_at = sighting.at
                case.spells.append(since)
                self.left = None
                return
            case.now.end = None

    def _is_another(self, at: Instant, end: End) -> bool:
        """Return whether a sighting begins another case: it is long after an end (rule 6.5)."""
        return at - end.found_at > SAME_CASE_MS

    def _another(self, at: Instant) -> None:
        """Open a new case after 7 d; once it is backed, it is a reappearance of the old (6.5)."""
        case = self.case
        if case.end is None:
            return
        case.becomes(at, case.end.case_class)
        case.now.again = case.end.case_class not in _NO_REMOVAL
        left = case.now if case.now.again else None
        self._open(at, back=True)
        self.left = left
