"""One thing that was seen: whether it is a sighting, gone, or a hidden re-check."""

import pytest
from ledger_events import BOTH, ONLINE, observation

from schemas.closed_lists import Verdict
from schemas.codec import FACT
from verify.ledger.facts import Observation, fact
from verify.method_9.timeline_entry import EntryKind, TimelineEntry
from verify.method_9.verdict import Said


def entry(who: str, kind: EntryKind = EntryKind.OBSERVATION, **said) -> TimelineEntry:
    found = fact(FACT.encode(observation(1, ONLINE, who, asked=BOTH)[0]))
    assert isinstance(found, Observation)
    return TimelineEntry(at=1, kind=kind, seen_at=1, who=who, observation=found, **said)


def test_who_was_not_asked_made_a_hidden_re_check() -> None:
    """By an observation; a control is none."""
    assert entry("hidden").by_hidden_vantage
    assert not entry("north").by_hidden_vantage
    assert not entry("hidden", EntryKind.CONTROL).by_hidden_vantage


@pytest.mark.parametrize(
    ("said", "online", "gone"),
    [
        (Said(Verdict.ONLINE), True, False),
        (Said(Verdict.GONE_SOFT), False, True),
        (Said(Verdict.MOVED), False, True),
        (Said(Verdict.MOVED, elsewhere=True), False, False),
        (Said(Verdict.BLOCKED), False, False),
    ],
)
def test_a_sighting_and_gone(said: Said, online: bool, gone: bool) -> None:
    """That somebody else serves it is neither."""
    assert (entry("north", said=said).online, entry("north", said=said).gone) == (online, gone)
