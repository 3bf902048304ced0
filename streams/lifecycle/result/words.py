"""What persons and name servers say of a URL, which no probe changes.

It is worked out once, and kept while only probes come (`streams.lifecycle.refold`). Beside it
stands what came of the probes when they were judged last, which each judgement brings up to date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final, NamedTuple

from schemas.identity.ids import case_id
from schemas.moments import Instant
from schemas.records.case import UrlState
from schemas.records.case_events import PackedReport
from streams.lifecycle.evidence.hosting_spells import HostingSpell, hosting_spells
from streams.lifecycle.evidence.hotline_statements import HotlineStatement, statements_about
from streams.lifecycle.evidence.owners import IsOpen
from streams.lifecycle.evidence.sightings import ByVantage
from streams.lifecycle.evidence.timeline import heard
from streams.lifecycle.evidence.timeline_entry import TimelineEntry
from streams.lifecycle.evidence.unsettled import TimeRange, new_owners
from streams.lifecycle.machine.case_history import AvailabilitySpell
from streams.lifecycle.machine.walk import Checkpoint
from streams.lifecycle.result.attributed import reattributed
from streams.lifecycle.result.notices import Clocks, NoticeScope, clocks_of, owned_by
from streams.lifecycle.result.url_context import UrlContext
from streams.lifecycle.result.withdrawals import Gap, gaps

REPORTED = attrgetter("reported_at")

CLOCKS_KEPT_MAX: Final = 32
"""Clocks kept of one spell: two a case, while R is in question, of 16 cases. With more cases all
are worked out anew: it costs time alone."""


@dataclass(slots=True)
class SpellWords:
    """What is said of one spell, and what came of its probes when they were judged last.

    Attributes:
        spell: the spell.
        told: what hotlines said of it.
        heard: all that was heard of it.
        probed: what came of its probes.
        walked: how far it was walked.
        clocked: the clocks of its cases. They follow from what is said of the URL and from how the
            spells of availability began and ended; what was sighted in between is not asked.
    """

    spell: HostingSpell
    told: Sequence[HotlineStatement]
    heard: Sequence[TimelineEntry]
    probed: ByVantage = field(default_factory=dict)
    walked: Checkpoint = field(default_factory=Checkpoint)
    clocked: dict[tuple[object, ...], Clocks] = field(default_factory=dict)

    def clocks_of(
        self, url: UrlContext, scope: NoticeScope, spells: Sequence[AvailabilitySpell]
    ) -> Clocks:
        """Return the clocks of a case at the spell, of the same URL each time."""
        bounds = [spell.bounds for spell in spells]
        which = scope.case_id, scope.first, scope.since, scope.until, *bounds
        held = self.clocked.get(which)
        if held is None:
            if len(self.clocked) >= CLOCKS_KEPT_MAX:
                self.clocked.clear()
            held = self.clocked[which] = clocks_of(url, scope, spells)
        return held


class Words(NamedTuple):
    """What is said of a URL by persons and name servers, and what came of its probes.

    Attributes:
        url: what its cases share.
        spells: of each spell what is said of it.
        repeated: when its resolutions were repeated for a new owner.
        unreported: when no report stood.
        reported: its reports, by when they were made.
        known: who was ever there, each with when it was there first.
    """

    url: UrlContext
    spells: Sequence[SpellWords]
    repeated: Sequence[TimeRange]
    unreported: Sequence[Gap]
    reported: Sequence[PackedReport]
    known: Mapping[str, Instant]

    def entries_kept(self) -> int:
        """Return how many entries are kept of what came of the probes."""
        return sum(len(entries) for said in self.spells for _, entries in said.probed.values())

    def forget_probes(self) -> None:
        """Keep nothing of what came of the probes; the next judgement begins anew."""
        for said in self.spells:
            said.probed, said.walked, said.clocked = {}, Checkpoint(), {}


def words_of(state: UrlState, is_open: IsOpen) -> Words:
    """Work out what is said of a URL with reports; its tracks are not asked."""
    places, pending = hosting_spells(state, is_open)
    url, said = UrlContext(state), []
    for spell in places:
        told = statements_about(state, spell)
        said.append(SpellWords(spell, told, heard(state, spell, told)))
    return Words(
        url,
        said,
        new_owners(places, pending),
        gaps(state),
        sorted(state.reports, key=REPORTED),
        _known(url, places),
    )


def _known(url: UrlContext, places: Sequence[HostingSpell]) -> dict[str, Instant]:
    """Return who was ever at the URL, under whatever name, each with when it was there first.

    A decision that gives an owner's first case to another puts that one in its place.
    """
    known: dict[str, Instant] = {}
    decided = bool(url.state.decisions)
    for spell in places:
        there_at = url.reported_at if spell.first else spell.opened_at
        id = case_id(url.state.url_key, spell.first_name, spell.role, 0) if decided else ""
        for name in owned_by(spell, reattributed(url.state, id, spell.role)):
            known[name] = min(there_at, known.get(name, there_at))
    return known
