"""A walk that begins where the last one came to is a walk from the start."""

from random import Random

import pytest
from ledger_events import at, fold
from random_history import random_history

from schemas.closed_lists import Verdict
from streams.lifecycle.evidence.hosting_spells import hosting_spells
from streams.lifecycle.evidence.hotline_statements import statements_about
from streams.lifecycle.evidence.timeline import timeline_of
from streams.lifecycle.evidence.timeline_entry import EntryKind, TimelineEntry
from streams.lifecycle.machine import walk as walks
from streams.lifecycle.machine.walk import APART, NEWEST, Checkpoint, walk


@pytest.mark.parametrize("seed", range(20))
def test_a_checkpoint_changes_nothing(seed: int):
    """Whether evidence comes at the end, in between, or says something else than before."""
    chance, kept = Random(seed), Checkpoint()
    state = fold(*random_history(chance))
    for spell in hosting_spells(state)[0]:
        seen = timeline_of(state, spell, statements_about(state, spell))
        for count in range(0, len(seen), 3):
            assert walk(seen[:count], at(0), kept) == walk(seen[:count], at(0))
            fewer = sorted(chance.sample(seen[:count], count * 9 // 10))
            assert walk(fewer, at(0), kept) == walk(fewer, at(0))


def test_the_newest_entries_are_steps_from_the_checkpoint(monkeypatch):
    """An entry that is newer than all that was there costs no walk from the start."""
    seen = [
        TimelineEntry(n, EntryKind.PROBED, n, "north", Verdict.GONE_HARD, slot_at=n)
        for n in range(200)
    ]
    kept, taken = Checkpoint(), []
    walk(seen[:-1], 0, kept)
    whole = walk(seen, 0)
    take = walks.apply_entry
    monkeypatch.setattr(walks, "apply_entry", lambda *its: taken.append(take(*its)))
    assert walk(seen, 0, kept) == whole
    assert len(taken) <= NEWEST + APART
