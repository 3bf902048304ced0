"""A person's sighting is contradicted where all probes within an hour say gone."""

import pytest

from schemas.closed_lists import Verdict
from schemas.moments import MINUTE_MS
from streams.lifecycle.evidence.contradicted_checks import (
    CONTRADICTION_MS,
    is_conclusive,
    of_this_owner,
    with_contradictions,
)
from streams.lifecycle.evidence.timeline_entry import SOURCE, EntryKind, TimelineEntry
from streams.verdicts.reasons import VerdictReason

AT = 10 * CONTRADICTION_MS
BOTH = ("north", "south")


def probe(minutes: float, verdict: Verdict, vantage: str = "north", **said) -> TimelineEntry:
    at = AT + round(minutes * MINUTE_MS)
    fields = {"ordered_vantages": BOTH, "reason": VerdictReason.NOT_FOUND} | said
    return TimelineEntry(at, EntryKind.PROBED, at, vantage, verdict, slot_at=at, **fields)


def contradicted(*probes: TimelineEntry, who: str = "alpha/ann") -> bool:
    entries = sorted([*probes, TimelineEntry(AT, EntryKind.SEEN, AT, who)])
    (seen,) = [one for one in with_contradictions(entries) if one.kind is EntryKind.SEEN]
    return seen.contradicted


GONE_BOTH = (probe(-5, Verdict.GONE_HARD), probe(-4, Verdict.GONE_HARD, "south"))


def test_what_all_who_are_asked_contradict_is_contradicted() -> None:
    """Each speaks by its observation nearest to the check, before or after it."""
    assert contradicted(*GONE_BOTH)
    assert not contradicted(*GONE_BOTH, probe(1, Verdict.ONLINE))
    assert contradicted(*GONE_BOTH, probe(7, Verdict.ONLINE))


def test_only_a_probe_within_an_hour_contradicts() -> None:
    """An observation further away than an hour says nothing of it."""
    assert not contradicted()
    assert contradicted(probe(-60, Verdict.GONE_HARD))
    assert not contradicted(probe(-61, Verdict.GONE_HARD))


def test_a_report_s_own_sighting_is_not_contradicted() -> None:
    """It is no person's check: what was seen before the probes began."""
    assert not contradicted(*GONE_BOTH, who="")


def test_a_hidden_vantage_speaks_of_no_check() -> None:
    """It was not asked."""
    assert not contradicted(probe(1, Verdict.GONE_HARD, "hidden"))


@pytest.mark.parametrize("announced", [True, False])
def test_a_refusal_of_the_url_alone_speaks_where_it_counts_as_gone(announced: bool) -> None:
    """An unannounced vantage was refused so too."""
    refused = probe(2, Verdict.BLOCKED, reason=VerdictReason.URL_REFUSED, announced=announced)
    assert contradicted(refused) is not announced


@pytest.mark.parametrize(
    ("entry", "conclusive"),
    [
        (probe(0, Verdict.ONLINE), True),
        (probe(0, Verdict.GONE_SOFT), True),
        (probe(0, Verdict.MOVED, reason=VerdictReason.MOVED), False),
        (probe(0, Verdict.BLOCKED), False),
        (probe(0, Verdict.ONLINE, canary_ok=False), False),
        (TimelineEntry(AT, EntryKind.CONTROL, AT, "north", Verdict.ONLINE), False),
    ],
)
def test_a_dead_canary_s_probe_and_a_control_are_inconclusive(
    entry: TimelineEntry, conclusive: bool
) -> None:
    """It is there, or it is not: a dead canary and a control say neither."""
    assert is_conclusive(entry) is conclusive


def left(*resolutions: TimelineEntry, who: str = "alpha/ann") -> int:
    """Return how many checks are left of a sighting and an absence at one instant."""
    checks = [TimelineEntry(AT, kind, AT, who) for kind in (EntryKind.SEEN, EntryKind.ABSENT)]
    found = of_this_owner(sorted([*resolutions, *checks]))
    return sum(one.kind in (EntryKind.SEEN, EntryKind.ABSENT) for one in found)


def resolved(minutes: float, vantage: str, *, here: bool | None, **said) -> TimelineEntry:
    named = -1 if here is None else int(here)
    return probe(minutes, Verdict.GONE_HARD, vantage, dns_names_owner=named, **said)


def test_a_check_is_about_where_the_name_leads() -> None:
    """The newest resolution before it of each vantage asked says where; none says nothing."""
    away = resolved(-9, "north", here=False), resolved(-8, "south", here=False)
    assert left() == left(resolved(-9, "north", here=None)) == 2
    assert left(*away) == left(*away, who=SOURCE) == left(away[0]) == 0
    assert left(*away, who="") == 2  # what a report says itself is no check
    assert left(*away, resolved(-7, "south", here=True)) == 2
    assert left(*away, resolved(0, "south", here=True)) == 0
    assert left(resolved(-9, "north", here=True), away[1]) == 2
    assert left(resolved(-9, "west", here=True), *away) == 0
    assert left(*away, resolved(-7, "north", here=None), resolved(-6, "south", here=None)) == 2
