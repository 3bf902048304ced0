"""Entries of one instant have an order, and say what an observation around a norm is."""

import pytest

from schemas.closed_lists import Verdict
from schemas.records.case_observations import BLOCKED, CONCLUSIVE, NOTHING
from streams.lifecycle.evidence.timeline_entry import (
    GONE_OR_MOVED,
    EntryKind,
    TimelineEntry,
    shown_by,
)
from streams.verdicts.reasons import VerdictReason


def test_of_one_instant_words_come_before_what_was_seen() -> None:
    """The case that a report opens holds what is seen at that instant."""
    entries = [TimelineEntry(5, kind, 5) for kind in reversed(EntryKind)]
    assert [entry.kind for entry in sorted(entries)] == list(EntryKind)
    assert EntryKind.REPORT_OR_NOTICE < EntryKind.SEEN < EntryKind.PROBED < EntryKind.LEFT


def test_a_vantage_that_was_not_asked_makes_a_hidden_re_check() -> None:
    """An observation of an order without names is none."""
    probe = TimelineEntry(1, EntryKind.PROBED, 1, "hidden", ordered_vantages=("north", "south"))
    assert probe.recheck
    assert not TimelineEntry(1, EntryKind.PROBED, 1, "north", ordered_vantages=("north",)).recheck
    assert not TimelineEntry(1, EntryKind.PROBED, 1, "north").recheck


@pytest.mark.parametrize(
    ("verdict", "reason", "shown"),
    [
        (Verdict.ONLINE, VerdictReason.ONLINE, CONCLUSIVE),
        *((gone, VerdictReason.NOT_FOUND, CONCLUSIVE) for gone in sorted(GONE_OR_MOVED)),
        (Verdict.MOVED, VerdictReason.MOVED, NOTHING),
        (Verdict.BLOCKED, VerdictReason.FORBIDDEN, BLOCKED),
        (Verdict.BLOCKED, VerdictReason.URL_REFUSED, NOTHING),
        (Verdict.UNREACHABLE, VerdictReason.TIMEOUT, BLOCKED),
        (Verdict.UNKNOWN, VerdictReason.CHANGED, NOTHING),
    ],
)
def test_what_an_observation_around_a_norm_is(verdict, reason, shown) -> None:
    """Shown something, kept from it, or neither: a refusal of the URL alone is no obstruction."""
    assert shown_by(verdict, reason) == shown
