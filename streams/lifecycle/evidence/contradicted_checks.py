"""Checks, and what authoritative sources say: which are of this owner, which probes contradict.

Rules 4.7 and 4.14 of docs/measurement.md.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Final, NamedTuple, TypeAlias

from msgspec.structs import replace

from schemas.closed_lists import Verdict
from schemas.moments import HOUR_MS, Instant
from streams.lifecycle.evidence.owner import RESOLVER
from streams.lifecycle.evidence.timeline_entry import GONE_OR_MOVED, EntryKind, TimelineEntry
from streams.verdicts.reasons import VerdictReason

CONTRADICTION_MS: Final = HOUR_MS
"""A probe this near to a check, or to what a source says, can contradict it."""


class _Observations(NamedTuple):
    """Observations of one vantage, in order: when each was complete, and whether it saw it."""

    times: list[Instant]
    saw: list[bool]


_AT = itemgetter(0)
_KNOWN_AT = attrgetter("at")
_CHECKS = EntryKind.SEEN, EntryKind.ABSENT
_RESOLVED = EntryKind.PROBED, EntryKind.NAMED

_ByVantage: TypeAlias = Mapping[str, _Observations]


def of_this_owner(entries: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """Return the entries without the checks of instants at which the name led to others alone.

    Whoever opens a URL comes to where the name leads. It leads to others alone if the newest
    resolution before, of each vantage that is asked, lacks the owner.

    Args:
        entries: everything seen at the spell, in order of time.
    """
    found: list[TimelineEntry] = []
    newest: dict[str, int] = {}
    asked: Collection[str] = ()
    for _, at_once in groupby(entries, key=_KNOWN_AT):
        together = list(at_once)
        named = [says for vantage, says in newest.items() if not asked or vantage in asked]
        elsewhere = bool(named) and not any(named)
        found += [
            one for one in together if not (elsewhere and one.seen_by and one.kind in _CHECKS)
        ]
        for one in together:
            if one.kind not in _RESOLVED:
                continue
            asked = one.ordered_vantages or asked
            if one.recheck or one.seen_by == RESOLVER:
                continue
            if one.dns_names_owner >= 0:
                newest[one.seen_by] = one.dns_names_owner
            else:
                newest.pop(one.seen_by, None)  # its name servers do not answer it any more
    return found


def with_contradictions(entries: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """Return the entries, with `contradicted` where all probes within 1 h contradict a sighting.

    Only a sighting by a person or a source can have it. Each vantage that is asked at the time of
    the check speaks by its observation nearest to it, before or after it. A refusal of the URL
    alone speaks only where it counts as gone: where an unannounced vantage was refused within that
    hour.
    A sighting by a probe after a check `absent` needs no mark: it is a sighting.

    Args:
        entries: everything seen at the spell, in order of time.
    """
    found = list(entries)
    indexes = [n for n, entry in enumerate(found) if entry.kind is EntryKind.SEEN and entry.seen_by]
    if indexes:
        plain, refused_to_all = (
            _by_vantage(found, refusals=False),
            _by_vantage(found, refusals=True),
        )
        unannounced = [i.at for i in found if _is_refusal(i) and not i.announced]
        orders = [
            (i.at, i.ordered_vantages or (i.seen_by,))
            for i in found
            if i.ordered_vantages or i.slot_at
        ]
        for index in indexes:
            at = found[index].at
            newest = bisect_left(orders, at, key=_AT)
            asked = orders[newest - 1][1] if newest else ()
            observations = refused_to_all if _is_near(unannounced, at) else plain
            said = _nearest(observations, at, asked)
            found[index] = replace(found[index], contradicted=bool(said) and not any(said))
    return found


def _is_near(times: Sequence[Instant], at: Instant) -> bool:
    """Return whether one of some instants, in order, is within 1 h of another."""
    first = bisect_left(times, at - CONTRADICTION_MS)
    return first < len(times) and times[first] <= at + CONTRADICTION_MS


def is_conclusive(entry: TimelineEntry) -> bool:
    """Return whether an observation says that the material is there, or that it is not."""
    if (
        entry.kind is not EntryKind.PROBED
        or not entry.canary_ok
        or entry.reason is VerdictReason.MOVED
    ):
        return False
    return entry.verdict is Verdict.ONLINE or entry.verdict in GONE_OR_MOVED


def _is_refusal(entry: TimelineEntry) -> bool:
    """Return whether a vantage that was asked was refused the URL alone, and by no proxy."""
    of_url = entry.kind is EntryKind.PROBED and entry.canary_ok and not entry.recheck
    return of_url and entry.verdict is Verdict.BLOCKED and entry.reason is VerdictReason.URL_REFUSED


def _by_vantage(entries: Sequence[TimelineEntry], *, refusals: bool) -> _ByVantage:
    """Return what the vantages asked said that is conclusive.

    Args:
        entries: everything seen at the spell, in order of time.
        refusals: a refusal of the URL alone is too.
    """
    found: dict[str, _Observations] = {}
    for entry in entries:
        says = is_conclusive(entry) or (refusals and _is_refusal(entry))
        if says and not entry.recheck:
            observations = found.setdefault(entry.seen_by, _Observations([], []))
            observations.times.append(entry.at)
            observations.saw.append(entry.verdict is Verdict.ONLINE)
    return found


def _nearest(observations: _ByVantage, at: Instant, asked: Collection[str]) -> list[bool]:
    """Return whether the observation of each vantage nearest to an instant saw it, within 1 h.

    Of two as near the earlier one speaks.

    Args:
        observations: by vantage.
        at: the instant.
        asked: whose observations count; empty = all.
    """
    said = []
    for vantage, (times, saw) in observations.items():
        if asked and vantage not in asked:
            continue
        after = bisect_left(times, at)
        near = [n for n in (after - 1, after) if 0 <= n < len(times)]
        best = min(near, key=lambda n: (abs(times[n] - at), n))
        if abs(times[best] - at) <= CONTRADICTION_MS:
            said.append(saw[best])
    return said
