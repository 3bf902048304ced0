"""What is stated of a URL is worked out once: no probe changes it."""

import pytest
from ledger_events import (
    BOTH,
    GONE,
    KEY,
    NORTH,
    ONLINE,
    SOUTH,
    at,
    check,
    fold,
    notice,
    observation,
    place,
    placed,
    report,
    slots,
    withdrawal,
)
from msgspec.structs import replace

from schemas import packing
from schemas.codec import STATE
from streams import lifecycle
from streams.lifecycle.evidence.hosting_spells import hosting_spells
from streams.lifecycle.evidence.sightings import probed
from streams.lifecycle.result.url_statements import statements_of

TOLD = [report(seen=0), placed(), notice(1), check(5), withdrawal(9), report(30, id="r2")]


def never(_owner, _at):
    """Nobody is joined with anybody, so nobody asks."""
    raise AssertionError


def test_statements_ask_no_probe():
    """They are the same for a state and for the state without its probes."""
    state = fold(*TOLD, slots([2, 3, 40], ONLINE, BOTH))
    bare = replace(state, tracks=(), fingerprints=())
    known, again = statements_of(state, never), statements_of(bare, never)
    for statements in (known, again):
        statements.url.state = bare
        for one in statements.spells:
            one.walked = None
    assert known == again


def joined():
    """Return two owners that a group joins after probes found one of them gone."""
    return [
        report(seen=0),
        placed(0, place(), place("other")),
        notice(1),
        slots([2], ONLINE),
        slots([5, 5.3, 5.6], GONE, BOTH),
        placed(20, place(group="holding"), place("other", group="holding")),
    ]


def test_what_came_of_probes_is_kept_by_vantage():
    """A probe of one vantage leaves what another's came to."""
    state = fold(*TOLD, slots([2, 3], ONLINE, BOTH))
    (spell,), kept = hosting_spells(state)[0], {}
    assert probed(state, spell, kept) == probed(state, spell)
    south = kept[SOUTH]
    after = fold(*TOLD, slots([2, 3], ONLINE, BOTH), observation(4, ONLINE, NORTH))
    assert probed(after, spell, kept) == probed(after, spell)
    assert kept[SOUTH] is south
    hidden = fold(*TOLD, slots([2, 3], ONLINE, BOTH), observation(4, GONE, "hidden", asked=BOTH))
    assert probed(hidden, spell, kept) == probed(hidden, spell)


@pytest.mark.parametrize("told", [TOLD, joined()], ids=["plain", "joined"])
def test_a_probe_is_judged_alike_whether_statements_are_kept(told):
    """What is kept of a URL, and what rests on its probes, change no byte of its record."""
    state = fold(*told)
    record = STATE.encode(state)
    turns = [(41, NORTH), (41, NORTH), (42, NORTH), (42, SOUTH), (43, SOUTH), (60, NORTH)]
    for hours, vantage in turns:
        seen = observation(hours, GONE if hours < 43 else ONLINE, vantage)
        state = lifecycle.advance(KEY, state, [seen])
        record = lifecycle.update_record(KEY, record, [seen]).record_value
        assert record == STATE.encode(state)
    assert state.newest_at == at(60) + 300


def test_of_a_url_with_very_many_probes_what_came_of_them_is_not_kept(monkeypatch):
    """So the memory of all that is kept has a limit; the record is the same."""
    monkeypatch.setattr(lifecycle, "ENTRIES_KEPT_MAX", 10)
    lifecycle.kept_statements.cache_clear()
    state = fold(*TOLD)
    record = STATE.encode(state)
    kept = []
    for hour in range(41, 60):
        seen = observation(hour, GONE if hour % 2 else ONLINE, NORTH)
        state = lifecycle.advance(KEY, state, [seen])
        record = lifecycle.update_record(KEY, record, [seen]).record_value
        assert record == STATE.encode(state)
        _, statements = lifecycle.kept_statements(packing.cold_part_of(record))
        kept.append(statements.entries_kept())
    assert max(kept) == 10
    assert kept[-1] == 0
