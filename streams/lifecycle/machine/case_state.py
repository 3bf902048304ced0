"""The state of the automaton of one case, and what every step does to it."""

from msgspec import Struct, field
from msgspec.structs import replace

from schemas.closed_lists import CaseClass
from schemas.moments import Instant
from streams.lifecycle.evidence.owner import OPENS_WITHIN_MS
from streams.lifecycle.evidence.timeline_entry import EntryKind, TimelineEntry
from streams.lifecycle.machine.case_history import CaseHistory, EarlierEnd, End
from streams.lifecycle.machine.evidence_since_sighting import EvidenceSinceSighting
from streams.lifecycle.machine.reference import Reference
from streams.lifecycle.machine.vantages import Vantages
from streams.lifecycle.state_table import (
    DOUBT_MS,
    ENDS,
    EXPIRY_MS,
    SAME_CASE_MS,
    VOID_MS,
    CaseEvent,
    expiries,
    following,
)

_IN_DOUBT = (CaseClass.DOUBTED, CaseClass.SUSPECT)
_SIGHTING, _ONLINE = CaseEvent.SIGHTING, CaseClass.ONLINE


class CaseState(Struct):
    """All that the next entry of evidence is judged by.

    Attributes:
        histories: the cases of the spell, the newest last.
        evidence: what was seen since the newest sighting.
        vantages: what each vantage said last.
        reference: what a sighting has to be like.
        contradicted_checks: checks, and what sources say, that probes contradict and nobody has
            seconded yet.
        seen_at: the newest sighting of the newest case by a probe, a person or a source.
        report_sightings: reports' own sightings since the newest sighting.
        returned: the case whose newest past end no backed sighting has followed yet; None = none.
        check_or_source_saw: a person or an authoritative source saw the newest case.
        doubted_at: since when there is doubt, as the states say.
        noticed_at: the first notice of the newest case.
    """

    histories: tuple[CaseHistory, ...]
    evidence: EvidenceSinceSighting = field(default_factory=EvidenceSinceSighting)
    vantages: Vantages = field(default_factory=Vantages)
    reference: Reference = field(default_factory=Reference)
    contradicted_checks: tuple[TimelineEntry, ...] = ()
    seen_at: Instant | None = None
    report_sightings: tuple[Instant, ...] = ()
    returned: int | None = None
    check_or_source_saw: bool = False
    doubted_at: Instant | None = None
    noticed_at: Instant | None = None

    @property
    def history(self) -> CaseHistory:
        """The newest case."""
        return self.histories[-1]

    def only_repeats(self) -> bool:
        """Return whether a vantage that sees it again as before only moves its own instants."""
        history = self.histories[-1]
        evidence, unlike = self.evidence, self.reference.unlike
        moving = self.contradicted_checks or unlike or evidence.gone
        online = history.states[-1][1] is _ONLINE and history.end is None
        return (
            online
            and not moving
            and self.returned is None
            and evidence.unavailable_span is None
            and self.vantages.nobody_denies()
        )

    def copy(self) -> "CaseState":
        """Return a state that shares nothing that changes."""
        evidence, vantages, presence = self.evidence, self.vantages, self.vantages.presence
        return replace(
            self,
            histories=tuple([replace(one, states=[*one.states]) for one in self.histories]),
            evidence=replace(evidence, gone=dict(evidence.gone), dead=dict(evidence.dead)),
            vantages=replace(
                vantages,
                latest=dict(vantages.latest),
                contradicted=dict(vantages.contradicted),
                canary_at=dict(vantages.canary_at),
                presence=replace(
                    presence, lacking=dict(presence.lacking), here_at=dict(presence.here_at)
                ),
            ),
            reference=replace(self.reference, unlike=dict(self.reference.unlike)),
        )

    def enter(self, at: Instant, event: CaseEvent) -> None:
        """Apply the table."""
        history = self.histories[-1]
        before = history.states[-1][1]
        after = following(before, event, history.end.state if history.end else None)
        if after is before:
            return
        entered_at = max(at, history.states[-1][0])
        if after not in _IN_DOUBT:
            self.doubted_at = None
        elif self.doubted_at is None:
            self.doubted_at = entered_at
        history.states.append((entered_at, after))

    def doubt_until(self) -> Instant | None:
        """Return when the present doubt ends; None = there is none."""
        return None if self.doubted_at is None else self.doubted_at + DOUBT_MS

    def let_pass(self, until: Instant | None) -> None:
        """End a doubt that runs out by `until`; None = end it, whenever it runs out."""
        deadline = self.doubt_until()
        if deadline is None or (until is not None and until < deadline):
            return
        self.evidence.doubt_passed = True
        if self.history.end is not None:
            self.uphold(deadline)
        else:
            self.enter(deadline, CaseEvent.DOUBT_ENDED)

    def uphold(self, at: Instant) -> None:
        """Let an end stand that a check put in question: the check counts for nothing more."""
        if self.history.state is CaseClass.SUSPECT:
            self.enter(at, CaseEvent.END_UPHELD)
        self.contradicted_checks = ()

    def forget_checks(self, at: Instant) -> None:
        """Forget contradicted checks that nobody seconded for as long as a doubt lasts."""
        checks = self.contradicted_checks
        if checks and at - checks[0].at >= DOUBT_MS:
            self.contradicted_checks = tuple([one for one in checks if at - one.at < DOUBT_MS])

    def contradicted(self, kind: EntryKind) -> tuple[TimelineEntry, ...]:
        """Return the contradicted checks of a kind."""
        return tuple([entry for entry in self.contradicted_checks if entry.kind is kind])

    def end(self, end: End, event: CaseEvent) -> None:
        """Note an end; L is the newest sighting before R, a report's own included."""
        self.end_at(end)
        self.contradicted_checks = ()
        self.reference.close()
        self.enter(end.confirmed_at, event)

    def end_at(self, end: End) -> None:
        """Set R, and L by it: what reports saw after R is none."""
        history = self.history
        if self.report_sightings:
            seen = [at for at in (*self.report_sightings, self.seen_at) if at is not None]
            history.last_seen_at = max([at for at in seen if at <= end.gone_at], default=None)
        history.end = replace(end, last_seen_at=history.last_seen_at)

    def take_sighting(self, entry: TimelineEntry, event: CaseEvent, *, backed: bool) -> None:
        """Take a sighting: it moves L, starts all runs anew, and undoes an end.

        Args:
            entry: what was seen.
            event: of the table.
            backed: it makes a case late, overdue or a return (rule 3.3).
        """
        at = entry.seen_at
        if self.histories[-1].end is not None:
            self._come_back(at)
        history = self.histories[-1]
        if event is not _SIGHTING or history.states[-1][1] is not _ONLINE:
            self.enter(entry.at, event)
            history = self.histories[-1]
        self._reopen()
        self.note(at, backed=backed)
        if backed and self.returned is not None:
            of = self.histories[self.returned]
            of.earlier_ends = (*of.earlier_ends[:-1], of.earlier_ends[-1]._replace(returned_at=at))
            self.returned = None
        if self.contradicted_checks:
            self.contradicted_checks = ()
        self.report_sightings = ()
        evidence = self.evidence
        if not evidence.is_fresh() or evidence.control_probed or evidence.doubt_passed:
            self.evidence = EvidenceSinceSighting()

    def take_agreeing(self, entry: TimelineEntry, event: CaseEvent) -> None:
        """Take the contradicted checks that found it: a sighting agrees, so they count now."""
        for check in self.contradicted(EntryKind.SEEN):
            if check.seen_by == entry.seen_by:
                continue  # the same person is no second one
            known = replace(check, at=max(check.at, entry.at))
            self.history.dismissed -= {check}
            self.take_sighting(known, event, backed=True)
            self.check_or_source_saw = True

    def note(self, at: Instant, *, backed: bool) -> None:
        """Note when a sighting was made, and what it makes late."""
        self.histories[-1].note(at, backed=backed)
        if self.seen_at is None or at > self.seen_at:
            self.seen_at = at

    def ask_no_check(self) -> None:
        """Ask for no check any more: a person or a source has said what is there."""
        self.history.needs_review, self.history.unlike = False, frozenset()
        self.reference.unlike = {}

    def take_statement(self, entry: TimelineEntry) -> None:
        """Take a hotline's word: a notice closes the reference, a report may open a case."""
        if entry.kind is EntryKind.NOTICE:
            self.reference.close()
            self.noticed_at = entry.at if self.noticed_at is None else self.noticed_at
        elif self.is_over(entry.at):
            self.begin_anew(entry.at)

    def is_over(self, at: Instant) -> bool:
        """Return whether the newest case ended or expired more than 7 d ago; a move never is."""
        history, end = self.history, self.history.end
        if at > history.opened_at + EXPIRY_MS + SAME_CASE_MS:
            expired_at, _ = expiries(history.opened_at, self.noticed_at)[-1]
            if at > expired_at + SAME_CASE_MS and history.state_at(expired_at) not in ENDS:
                return True
        is_moved = end is not None and end.state is CaseClass.MOVED
        return not is_moved and self.is_another(at)

    def take_resolution(self, entry: TimelineEntry) -> None:
        """Take what a resolution says; one may lead a URL back to an owner whom it had left.

        Two of one vantage within 24 h do, or a statement of origin behind a proxy.
        """
        presence, end = self.vantages.presence, self.history.end
        before_at = presence.here_at.get(entry.seen_by)
        presence.note_resolution(entry)
        if (
            end is None
            or end.state is not CaseClass.MOVED
            or entry.dns_names_owner <= 0
            or entry.recheck
        ):
            return
        first_at = entry.at if entry.stated_origin else before_at
        if first_at is None or first_at <= end.gone_at:
            return
        if entry.at - first_at <= OPENS_WITHIN_MS:
            self._come_back(first_at)
            self.enter(entry.at, CaseEvent.LED_BACK)
            self._reopen()
            self.contradicted_checks, self.report_sightings = (), ()
            self.evidence = EvidenceSinceSighting()

    def _reopen(self) -> None:
        """Drop the end of the newest case: what reports saw after R moves L again."""
        history = self.histories[-1]
        history.end = None
        if self.report_sightings:
            seen = [history.last_seen_at, *self.report_sightings]
            history.last_seen_at = max(at for at in seen if at is not None)

    def is_another(self, at: Instant) -> bool:
        """Return whether a sighting begins another case: it is long after an end."""
        end = self.history.end
        return end is not None and at - max(end.gone_at, end.confirmed_at) > SAME_CASE_MS

    def begin_anew(self, at: Instant) -> None:
        """Begin another case, of which nothing has been seen yet."""
        if self.history.end is not None and self.history.state not in ENDS:
            self.enter(at, CaseEvent.END_UPHELD)
        self._open_another(at)
        self.evidence, self.vantages = EvidenceSinceSighting(), self.vantages.anew()
        self.contradicted_checks, self.returned = (), None

    def _open_another(self, at: Instant) -> None:
        self.histories = (*self.histories, CaseHistory(at, [(at, CaseClass.ONLINE)]))
        self.reference, self.check_or_source_saw = Reference(), False
        self.seen_at = self.doubted_at = self.noticed_at = None
        self.report_sightings = ()

    def _come_back(self, at: Instant) -> None:
        """Say what a sighting makes of an end: void, a return, or another case.

        Within 24 h any sighting voids it, backed or not: L has moved past R. An older end stands
        for the norms, and only a backed sighting is a return.
        """
        history, end = self.history, self.history.end
        if end is None:
            return
        # dark and dns_ended show no removal: the case goes on
        stands = end.state in (CaseClass.REMOVED, CaseClass.MOVED) and at - end.gone_at > VOID_MS
        if stands:
            history.earlier_ends = (
                *history.earlier_ends,
                EarlierEnd(end, history.last_backed_at, at, None),
            )
            self.returned = len(self.histories) - 1
        if self.is_another(at):
            if history.state is CaseClass.SUSPECT:
                self.enter(at, CaseEvent.END_UPHELD)
            self._open_another(at)
            self.returned = self.returned if stands else None
