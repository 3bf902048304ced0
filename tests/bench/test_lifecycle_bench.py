"""What the table of lifecycle costs: bytes an open case, microseconds an observation."""

import base64
import gc
import random
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import chain, cycle, product

import msgspec
import pytest
from harness import SMALL, least_us, metered, scaled
from ledger_events import (
    BOTH,
    CONTROL,
    GONE,
    KEY,
    LIMITED,
    NORTH,
    ONLINE,
    START,
    at,
    notice,
    observation,
    place,
    placed,
    report,
    slot,
)
from msgspec.structs import replace

from agents.config import ProbeSettings, VantageSettings
from agents.stages.cases.case_store import CaseStore
from schemas.closed_lists import Target
from schemas.codec import FACT, STATE
from schemas.moments import HOUR_MS
from schemas.packing.tracks import observations_of
from schemas.records.case import UrlState
from schemas.records.facts import Facts, Observation
from streams import lifecycle
from streams.schedule.control_slots import with_controls
from streams.schedule.orders import Orders
from streams.schedule.slots import slots
from streams.schedule.timing_wheel import Wheel
from streams.timetable import TIMETABLE_H

pytestmark = pytest.mark.bench

CASES = scaled(100_000)
BYTES_PER_CASE_MAX = 1.2 * 1_024

OBSERVATIONS = scaled(500)
ROUNDS = 7

SEALED = 96, 96
"""Bytes of a sealed URL of 60 bytes, and of a sealed address."""

STARTED_MS, TOOK_MS = (5, 4_000), (40, 900)
"""When a request goes out after its slot, and how long its answer takes."""


def texts(chance: random.Random) -> dict[bytes, bytes]:
    """Return what differs from case to case and does not shrink: sealed texts and hashes."""
    url, address = (base64.urlsafe_b64encode(chance.randbytes(n)) for n in SEALED)
    return {
        KEY.encode(): chance.randbytes(16).hex().encode(),
        b"sealed-alpha-r1": url,
        b"sealed-address": address,
        b"key-acme": chance.randbytes(16).hex().encode(),
    }


def open_case() -> UrlState:
    """Return the state of a URL seen online by two vantages for a day after its notice."""
    chance = random.Random(1)
    where = place(sealed="sealed-address")
    resolved = [placed(h, where, vantage=v) for v in BOTH for h in (0, 0.25)]
    hours = [hour * (1 + chance.random() / 100) for hour in TIMETABLE_H if hour < 24]
    observations = [
        slot(hour, ONLINE) if not hour else [observation(hour, ONLINE, vantage) for vantage in BOTH]
        for hour in hours
    ]
    timed = []
    for seen, _ in chain(*observations):
        sent_at = seen.slot_at + chance.randrange(*STARTED_MS)
        done_at = sent_at + chance.randrange(*TOOK_MS)
        timed.append((replace(seen, sent_at=sent_at, done_at=done_at), done_at))
    happened = [report(seen=0), placed(0, where), notice(0), *resolved, *timed]
    state = lifecycle.advance(KEY, None, happened)
    assert state.cases[0].noticed_at == START
    return state


def record_of(text: bytes, own: dict[bytes, bytes]) -> bytes:
    """Return a record of `cases.v1`: a state's JSON with texts of its own, packed."""
    for common, other in own.items():
        text = text.replace(common, other)
    return STATE.encode(STATE.decode(text))


def microseconds(work: Callable[[], object]) -> float:
    """Return the CPU time of one call, the least of some rounds."""
    return least_us(lambda _: work(), range(OBSERVATIONS), ROUNDS)


def test_bytes_per_open_case(told):
    """A day-old open case of two vantages takes at most 1.2 KiB, its place on the wheel counted."""
    text = msgspec.json.encode(open_case())
    chance = random.Random(2)
    owned = [texts(chance) for _ in range(CASES)]
    made = [(own[KEY.encode()].decode(), record_of(text, own)) for own in owned]
    gc.collect()
    tracemalloc.start()  # only now: making a record takes several times as long while it counts
    before = tracemalloc.get_traced_memory()[0]
    table = CaseStore()
    for number, (key, record) in enumerate(made):
        table.hold([(key.encode(), bytes(bytearray(record)))])  # a copy of its own, which counts
        table.wheel.schedule(key, at(24) + number)
        table.wheel.order(key, key[:24], at(23) + number)
    gc.collect()
    bytes_per_case = (tracemalloc.get_traced_memory()[0] - before) / CASES
    tracemalloc.stop()
    told(
        f"lifecycle: {bytes_per_case:.0f} bytes per open case ({CASES:,} cases), "
        f"{len(record)} of them its record",
        bytes_per_open_case=round(bytes_per_case),
    )
    assert SMALL or bytes_per_case <= BYTES_PER_CASE_MAX


@pytest.mark.parametrize(
    ("seen", "short", "said"),
    [(ONLINE, True, "as expected"), (GONE, False, "judged with all others")],
    ids=["expected", "judged"],
)
def test_an_observation_is_decoded_folded_and_encoded_at_a_measured_cost(
    told, seen: Facts, short: bool, said: str
):
    """An observation is decoded, folded onto an open case a day old, and encoded."""
    record = record_of(msgspec.json.encode(open_case()), texts(random.Random(2)))
    state = STATE.decode(record)
    key = state.url_key
    record = STATE.encode(lifecycle.advance(key, state, []))  # ids of cases follow from the key
    turns = cycle(
        [observation(23.9, seen), observation(23.91, seen)]
    )  # of none the same was judged last
    fact = FACT.encode(next(turns)[0])
    assert (lifecycle.update_record(key, record, [next(turns)]).state is None) is short
    decode_us = microseconds(lambda: FACT.decode(fact))
    fold_us = microseconds(lambda: lifecycle.update_record(key, record, [next(turns)]).record_value)
    first_us = microseconds(lambda: first(key, record, next(turns)))
    told(
        f"lifecycle: an observation {said}: {decode_us:.1f} us to decode it, "
        f"{fold_us:.1f} us to fold it, "
        f"{first_us:.1f} us where nothing is kept of its URL",
        **{f"us_per_observation_{'expected' if short else 'judged'}": round(fold_us, 1)},
    )


def first(key: str, record: bytes, seen: tuple[Observation, int]) -> bytes:
    """Fold an observation of a URL none of whose observations were judged lately."""
    lifecycle.kept_statements.cache_clear()
    observations_of.cache_clear()
    return lifecycle.update_record(key, record, [seen]).record_value


def test_a_report_is_folded_and_its_probes_are_ordered_at_a_measured_cost(told):
    """A report is folded as it was reported and as it is placed; its first probes are ordered."""
    own = {old.decode(): new.decode() for old, new in texts(random.Random(2)).items()}
    reported, reported_at = report(seen=0)
    reported = replace(reported, sealed=own["sealed-alpha-r1"])
    where = place(sealed=own["sealed-address"])
    placement = replace(where, address_key=own["key-acme"])
    happened = [(reported, reported_at)]
    record = lifecycle.update_record(KEY, None, happened).record_value
    after = lifecycle.update_record(KEY, record, [placed(0.01, placement)])
    orders = Orders([VantageSettings(id=NORTH)], ProbeSettings())
    assert len(orders.due(Wheel(), after.state, at(0.01))) == len(Target) - 1
    parts = {
        "as reported": microseconds(lambda: lifecycle.update_record(KEY, None, happened)),
        "as placed": microseconds(
            lambda: lifecycle.update_record(KEY, record, [placed(0.01, placement)])
        ),
        "its orders": microseconds(lambda: orders.due(Wheel(), after.state, at(0.01))),
    }
    said = ", ".join(f"{name} {us:.1f} us" for name, us in parts.items())
    figures = {f"us_per_report_{name}": round(us, 1) for name, us in parts.items()}
    told(f"lifecycle: a report {said}", **figures)


LIVES = scaled(20)
LIFE_H = 24 * 20
ENDS_H = (3, 20, 50, 100, None)
"""When the material goes: hours after the report; None = it stays."""


def life(chance: random.Random, gone: Facts, ends_h: float | None) -> Iterator[tuple[bool, float]]:
    """Fold a case's observations in the order of their answers, as its timetable asks for them.

    Yields for each whether it took the fast path, and the CPU seconds.
    """
    told = [report(seen=0), placed(0, place(sealed="sealed-address")), notice(0)]
    record = lifecycle.update_record(KEY, None, told).record_value
    newest = 0
    while True:
        state = STATE.decode(record)
        (case,) = state.cases
        planned = next((found for found in slots(case) if found.at > newest), None)
        if planned is None or planned.at > at(LIFE_H):
            return
        planned = with_controls(planned, state, case, BOTH)
        newest = planned.at
        here = ends_h is None or newest < at(ends_h)
        seen = []
        for vantage, target in product(BOTH, planned.targets):
            facts = CONTROL if target is not Target.URL else ONLINE if here else gone
            one, _ = observation((newest - START) / HOUR_MS, facts, vantage, target=target)
            sent_at = newest + chance.randrange(*STARTED_MS)
            done_at = sent_at + chance.randrange(*TOOK_MS)
            seen.append((replace(one, slot_at=newest, sent_at=sent_at, done_at=done_at), done_at))
        for one in sorted(seen, key=lambda found: found[1]):
            meter = metered()
            after = lifecycle.update_record(KEY, record, [one])
            yield after.state is None, meter.measured().cpu_s
            record = after.record_value


def test_microseconds_over_a_life(told):
    """Observations of cases that end in removal or hide, in the mix in which they come."""
    chance = random.Random(3)
    folded = [
        one
        for number in range(LIVES)
        for one in life(chance, LIMITED if number % 4 == 0 else GONE, ENDS_H[number % len(ENDS_H)])
    ]
    short = [cost for was_short, cost in folded if was_short]
    mean_us = sum(cost for _, cost in folded) / len(folded) * 1e6
    told(
        f"lifecycle: {len(folded):,} observations of {LIVES} cases, "
        f"{len(short) / len(folded):.0%} as expected at "
        f"{sum(short) / len(short) * 1e6:.1f} us, all at {mean_us:.1f} us to fold",
        us_per_observation_over_a_life=round(mean_us, 1),
    )
    assert short
