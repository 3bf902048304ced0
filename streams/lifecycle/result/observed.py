"""What each observation of a URL says, as its cases were judged by it."""

from typing import NamedTuple

from schemas.closed_lists import Role, Verdict
from schemas.moments import Instant
from schemas.records.case import UrlState
from schemas.records.reports import HosterId, VantageId
from streams.lifecycle.evidence.sightings import probed
from streams.lifecycle.evidence.timeline_entry import EntryKind
from streams.lifecycle.result.cases import hosting_spells_of
from streams.verdicts.reasons import VerdictReason


class ObservationKey(NamedTuple):
    """One observation of a URL itself: whose, from where, for which slot, when it was answered."""

    hoster: HosterId
    role: Role
    vantage: VantageId
    slot_at: Instant
    done_at: Instant


class ObservationVerdict(NamedTuple):
    """What an observation says.

    Attributes:
        verdict: of its answer.
        reason: names the rule that decided it.
        control_differs: a control of its vantage near it got another answer.
    """

    verdict: Verdict
    reason: VerdictReason
    control_differs: bool


def observed(state: UrlState) -> dict[ObservationKey, ObservationVerdict]:
    """Return what the observations of a URL say; those of controls say nothing by themselves."""
    found = {}
    for spell in hosting_spells_of(state)[0]:
        for entry in probed(state, spell):
            if entry.kind is EntryKind.PROBED:
                says = ObservationVerdict(entry.verdict, entry.reason, entry.control_differs)
                for hoster in spell.hosters:
                    key = (hoster, spell.role, entry.seen_by, entry.slot_at, entry.at)
                    found[ObservationKey(*key)] = says
    return found
