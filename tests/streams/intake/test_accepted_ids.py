"""What intake remembers of a partition."""

from collections import Counter
from itertools import chain

import pytest
from hotline_records import ADMISSION, NOW, PARTITIONS, SNAPSHOT, inbound, notice, report
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from schemas.closed_lists import Quarantine, Result
from schemas.identity.ids import keyed_digest, keyed_record_id
from schemas.moments import DAY_MS
from schemas.records.processing import OutcomeRecord
from streams.intake.accepted_ids import AcceptedIdIndex, OldLedger
from streams.intake.content import digest_of
from streams.intake.judgement import OF_URL_AND_DAY_MAX, Inbound

HASH = ADMISSION.keys.hash


def _name(id: str) -> str:
    return keyed_record_id(HASH, "line", id)


def _accepted(id: str, offset: int, url: str = "http://a.example/") -> OutcomeRecord:
    record = inbound(report(id, url=url), offset=offset)
    return ADMISSION.judge(record, SNAPSHOT, AcceptedIdIndex()).outcome


@given(st.permutations([_accepted("a", 1), _accepted("a", 7), _accepted("b", 3)] * 2))
def test_order_and_repetition_of_outcomes_do_not_matter(outcomes):
    """The first acceptance of an id is remembered, in whatever order outcomes are read."""
    seen = AcceptedIdIndex()
    for outcome in outcomes:
        seen.learn(outcome)
    first = seen.known(_name("a"))
    assert first is not None
    assert first.offset == 1
    assert first.digest == keyed_digest(HASH, digest_of(report("a", url="http://a.example/")))
    assert len(seen) == 2


def test_only_accepted_records_are_remembered():
    """Quarantined and duplicate records leave no trace."""
    seen = AcceptedIdIndex()
    seen.learn(ADMISSION.judge(inbound(b"{"), SNAPSHOT, seen).outcome)
    assert len(seen) == 0
    assert seen.known(_name("row")) is None


def test_memory_is_bounded_and_forgets_the_oldest():
    """Over the bound the id learned first goes."""
    seen = AcceptedIdIndex(records_max=2)
    for offset, id in enumerate("abc"):
        seen.learn(_accepted(id, offset))
    assert [seen.known(_name(id)) is not None for id in "abc"] == [False, True, True]


def test_a_ledger_of_version_1_is_refused():
    """Its ids are not ours: a record sent again would be taken for another one."""
    with pytest.raises(OldLedger):
        AcceptedIdIndex().learn(structs.replace(_accepted("a", 1), v=1))


MANY = 6 * OF_URL_AND_DAY_MAX
SHARE = OF_URL_AND_DAY_MAX // PARTITIONS


def _judged(records: list[Inbound], indexes: dict[int, AcceptedIdIndex]) -> list[OutcomeRecord]:
    """Judge records in turn, as the owners of their partitions do."""
    found = []
    for record in records:
        index = indexes.setdefault(record.origin.partition, AcceptedIdIndex())
        found.append(ADMISSION.judge(record, SNAPSHOT, index).outcome)
        index.learn(found[-1])
    return found


def _reports(day: int = 0, *, hotline: str = "line", many: int = MANY) -> list[Inbound]:
    """Return reports of one URL on one day."""
    return [
        inbound(
            report(f"r{day}-{n}"),
            offset=MANY * day + n,
            hotline=hotline,
            appended_at=NOW + day * DAY_MS + n,
        )
        for n in range(many)
    ]


def test_of_one_url_hotline_kind_and_day_no_more_are_accepted():
    """The first of each partition are, up to its share; the rest is quarantined, and is no id."""
    indexes: dict[int, AcceptedIdIndex] = {}
    outcomes = _judged(_reports(), indexes)
    accepted = Counter(o.origin.partition for o in outcomes if o.result is Result.ACCEPTED)
    assert accepted == dict.fromkeys(range(PARTITIONS), SHARE)
    assert accepted.total() == OF_URL_AND_DAY_MAX
    refused = [o for o in outcomes if o.result is not Result.ACCEPTED]
    assert {(o.result, o.reason) for o in refused} == {(Result.QUARANTINED, Quarantine.TOO_MANY)}
    assert all(indexes[o.origin.partition].known(o.record_id) is None for o in refused)


def test_another_day_hotline_kind_or_url_has_its_own_share():
    """And an id that is sent again takes nothing of it."""
    indexes: dict[int, AcceptedIdIndex] = {}
    first = _judged(_reports(many=MANY), indexes)
    again = [one for one, o in zip(_reports(), first, strict=True) if o.result is Result.ACCEPTED]
    resent = [
        structs.replace(one, origin=structs.replace(one.origin, offset=9_000 + n))
        for n, one in enumerate(again)
    ]
    assert {o.result for o in _judged(resent, indexes)} == {Result.DUPLICATE}
    others = [
        *_reports(1, many=PARTITIONS),
        inbound(notice("n"), offset=20_000),
        inbound(report("u", url="http://b.example/"), offset=20_001),
        inbound(report("r"), offset=20_002, hotline="archive"),
    ]
    assert {o.reason for o in _judged(others, indexes)} == {None}


def test_records_delivered_again_have_the_same_outcome():
    """After a crash at any point, when the ids are learned anew from the outcomes."""
    records = list(chain(_reports(), _reports(3), _reports(9)))
    outcomes = _judged(records, {})
    told: dict[int, AcceptedIdIndex] = {}
    for outcome in outcomes:
        told.setdefault(outcome.origin.partition, AcceptedIdIndex()).learn(outcome)
    assert _judged(records, told) == outcomes


def test_what_is_counted_is_bounded():
    """The newest day of each hotline and the one before, whatever the others' are."""
    index = AcceptedIdIndex()
    for day in (0, 7, 8, 9):
        for record in _reports(day, many=3):
            index.learn(ADMISSION.judge(record, SNAPSHOT, AcceptedIdIndex()).outcome)
    late = _reports(2, hotline="archive", many=1)[0]
    index.learn(ADMISSION.judge(late, SNAPSHOT, AcceptedIdIndex()).outcome)
    assert {hotline: sorted(days) for hotline, days in index._counts.items()} == {
        "line": [NOW // DAY_MS + day for day in (8, 9)],
        "archive": [NOW // DAY_MS + 2],
    }


def test_ids_that_were_taken_out_of_memory_are_found_deeper():
    """What stands on disk is no new id, counts once, and is looked up once a record."""
    disk: dict[bytes, bytes] = {}
    asked = []

    def lookup_on_disk(name: bytes) -> bytes | None:
        asked.append(name)
        return disk.get(name)

    index = AcceptedIdIndex(2, lookup_on_disk)
    records = [inbound(report(f"d{n}", url=f"http://{n}.example/"), offset=n) for n in range(6)]
    for record in records:
        index.learn(ADMISSION.judge(record, SNAPSHOT, index).outcome)
        ids, _ = index.taken()
        disk |= {name: packed for name, packed, _ in ids}
    assert len(asked) == len(records) == len(disk)
    assert len(index) <= 3
    again = [structs.replace(r, origin=structs.replace(r.origin, offset=90)) for r in records]
    outcomes = [ADMISSION.judge(record, SNAPSHOT, index).outcome for record in again]
    assert {outcome.result for outcome in outcomes} == {Result.DUPLICATE}
    for outcome in [ADMISSION.judge(record, SNAPSHOT, index).outcome for record in records]:
        index.learn(outcome)
    assert (index.new, index.taken()) == (0, ([], []))


def test_nothing_is_forgotten_before_it_stands_on_disk():
    """Over the bound, what is new stays in memory until it was taken."""
    index = AcceptedIdIndex(2, lambda _: None)
    for n in range(5):
        index.learn(_accepted(f"x{n}", n))
    assert len(index) == index.new == 5
    index.taken()
    assert index.new == 0


def test_counts_are_taken_up_again():
    """A restart that reads ids from disk refuses the same records."""
    indexes: dict[int, AcceptedIdIndex] = {}
    told: dict[int, AcceptedIdIndex] = {}
    disks: dict[int, dict[bytes, bytes]] = {p: {} for p in range(PARTITIONS)}
    for p, disk in disks.items():
        indexes[p] = AcceptedIdIndex(lookup_on_disk=disk.get)
    first = _judged(_reports(), indexes)
    for p, index in indexes.items():
        ids, counts = index.taken()
        disks[p] |= {name: packed for name, packed, _ in ids}
        told[p] = AcceptedIdIndex(lookup_on_disk=disks[p].get)
        told[p].recount(counts)
    more = [inbound(report(f"m{n}"), offset=50_000 + n) for n in range(40)]
    assert {o.reason for o in _judged(more, told)} == {Quarantine.TOO_MANY}
    assert [o.result for o in first].count(Result.ACCEPTED) == OF_URL_AND_DAY_MAX
