"""What the table of lifecycle costs: bytes an open case, seconds a look."""

import base64
import gc
import random
import time
import tracemalloc
from itertools import chain

import pytest
from ledger_events import BOTH, KEY, ONLINE, START, at, look, notice, place, placed, report, slot

from agents.casestore import CaseStore
from schemas.codec import STATE
from schemas.moments import HOUR_MS
from streams import lifecycle
from streams.schedule import TIMETABLE_H

pytestmark = pytest.mark.bench

CASES = 100_000
BYTES_PER_CASE_MAX = 2_048
LOOKS = 200

SEALED = 93, 48
"""Bytes of a sealed URL of 60 bytes, and of a sealed address."""


def texts(chance: random.Random) -> dict[bytes, bytes]:
    """Return what differs from case to case and does not shrink: sealed texts and hashes."""
    url, address = (base64.urlsafe_b64encode(chance.randbytes(n)) for n in SEALED)
    return {
        KEY.encode(): chance.randbytes(16).hex().encode(),
        b"sealed-alpha-r1": url,
        b"sealed-address": address,
        b"key-acme": chance.randbytes(16).hex().encode(),
    }


def open_case() -> bytes:
    """Return the state of a URL seen online by two vantages for a day after its notice."""
    chance = random.Random(1)
    where = place(sealed="sealed-address")
    resolved = [placed(h, where, vantage=v) for v in BOTH for h in (0, 0.25)]
    hours = [hour * (1 + chance.random() / 100) for hour in TIMETABLE_H if hour < 24]
    looks = [
        slot(hour, ONLINE) if not hour else [look(hour, ONLINE, vantage) for vantage in BOTH]
        for hour in hours
    ]
    happened = [report(seen=0), placed(0, where), notice(0), *resolved, *chain(*looks)]
    state = lifecycle.advance(KEY, None, happened)
    assert state.cases[0].noticed_at == START
    return STATE.encode(state)


def test_bytes_per_open_case(record_property):
    """An open case, a day old and looked at by two vantages, takes at most two kibibytes."""
    encoded = open_case()
    chance = random.Random(2)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    table = CaseStore()
    for number in range(CASES):
        state = encoded
        own = texts(chance)
        for text, other in own.items():
            state = state.replace(text, other)
        key = own[KEY.encode()].decode()
        table.keep(key, state)
        table.ask(key, at(24) + number)
        table.ordered_until[key[:24]] = at(23) + number
    gc.collect()
    bytes_per_case = (tracemalloc.get_traced_memory()[0] - before) / CASES
    tracemalloc.stop()
    record_property("bytes_per_open_case", round(bytes_per_case))
    print(f"\nlifecycle: {bytes_per_case:.0f} bytes per open case ({CASES:,} cases)")  # noqa: T201 - a bench reports
    assert bytes_per_case <= BYTES_PER_CASE_MAX


def test_seconds_per_look(record_property):
    """A look is folded onto an open case a day old; the figure has no limit of its own."""
    table = CaseStore()
    table.keep(KEY, open_case())
    begun = time.perf_counter()
    for number in range(LOOKS):
        seen, appended_at = look(24, ONLINE)
        happened = [(seen, appended_at + number % HOUR_MS)]
        state = lifecycle.advance(KEY, table.held(KEY), happened)
        assert STATE.encode(state)
    ms_per_look = (time.perf_counter() - begun) / LOOKS * 1e3
    record_property("ms_per_look", round(ms_per_look, 2))
    print(f"\nlifecycle: {ms_per_look:.2f} ms to fold one look onto a case a day old")  # noqa: T201 - a bench reports
