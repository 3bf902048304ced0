"""From what was seen at a spell to its cases: one availability each.

See docs/measurement.md, Confirmation and Coming back.

A plain reading of docs/states.md: entries are taken in order of time, those since the last
sighting are kept as a list, and every condition is worked out anew from that list.
"""

from collections.abc import Sequence
from typing import Final

from schemas.closed_lists import CaseClass, Verdict
from schemas.moments import DAY_MS, Instant
from verify.method_9.case_history import CaseHistory, End
from verify.method_9.claims import DisputedClaims, Vantages
from verify.method_9.gone_run import PROBES_MIN, SPAN_MS, GoneRun
from verify.method_9.timeline_entry import EntryKind, TimelineEntry

DOUBT_MS: Final = DAY_MS
VOID_MS: Final = DAY_MS
SAME_CASE_MS: Final = 7 * DAY_MS
ENDS: Final = (CaseClass.REMOVED, CaseClass.DNS_ENDED, CaseClass.MOVED, CaseClass.DARK)


def case_histories(seen: Sequence[TimelineEntry], opened_at: Instant) -> list[CaseHistory]:
    """Return the cases of a spell, oldest first.

    Args:
        seen: what was seen, in order.
        opened_at: when the first case opened.
    """
    story = _CaseBuilder(seen, opened_at)
    for entry in seen:
        story.doubt_ends(entry.at)
        story.take(entry)
    story.case.suspect = story.case.state is CaseClass.SUSPECT
    story.doubt_ends(None)
    return story.cases


class _CaseBuilder:
    def __init__(self, seen: Sequence[TimelineEntry], opened_at: Instant) -> None:
        self.case = CaseHistory(opened_at, [(opened_at, CaseClass.ONLINE)])
        self.cases = [self.case]
        self.words = DisputedClaims(seen)
        self.run = GoneRun()
        self.doubted_enough = False
        self.vantages = Vantages()
        self.attested = False  # a person saw it
        self.ended_by_word = False
        self.unheard: set[str] = set()  # who has yet to say again that it is gone, after a return
        self.first_before: tuple[tuple[Instant, Instant] | None, Instant | None, Instant | None]
        self.first_before = None, None, None

    def doubt_ends(self, now: Instant | None) -> None:
        """End a doubt of 24 h; None = however long it takes."""
        began_at = self.case.doubted_since()
        if began_at is None or (now is not None and now < began_at + DOUBT_MS):
            return
        self.doubted_enough = True
        end = self.case.end
        self.case.becomes(began_at + DOUBT_MS, end.case_class if end else CaseClass.UNAVAILABLE)

    def take(self, entry: TimelineEntry) -> None:
        self.vantages.take_name(entry)
        observation = entry.observation
        if entry.kind is EntryKind.PRESENT:
            self._present(entry)
        elif entry.kind is EntryKind.ABSENT:
            self._absent(entry)
        elif entry.kind is EntryKind.CONTROL:
            self.run.add_control(entry)
            if self.case.end is None and self.run.last_gone is not None:
                self._confirm(self.run.last_gone, entry.at)
        elif entry.kind is EntryKind.OBSERVATION and observation is not None:
            self.vantages.sound[entry.who] = observation.canary_ok
            if observation.canary_ok:
                self._observe(entry)

    def _observe(self, entry: TimelineEntry) -> None:
        if entry.online:
            self._online(entry)
        elif entry.gone:
            if self.vantages.is_outvoted(entry):
                self._said_again(entry.who)
            else:
                self.unheard = set()
                self._recheck(entry)
                self.vantages.deny(entry.who, entry.at)
                self.run.add_gone(entry)
                self._gone(entry)
        elif entry.said.verdict in (Verdict.BLOCKED, Verdict.UNREACHABLE):
            self._unavailable(entry)
        elif entry.said.unexplained:
            if self.case.end is None and self.case.state is CaseClass.ONLINE:
                self.case.becomes(entry.at, CaseClass.DOUBTED)
        elif entry.said.unproven and not self.attested:
            self.case.needs_check = True

    def _online(self, entry: TimelineEntry) -> None:
        if entry.aged and self._speaks_of_before(entry):
            return
        if entry.changed and self.case.end is not None and self.ended_by_word:
            return
        if entry.by_hidden_vantage and entry.changed and self.case.end is not None:
            self.case.needs_check = True
            return
        self._recheck(entry)
        held_against = self.run.gone_by()
        against = {
            v
            for v in self.vantages.required(entry) - {entry.who}
            if self.vantages.saw.get(v) is False and held_against.get(v)
        }
        asked_later = entry.seen_at >= self.vantages.denied.get(entry.who, entry.seen_at)
        if self.vantages.saw.get(entry.who) is False and asked_later and self.case.end is None:
            self.vantages.turned.append(entry.at)
        self.vantages.saw[entry.who] = True
        if entry.who in self.vantages.outvoted:
            self.vantages.outvoted.remove(entry.who)
            self.unheard = set()
        if not against or self.words.disputed(EntryKind.PRESENT):
            self._sighting(entry)
            return
        self.run.add_dissent(entry)
        times = self.run.dissents_of(entry.who)
        if len(times) >= PROBES_MIN and times[-1] - times[0] >= SPAN_MS:
            self.case.split = True
            self.vantages.outvoted |= against
            self._believe(entry, times[0])
        else:
            self.case.becomes(entry.at, CaseClass.SUSPECT)

    def _believe(self, entry: TimelineEntry, since: Instant) -> None:
        """Believe one vantage against the others, and ask of these whether they still deny it."""
        case, end = self.case, self.case.end
        denied = self.run.denied_to_others(entry.who, end.gone_at) if end is not None else {}
        if end is None or end.case_class is not CaseClass.REMOVED or entry.changed or not denied:
            self._sighting(entry)
            return
        unheard = {who for who, at in denied.items() if at <= since}
        if not unheard:
            case.end = None
        before, returns = case.first(), len(case.returns)
        self._sighting(entry)
        if self.case is case and len(case.returns) > returns:
            self.unheard, self.first_before = unheard, before

    def _said_again(self, who: str) -> None:
        """Strike a removal, and the return from it, once nobody is unheard who denies it."""
        if not self.unheard:
            return
        self.unheard.discard(who)
        if not self.unheard:
            self.case.returns.pop()
            first = self.first_before
            self.case.first_end, self.case.first_backed_at, self.case.first_unbacked_at = first

    def _recheck(self, entry: TimelineEntry) -> None:
        if entry.by_hidden_vantage and self.case.end is not None:
            self.case.rechecked += 1
            self.case.disagreed += 1 if entry.online else 0

    def _speaks_of_before(self, entry: TimelineEntry) -> bool:
        """Take a copy made before the run began: it moves L and contradicts nothing."""
        end = self.case.end
        first = [s.seen_at for found in self.run.gone_by().values() for s in found]
        began_at = end.gone_at if end else min(first, default=None)
        if began_at is None or entry.seen_at >= began_at:
            return False
        self.case.saw(entry.seen_at, changed=entry.changed, unbacked=entry.unbacked)
        if end is not None:
            end.last_at = self.case.last_at
        return True

    def _sighting(self, entry: TimelineEntry) -> None:
        self._come_back(entry)
        self.case.becomes(entry.at, CaseClass.ONLINE)
        self.case.end = None
        self.ended_by_word = False
        self.case.saw(entry.seen_at, changed=entry.changed, unbacked=entry.unbacked)
        if entry.changed:
            self.case.changed.add(entry.who)
        elif entry.kind is EntryKind.OBSERVATION:
            self.case.changed.discard(entry.who)
        for at in self.words.disputed(EntryKind.PRESENT):
            self.case.saw(at, changed=False, unbacked=False)
        if (entry.kind is EntryKind.PRESENT and entry.who) or self.words.by_person(
            EntryKind.PRESENT
        ):
            self._no_longer_asked()
            self.attested = True
        self.words.clear()
        self.run = GoneRun()
        self.doubted_enough = False

    def _no_longer_asked(self) -> None:
        self.case.needs_check = False
        self.case.changed = set()

    def _come_back(self, entry: TimelineEntry) -> None:
        case, end, at = self.case, self.case.end, entry.seen_at
        if end is None:
            return
        self.unheard = set()
        away_ms = at - (end.confirmed_at if end.case_class is CaseClass.DARK else end.gone_at)
        if end.case_class is CaseClass.REMOVED and away_ms >= VOID_MS:
            last_at = end.gone_at if end.last_at is None else end.last_at
            if case.first_end is None:
                case.first_end = (last_at, end.gone_at)
                case.first_backed_at = last_at if end.last_at is None else case.backed_at
                case.first_unbacked_at = max(case.unbacked, default=None)
            if entry.changed or entry.unbacked:
                case.needs_check = True
            else:
                case.returns.append((last_at, end.gone_at, at))
        if away_ms > SAME_CASE_MS:
            if self.case.state is CaseClass.SUSPECT:
                self.case.becomes(at, end.case_class)
            self.case = CaseHistory(at, [(at, CaseClass.ONLINE)])
            self.cases.append(self.case)

    def _present(self, entry: TimelineEntry) -> None:
        if self.words.dispute(entry):
            self.case.becomes(entry.at, CaseClass.SUSPECT)
        else:
            self._sighting(entry)

    def _absent(self, entry: TimelineEntry) -> None:
        if self.words.dispute(entry):
            self.case.becomes(entry.at, CaseClass.SUSPECT)
        else:
            self._ends_by_word(entry)

    def _ends_by_word(self, entry: TimelineEntry) -> None:
        if self.case.end is None:
            self.case.end = End(
                case_class=CaseClass.REMOVED,
                last_at=self.case.last_at,
                gone_at=min([entry.at, *self.words.disputed(EntryKind.ABSENT)]),
                confirmed_at=entry.at,
            )
            self.words.clear()
            self._no_longer_asked()
            self.ended_by_word = True
            self.case.becomes(entry.at, CaseClass.REMOVED)
        elif self.case.state not in ENDS:
            self.case.becomes(entry.at, self.case.end.case_class)

    def _gone(self, entry: TimelineEntry) -> None:
        end = self.case.end
        if end is not None:
            if self.case.state is CaseClass.SUSPECT and not self.run.dissenters():
                self.case.becomes(entry.at, end.case_class)
        elif self.words.disputed(EntryKind.ABSENT):
            self._ends_by_word(entry)
        elif not self._confirm(entry, entry.at) and not self.run.dissenters():
            late = CaseClass.UNAVAILABLE if self.doubted_enough else CaseClass.DOUBTED
            self.case.becomes(entry.at, late)

    def _confirm(self, entry: TimelineEntry, at: Instant) -> bool:
        found = self.run.confirmed(
            self.vantages.required(entry), left=self.vantages.left(), turned=self.vantages.turned
        )
        if found is None:
            return False
        case_class, gone_at, announced_only = found
        self.case.end = End(
            case_class=case_class,
            last_at=self.case.last_at,
            gone_at=gone_at,
            confirmed_at=at,
            announced_only=announced_only,
        )
        self.case.becomes(at, case_class)
        return True

    def _unavailable(self, entry: TimelineEntry) -> None:
        if self.run.add_unavailable(entry):
            self.vantages.saw |= dict.fromkeys(self.run.url_refused_by(), False)
            for who, at in self.run.url_refused_at().items():
                self.vantages.denied[who] = max(at, self.vantages.denied.get(who, at))
            self._gone(entry)
            return
        if self.case.end is not None:
            return
        dead_from = self.run.dark_since(self.vantages.required(entry), entry.at)
        if dead_from is not None:
            self.case.end = End(
                case_class=CaseClass.DARK,
                last_at=self.case.last_at,
                gone_at=dead_from,
                confirmed_at=entry.at,
            )
            self.case.becomes(entry.at, CaseClass.DARK)
        elif self.run.is_unavailable():
            self.case.becomes(entry.at, CaseClass.UNAVAILABLE)
        elif self.case.state is CaseClass.ONLINE:
            self.case.becomes(entry.at, CaseClass.DOUBTED)
