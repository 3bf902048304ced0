"""The records of a flood, judged by intake's own rules."""

import random
from collections import Counter, defaultdict
from functools import cache

import pytest
from hotline_records import ADMISSION

from schemas import codec
from schemas.closed_lists import Quarantine, Result
from schemas.identity.ids import canonical, partition_of
from schemas.moments import instant
from schemas.records.processing import Origin
from sim.load import shares
from sim.load.mix import Mix
from sim.load.places import NOBODYS, Places, hosters
from sim.load.practice import checked, registry
from streams.intake.accepted_ids import AcceptedIdIndex
from streams.intake.judgement import Inbound
from streams.registry.snapshot import RegistryHistory

BEGUN_AT = 1_770_000_000_000
COUNT = 20_000
STEP_MS = 2
ENTRIES = registry(3)


@cache
def flood(seed=1, count=COUNT, *, named=True, run=BEGUN_AT):
    chance = random.Random(seed)
    mix = Mix(chance, checked(ENTRIES), Places(chance, hosters(ENTRIES), named=named), run)
    return [mix.record(BEGUN_AT + number * STEP_MS) for number in range(count)]


def test_each_record_becomes_what_it_was_made_for():
    """Judged in order by intake's rules, every record has the outcome that is expected of it."""
    snapshot = RegistryHistory(ENTRIES).at(BEGUN_AT)
    memories, ends = defaultdict(AcceptedIdIndex), Counter()
    for event in flood():
        partition = partition_of(event.key, ADMISSION.partitions)
        where = event.hotline, partition
        origin = Origin(
            topic=f"hotline.{event.hotline}.v1",
            partition=partition,
            offset=ends[where],
            appended_at=event.at,
        )
        ends[where] += 1
        inbound = Inbound(hotline=event.hotline, origin=origin, key=event.key, value=event.value)
        outcome = ADMISSION.judge(inbound, snapshot, memories[partition]).outcome
        memories[partition].learn(outcome)
        assert (outcome.result, outcome.reason) == (event.result, event.reason)


def test_every_kind_of_record_and_of_fault_is_there():
    """All five types, duplicates and all eight reasons that a known hotline's record can have."""
    events = flood()
    assert {event.type for event in events} >= {
        "report",
        "notice",
        "answer",
        "check",
        "withdrawal",
    }
    assert any(event.result is Result.DUPLICATE for event in events)
    assert {event.reason for event in events} == {
        None,
        *set(Quarantine)
        - {
            Quarantine.UNKNOWN_HOTLINE,
            Quarantine.HOTLINE_ENDED,
            Quarantine.UNREADABLE,
            Quarantine.TOO_MANY,
        },
    }


def test_a_seed_repeats_its_flood_and_runs_do_not_repeat_each_other():
    """Equal seeds and runs give equal bytes; another run on the same ledger shares no id."""
    assert flood(count=500) == flood.__wrapped__(count=500)
    first, second = flood(count=500), flood(count=500, run=BEGUN_AT + 1)
    assert not {event.key for event in first} & {event.key for event in second}


def accepted(events):
    taken = (codec.decode_hotline(e.value) for e in events if e.result is Result.ACCEPTED)
    return [(type(record).__name__, record) for record in taken]


def test_urls_are_nobodys_and_shaped_as_reported_ones():
    """Hosts are addresses of nobody or names under .example, and come again as real ones do."""
    urls = [canonical(r.url) for kind, r in accepted(flood()) if kind == "Report"]
    for url in urls:
        free = any(url.host.startswith(str(net).split(".", maxsplit=1)[0] + ".") for net in NOBODYS)
        assert url.host.endswith(".example") or (url.literal and free)
    again = 1 - len({url.host for url in urls}) / len(urls)
    assert again == pytest.approx(1 - shares.NEW_HOST, abs=0.1)


def test_without_a_name_server_on_loopback_no_host_has_a_name():
    """Nothing that is made up leads to a question to somebody's name server."""
    assert all(canonical(r.url).literal for _, r in accepted(flood(count=2_000, named=False)))


def test_records_come_late_and_out_of_order():
    """Some reports are days old, and some notices arrive before their report."""
    kinds = accepted(flood())
    reports = [record for kind, record in kinds if kind == "Report"]
    assert any(BEGUN_AT - instant(record.reported_at) > 86_400_000 for record in reports)
    arrived = {record.id: number for number, (_, record) in enumerate(kinds)}
    early = [
        id
        for id, number in arrived.items()
        if id.startswith("n-") and number < arrived.get(f"r{id[1:]}", -1)
    ]
    assert early
