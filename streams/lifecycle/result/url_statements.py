"""What persons, hotlines and name servers stated of a URL, worked out once.

No probe changes it, so it is kept while only probes come (`streams.lifecycle.update_record`).
Beside it stands what came of the probes when they were judged last, which each judgement brings up
to date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final, NamedTuple

from schemas.identity.ids import case_id
from schemas.moments import Instant
from schemas.records.case import UrlState
from schemas.records.case_events import PackedReport
from streams.lifecycle.evidence.decisions import reattributed
from streams.lifecycle.evidence.hosting_spells import HostingSpell, hosting_spells
from streams.lifecycle.evidence.hotline_statements import ReportOrNotice, statements_about
from streams.lifecycle.evidence.owners import IsOpen
from streams.lifecycle.evidence.repeated_resolutions import TimeRange, new_owners
from streams.lifecycle.evidence.sightings import ByVantage
from streams.lifecycle.evidence.timeline import stated_entries
from streams.lifecycle.evidence.timeline_entry import TimelineEntry
from streams.lifecycle.machine.case_history import AvailabilitySpell
from streams.lifecycle.machine.walk import Checkpoint
from streams.lifecycle.result.notices import Clocks, NoticeScope, clocks_of, owned_by
from streams.lifecycle.result.url_context import UrlContext
from streams.lifecycle.result.withdrawals import Gap, gaps

REPORTED = attrgetter("reported_at")

CLOCKS_KEPT_MAX: Final = 32
"""Clocks kept of one spell: two a case, while R is in question, of 16 cases. With more cases all
are worked out anew: it costs time alone."""


@dataclass(slots=True)
class SpellStatements:
    """What is stated of one spell, and what came of its probes when they were judged last.

    Attributes:
        spell: the spell.
        statements: the hotlines' reports and notices about it.
        entries: all that was stated of it, as entries of a timeline.
        probed: what came of its probes.
        walked: how far it was walked.
        clocked: the clocks of its cases. They follow from what is stated of the URL and from how
            the spells of availability began and ended; what was sighted in between is not asked.
    """

    spell: HostingSpell
    statements: Sequence[ReportOrNotice]
    entries: Sequence[TimelineEntry]
    probed: ByVantage = field(default_factory=dict)
    walked: Checkpoint = field(default_factory=Checkpoint)
    clocked: dict[tuple[object, ...], Clocks] = field(default_factory=dict)

    def clocks_of(
        self, url: UrlContext, scope: NoticeScope, spells: Sequence[AvailabilitySpell]
    ) -> Clocks:
        """Return the clocks of a case at the spell, of the same URL each time."""
        bounds = [(one.from_at, one.end, one.returned_at, one.end_in_question) for one in spells]
        which = scope.case_id, scope.first, scope.since, scope.until, *bounds
        held = self.clocked.get(which)
        if held is None:
            if len(self.clocked) >= CLOCKS_KEPT_MAX:
                self.clocked.clear()
            held = self.clocked[which] = clocks_of(url, scope, spells)
        return held


class UrlStatements(NamedTuple):
    """What persons, hotlines and name servers stated of a URL, and what came of its probes.

    Attributes:
        url: what its cases share.
        spells: of each spell what is stated of it.
        repeated: when its resolutions were repeated for a new owner.
        unreported: when no report stood.
        reported: its reports, by when they were made.
        known: who was ever there, each with when it was there first.
    """

    url: UrlContext
    spells: Sequence[SpellStatements]
    repeated: Sequence[TimeRange]
    unreported: Sequence[Gap]
    reported: Sequence[PackedReport]
    known: Mapping[str, Instant]

    def entries_kept(self) -> int:
        """Return how many entries are kept of what came of the probes."""
        return sum([len(entries) for one in self.spells for _, entries in one.probed.values()])

    def forget_probes(self) -> None:
        """Keep nothing of what came of the probes; the next judgement begins anew."""
        for one in self.spells:
            one.probed, one.walked, one.clocked = {}, Checkpoint(), {}


def statements_of(state: UrlState, is_open: IsOpen) -> UrlStatements:
    """Work out what is stated of a URL with reports; its tracks are not asked."""
    spells, pending = hosting_spells(state, is_open)
    url, found = UrlContext(state), []
    for spell in spells:
        statements = statements_about(state, spell)
        entries = stated_entries(state, spell, statements)
        found.append(SpellStatements(spell, statements, entries))
    return UrlStatements(
        url,
        found,
        new_owners(spells, pending),
        gaps(state),
        sorted(state.reports, key=REPORTED),
        _known(url, spells),
    )


def _known(url: UrlContext, spells: Sequence[HostingSpell]) -> dict[str, Instant]:
    """Return who was ever at the URL, under whatever name, each with when it was there first.

    A decision that gives an owner's first case to another puts that one in its place.
    """
    known: dict[str, Instant] = {}
    decided = bool(url.state.decisions)
    for spell in spells:
        there_at = url.reported_at if spell.first else spell.opened_at
        id = case_id(url.state.url_key, spell.first_name, spell.role, 0) if decided else ""
        opened_at = url.state.reports[0].received_at if spell.first else spell.opened_at
        made = reattributed(url.state.decisions, id, spell.role, opened_at)
        for name in owned_by(spell, made):
            known[name] = min(there_at, known.get(name, there_at))
    return known
