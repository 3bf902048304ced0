"""Laws of the ids that a table of cases tells: those of `cases.v1`, in little room."""

import tracemalloc
from random import Random

from cases import START, case
from ledger_events import KEY
from msgspec.structs import replace
from random_history import random_history

from schemas.closed_lists import Role
from schemas.codec import STATE
from schemas.identity.ids import case_id
from schemas.packing import json_of
from streams import lifecycle
from streams.rollup.case_ids import CaseIds
from streams.rollup.case_table import CaseTable, UrlCases

HISTORIES = 150
GROUP = ("alpha", Role.HOSTING)
URLS = 1_000
KEPT_BYTES_MAX = 250
"""Of a URL whose id cannot be reckoned; some 200 bytes."""


def test_the_ids_of_any_history_are_those_of_its_cases():
    """Renamed, moved, re-attributed, grouped: of the record, its JSON and the state alike."""
    kept = 0
    for seed in range(HISTORIES):
        known = random_history(Random(seed))
        state, key = lifecycle.advance(KEY, None, known), bytes.fromhex(KEY)
        expected = sorted((case.hoster, case.role, case.case_id) for case in state.cases)
        packed, text, plain = CaseTable(), CaseTable(), CaseTable()
        packed.put_record(key, STATE.encode(state), START)
        text.put_record(key, json_of(state), START)
        plain.put(key, UrlCases(state.reports, state.cases), START)
        for table in (packed, text, plain):
            found = [(*group, id) for group, named in table.of_url(key) for id, _ in named]
            assert sorted(found) == expected, seed
        for group in packed.groups():
            (_, rows), ids = packed.held(group).urls[0], packed.held(group).ids
            assert [ids.of(key, n) for n in range(len(rows))] == [
                case.case_id for case in state.cases if (case.hoster, case.role) == group
            ]
            kept += len(ids.kept)
    assert kept


def test_only_ids_that_cannot_be_reckoned_are_kept():
    """A hoster has one owner for nearly all of its cases, so nearly none is."""
    ids = CaseIds()
    for n in range(URLS):
        key = n.to_bytes(16)
        ids.take(GROUP, key, "holding", [case_id(key.hex(), "holding", Role.HOSTING, 0)])
    assert not ids.of(GROUP).kept
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for n in range(URLS):
        key = n.to_bytes(16)
        ids.take(GROUP, key, "alpha", [case_id(key.hex(), "as64500", Role.HOSTING, 0)])
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert len(ids.of(GROUP).kept) == URLS
    assert used <= KEPT_BYTES_MAX * URLS


def test_the_newest_record_of_a_url_names_its_cases():
    """What was kept of an older one is forgotten, and what was given before is not changed."""
    table, key = CaseTable(), bytes(16)
    table.put(key, UrlCases((), (replace(case(), case_id="a" * 24),)), START)
    given = table.held(GROUP)
    reckoned = case_id(key.hex(), "alpha", Role.HOSTING, 0)
    table.put(key, UrlCases((), (replace(case(), case_id=reckoned),)), START)
    assert [id for _, named in table.of_url(key) for id, _ in named] == [reckoned]
    assert given.ids.of(key, 0) == "a" * 24
    table.drop(key)
    assert not table.held(GROUP).ids.kept
