"""Everything seen of a URL at one stay, in order of time: probes, people, sources, resolutions."""

from operator import attrgetter

from schemas.reasons import CheckResult
from schemas.records.case import UrlState
from streams.lifecycle.evidence.hosting_spells import HostingSpell
from streams.lifecycle.evidence.item import Item, Kind
from streams.lifecycle.evidence.sightings import probed

RESOLVER = "attribution"
"""The stage of that name resolves once for a report; presence is judged from the vantages."""

_PERSONS_PRESENT = (CheckResult.PRESENT,)
_PERSONS_ABSENT = (CheckResult.ABSENT, CheckResult.NOT_ILLEGAL_NOW)

_ORDER = attrgetter("at", "kind", "seen_at", "vantage", "slot_at", "verdict", "reason")


def items(state: UrlState, spell: HostingSpell) -> list[Item]:
    """Return everything seen of a URL at one stay, in order."""
    found = _testimony(state, spell) + _named(state, spell)
    found += probed(state, spell)
    found.sort(key=_ORDER)
    return found


def _testimony(state: UrlState, spell: HostingSpell) -> list[Item]:
    found = []
    for report in state.reports if spell.first else ():
        if report.seen_at is not None:
            found.append(Item(report.seen_at, Kind.SEEN, report.seen_at))
        last = report.last_online_at
        if last is not None:
            found.append(Item(last, Kind.SEEN, last))
        if report.source_online is False:
            gone = report.reported_at if last is None else last
            found.append(Item(gone, Kind.ABSENT, gone))
    for check in state.checks:
        if check.at < spell.open_at and not spell.first:
            continue
        who = f"{check.hotline}/{check.who}"
        if check.what in _PERSONS_PRESENT:
            found.append(Item(check.at, Kind.SEEN, check.at, who))
        elif check.what in _PERSONS_ABSENT:
            found.append(Item(check.at, Kind.ABSENT, check.at, who))
    return found


def _named(state: UrlState, spell: HostingSpell) -> list[Item]:
    """Return what resolutions without an observation say of the stay."""
    found = []
    for made in state.attributions:
        if made.vantage == RESOLVER or made.at < spell.open_at or not made.answered:
            continue
        here = any(
            (state.placements[i].group, state.placements[i].role) in spell.pairs
            for i in made.places
        )
        found.append(Item(made.at, Kind.NAMED, made.at, made.vantage, present=int(here)))
    return found
