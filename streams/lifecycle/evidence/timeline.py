"""All that is known of a URL at one spell, in order of time: what was seen, and what was said."""

from collections.abc import Sequence
from operator import attrgetter

from schemas.closed_lists import CheckResult, HotlineMode
from schemas.records.case import UrlState
from streams.lifecycle.evidence.contradicted_checks import of_this_owner, with_contradictions
from streams.lifecycle.evidence.hosting_spells import HostingSpell
from streams.lifecycle.evidence.hotline_statements import (
    ReportOrNotice,
    counts_from,
    is_to,
    standing_of,
)
from streams.lifecycle.evidence.sightings import ByVantage, probed
from streams.lifecycle.evidence.timeline_entry import SOURCE, EntryKind, TimelineEntry

PERSONS_PRESENT = frozenset({CheckResult.PRESENT})
PERSONS_ABSENT = frozenset({CheckResult.ABSENT, CheckResult.NOT_ILLEGAL_NOW})
"""What persons' checks say of the material: it is there, or it is not."""

_AT = attrgetter("at")
_ORDER = attrgetter(
    "at", "kind", "seen_at", "seen_by", "slot_at", "verdict", "reason", "stated_origin"
)


def stated_entries(
    state: UrlState, spell: HostingSpell, statements: Sequence[ReportOrNotice]
) -> list[TimelineEntry]:
    """Return what persons, sources, hotlines and resolutions state of one spell, in any order."""
    found = _testimony(state, spell) + _named(state, spell) + _noticed(state, spell)
    return found + _said(state, spell, statements)


def timeline_of(
    state: UrlState, spell: HostingSpell, statements: Sequence[ReportOrNotice]
) -> list[TimelineEntry]:
    """Return everything seen of a URL at one spell, in order; `statements` are the hotlines'."""
    return with_probes(state, spell, stated_entries(state, spell, statements))


def with_probes(
    state: UrlState,
    spell: HostingSpell,
    entries: Sequence[TimelineEntry],
    kept: ByVantage | None = None,
) -> list[TimelineEntry]:
    """Return everything seen at one spell, in order: what was stated of it, and its probes.

    What came of these the last time (`kept`) is brought up to date.
    """
    found = [*entries, *probed(state, spell, kept)]
    alone = len({entry.at for entry in found}) == len(found)  # by far most frequent
    found.sort(key=_AT if alone else _ORDER)
    if spell.away or spell.ends_at is not None:
        found = _within(found, spell)
    sourced = any(report.last_online_at is not None for report in state.reports)
    return with_contradictions(of_this_owner(found)) if state.checks or sourced else found


def _within(found: list[TimelineEntry], spell: HostingSpell) -> list[TimelineEntry]:
    """Return the entries of the time in which the URL was this owner's, and when it left."""
    away = [*spell.away, *([] if spell.ends_at is None else [(spell.ends_at, None)])]
    kept = [
        entry
        for entry in found
        if not any(
            since <= entry.at and (until is None or entry.at < until) for since, until in away
        )
    ]
    kept += [TimelineEntry(since, EntryKind.LEFT, since) for since, _ in away]
    kept.sort(key=_ORDER)
    return kept


def _testimony(state: UrlState, spell: HostingSpell) -> list[TimelineEntry]:
    found = []
    for report in state.reports if spell.first else ():
        if report.seen_at is not None:
            found.append(TimelineEntry(report.seen_at, EntryKind.SEEN, report.seen_at))
        last = report.last_online_at
        if last is not None:
            found.append(TimelineEntry(last, EntryKind.SEEN, last, SOURCE))
        if report.source_online is False:
            gone = report.reported_at if last is None else last
            found.append(TimelineEntry(gone, EntryKind.ABSENT, gone, SOURCE))
    for check in state.checks:
        if check.backdated or (check.at < spell.opened_at and not spell.first):
            continue
        who = f"{check.hotline}/{check.who}"
        if check.what in PERSONS_PRESENT:
            kind = EntryKind.SEEN
        elif check.what in PERSONS_ABSENT:
            kind = EntryKind.ABSENT
        else:
            continue
        authoritative = check.authoritative
        found.append(TimelineEntry(check.at, kind, check.at, who, authoritative=authoritative))
    return found


def _named(state: UrlState, spell: HostingSpell) -> list[TimelineEntry]:
    """Return what resolutions without an observation say of the spell."""
    found = []
    named, opened_at = EntryKind.NAMED, spell.opened_at
    for index, made in enumerate(state.attributions):
        here = index in spell.here
        if made.at < opened_at or not made.answered or (made.more and not here):
            continue
        stated = index in spell.stated
        found.append(
            TimelineEntry(
                made.at,
                named,
                made.at,
                made.vantage,
                dns_names_owner=int(here),
                stated_origin=stated,
            )
        )
    return found


def _said(
    state: UrlState, spell: HostingSpell, statements: Sequence[ReportOrNotice]
) -> list[TimelineEntry]:
    """Return what hotlines said after the opening."""
    return [
        TimelineEntry(one.at, EntryKind.REPORT_OR_NOTICE, one.at)
        for one in statements
        if one.at > state.reports[0].reported_at and (spell.first or one.at > spell.opened_at)
    ]


def _noticed(state: UrlState, spell: HostingSpell) -> list[TimelineEntry]:
    """Return when the owner got a notice; later sightings are to be like what was seen by then.

    A notice dated back counts from when it was received; one from before the URL was there is none.
    """
    since = min(report.reported_at for report in state.reports) if spell.first else spell.opened_at
    arrived = [
        counts_from(notice)
        for notice in state.notices
        if standing_of(notice) is not None and is_to(notice, spell.owners, spell.left)
    ]
    arrived += [r.received_at for r in state.reports if r.mode is HotlineMode.ON_REPORT]
    return [TimelineEntry(at, EntryKind.NOTICE, at) for at in arrived if at >= since]
