"""What becomes of a hotline's record."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hotline_records import (
    ADMISSION,
    NOW,
    PARTITIONS,
    SNAPSHOT,
    at,
    inbound,
    notice,
    others,
    report,
)
from hypothesis import given
from hypothesis import strategies as st

from agents.edges.crypto.sealing import MonthKey
from schemas.closed_lists import ProofKind, Quarantine, Result
from schemas.codec import HOTLINE, OUTCOME, QUARANTINED, REPORTS_ENTRY
from schemas.identity.ids import keyed_hash, keyed_record_id
from schemas.records.hotline import RECORD_BYTES_MAX, Notice, Proof, SourceStatus
from schemas.seal_context import quarantined_record
from streams.intake.accepted_ids import AcceptedIdIndex
from streams.intake.content import digest_of
from streams.intake.judgement import Inbound, Judgement


def _judge(record: Inbound, index: AcceptedIdIndex | None = None) -> Judgement:
    return ADMISSION.judge(record, SNAPSHOT, index or AcceptedIdIndex())


def _raw(**changes: Any) -> bytes:
    fields = msgspec.json.decode(HOTLINE.encode(report()))
    return msgspec.json.encode({**fields, **changes})


@pytest.mark.parametrize("record", [report(), notice(), *others()])
def test_good_record_of_each_type_is_accepted(record):
    """Each type yields one ledger entry and one outcome, both valid under the contract."""
    judged = _judge(inbound(record))
    assert judged.quarantined is None
    assert judged.entry is not None
    assert REPORTS_ENTRY.decode(REPORTS_ENTRY.encode(judged.entry)) == judged.entry
    assert OUTCOME.decode(OUTCOME.encode(judged.outcome)) == judged.outcome
    assert judged.outcome.result is Result.ACCEPTED
    assert judged.outcome.url_key == judged.entry.url_key
    assert judged.outcome.record_id == judged.entry.record_id
    assert record.id not in (judged.outcome.record_id, judged.entry.sealed_ids)
    assert judged.outcome.type == type(record).__name__.lower()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "malformed"),
        (b"\x00", "malformed"),
        (b"\xff\xfe", "malformed"),
        (b"[" * 5_000, "malformed"),
        (b'"r1"', "malformed"),
        (_raw()[:-1], "malformed"),
        (_raw(id=""), "malformed"),
        (_raw(id="a b"), "malformed"),
        (_raw(url=""), "malformed"),
        (_raw(reported_at="2026-03-07T12:00:00"), "malformed"),
        (_raw(reported_at="1969-12-31T23:59:59Z"), "malformed"),
        (_raw(reported_at="0001-01-01T00:00:00+14:00"), "malformed"),
        (_raw(type="rumour"), "unknown_type"),
        (_raw(v=3), "unknown_version"),
        (_raw(extra="x" * RECORD_BYTES_MAX), "too_large"),
        (_raw(url="http://a.example/" + "\u20ac" * 4_000), "too_large"),
        (_raw(id="other"), "key_mismatch"),
        (_raw(url="ftp://a.example/"), "bad_url"),
        (_raw(url="http://"), "bad_url"),
        (_raw(url="a.example/x"), "bad_url"),
        (_raw(reported_at="9999-12-31T23:59:59-14:00"), "future_time"),
    ],
)
def test_bad_record_is_quarantined_with_its_reason(value, reason):
    """Whatever is wrong with a record, it is kept, sealed, under a closed reason."""
    judged = _judge(inbound(value, key=b"r1"))
    assert judged.entry is None
    assert judged.outcome.result is Result.QUARANTINED
    assert judged.outcome.reason == reason
    assert judged.outcome.url_key is None
    assert judged.quarantined is not None
    assert judged.quarantined.reason == reason
    assert judged.quarantined.origin == judged.outcome.origin
    origin = judged.outcome.origin
    where = f"{origin.topic}/{origin.partition}/{origin.offset}"
    assert judged.quarantined.record == f"{NOW}.{value[:RECORD_BYTES_MAX].hex()}.{where}.record"
    assert OUTCOME.decode(OUTCOME.encode(judged.outcome)) == judged.outcome


def test_longest_record_fits_the_quarantine():
    """A record at the size limit, sealed for real, is within the bound of its field."""
    bound = quarantined_record(inbound(b"x").origin)
    sealed = MonthKey(202603, bytes(32)).seal(b"x" * RECORD_BYTES_MAX, bound)
    judged = _judge(inbound(b"x"))
    assert judged.quarantined is not None
    full = msgspec.structs.replace(judged.quarantined, record=sealed)
    assert QUARANTINED.decode(QUARANTINED.encode(full)) == full


def test_hotline_outside_the_registry_is_refused():
    """A topic alone makes no hotline: the operator must have entered it."""
    assert _judge(inbound(report(), hotline="nobody")).outcome.reason is Quarantine.UNKNOWN_HOTLINE


def test_what_comes_after_a_hotlines_end_is_quarantined():
    """The broker's append time decides, to the millisecond; what came before its end is taken."""
    entry = SNAPSHOT.hotlines[inbound(report()).hotline]
    for until, reason in ((NOW + 1, None), (NOW, Quarantine.HOTLINE_ENDED)):
        ended = msgspec.structs.replace(entry, until=until)
        snapshot = replace(SNAPSHOT, hotlines={entry.id: ended})
        judged = ADMISSION.judge(inbound(report()), snapshot, AcceptedIdIndex())
        assert (judged.outcome.reason, judged.entry is None) == (reason, reason is not None)


KEY = b"the secret of another ledger"
SECRET = "a.example/secret"
"""What a hotline may put in any text of its own choosing: an address."""

OWN_TEXTS = [
    report(SECRET, relayed_from=SECRET),
    notice(
        SECRET,
        reference=f"see https://{SECRET}",
        message_id=f"<1@{SECRET}>",
        envelope_id=SECRET,
        proof=Proof(kind=ProofKind.DSN, digest="5e" * 32),
    ),
]


@pytest.mark.parametrize("record", OWN_TEXTS)
def test_ids_of_a_hotline_stand_behind_its_inbox_as_keyed_hashes(record):
    """An id may hold an address: it is accepted, hashed, and in clear in the sealed field only."""
    judged = _judge(inbound(record))
    assert judged.entry is not None
    where = f".{judged.entry.url_key}.sealed_ids"
    assert judged.entry.sealed_ids.endswith(where)
    ids = bytes.fromhex(judged.entry.sealed_ids.removesuffix(where).removeprefix(f"{NOW}."))
    own = {"id": SECRET}
    if isinstance(record, Notice):
        names = ("reference", "message_id", "envelope_id")
        own |= {name: getattr(record, name) for name in names}
    assert msgspec.json.decode(ids) == own
    for raw in (REPORTS_ENTRY.encode(judged.entry), OUTCOME.encode(judged.outcome)):
        assert b"example" not in raw
        assert b"5e" * 16 not in raw


@pytest.mark.parametrize("record", [report(), notice(), *others()])
def test_nothing_kept_confirms_a_guess_without_the_secret(record):
    """Ids and digests follow from the secret: under another one all of them are others."""
    keys = replace(ADMISSION.keys, hash=lambda purpose, text: keyed_hash(KEY, purpose, text))
    ours = _judge(inbound(record))
    theirs = replace(ADMISSION, keys=keys).judge(inbound(record), SNAPSHOT, AcceptedIdIndex())
    assert (
        ours.outcome.digest != theirs.outcome.digest == keyed_hash(KEY, "digest", digest_of(record))
    )
    assert ours.outcome.record_id != theirs.outcome.record_id


@pytest.mark.parametrize(
    "key", [b"", b"\xff\x00", b"http://a.example/x", b"x" * 129, b"a b", b"r1"]
)
def test_the_key_of_a_refused_record_is_never_repeated(key):
    """An outcome names a key by its keyed hash; the key itself is sealed in quarantine."""
    judged = _judge(inbound(b"{", key=key))
    name = judged.outcome.record_id
    assert name == keyed_record_id(ADMISSION.keys.hash, "line", key.decode("latin-1"))
    assert judged.outcome.reason is Quarantine.MALFORMED
    assert judged.quarantined is not None
    assert judged.quarantined.key.startswith(f"{NOW}.{key.hex()}.hotline.line.v1/")


def test_record_in_a_foreign_partition_is_refused():
    """A producer with another partitioner would hide duplicates from each other."""
    record = inbound(report())
    wrong = (record.origin.partition + 1) % PARTITIONS
    moved = msgspec.structs.replace(record.origin, partition=wrong)
    judged = _judge(Inbound(hotline="line", origin=moved, key=record.key, value=record.value))
    assert judged.outcome.reason is Quarantine.KEY_MISMATCH


def test_a_partition_found_for_many_keys_at_once_counts_as_the_one_found_here():
    """Whoever hands in where the key belongs gets the same judgement, and is held to it."""
    record = inbound(report())
    here = record.origin.partition
    found = msgspec.structs.replace(record, home=here)
    assert _judge(found).outcome == _judge(record).outcome
    elsewhere = msgspec.structs.replace(record, home=(here + 1) % PARTITIONS)
    assert _judge(elsewhere).outcome.reason is Quarantine.KEY_MISMATCH


@pytest.mark.parametrize(
    "make",
    [
        lambda t: report(reported_at=t),
        lambda t: report(seen_at=t),
        lambda t: report(source=SourceStatus(status="online", last_online=t)),
        lambda t: notice(sent_at=t),
        lambda t: notice(delivered_at=t),
        lambda t: msgspec.structs.replace(others()[0], withdrawn_at=t),
        lambda t: msgspec.structs.replace(others()[1], checked_at=t),
        lambda t: msgspec.structs.replace(others()[2], answered_at=t),
    ],
)
def test_time_may_be_five_minutes_ahead_and_no_more(make):
    """Every time of every type: 300 s after it was received is taken, a millisecond more not."""
    assert _judge(inbound(make(at(300)))).outcome.result is Result.ACCEPTED
    assert _judge(inbound(make(at(300.001)))).outcome.reason is Quarantine.FUTURE_TIME


_CONTENTS = [
    report(id, url=url, replays=replays)
    for id in ("r1", "r2", "r3")
    for url in ("http://a.example/1", "http://a.example/2")
    for replays in (None, "hotline.line.v1/0/1")
]


@given(
    st.lists(st.sampled_from([*_CONTENTS, b"{"]), max_size=12),
    st.lists(st.integers(0, 11), max_size=8),
)
def test_redelivery_changes_no_outcome(records, cuts):
    """However often and from wherever back the log is read again, each origin has one outcome.

    Before every pass the ids are learned anew from the outcomes written so far, as after a crash.
    """
    log = [inbound(record, offset=offset) for offset, record in enumerate(records)]
    written: list[Judgement] = []
    outcomes: dict[int, Judgement] = {}
    for start in (*cuts, 0):
        index = AcceptedIdIndex()
        for judged in written:
            index.learn(judged.outcome)
        for record in log[start:] if start <= len(outcomes) else log:
            judged = _judge(record, index)
            index.learn(judged.outcome)
            written.append(judged)
            assert outcomes.setdefault(record.origin.offset, judged) == judged
    first: dict[str, str] = {}
    for offset, record in enumerate(records):
        outcome = outcomes[offset].outcome
        if isinstance(record, bytes):
            assert outcome.reason is Quarantine.MALFORMED
        elif record.id not in first:
            assert outcome.result is Result.ACCEPTED
            first[record.id] = record.url
        elif first[record.id] == record.url:
            assert outcome.result is Result.DUPLICATE
        else:
            assert outcome.reason is Quarantine.CONFLICT


def test_same_id_of_two_hotlines_is_two_records():
    """A hotline's ids are its own."""
    index = AcceptedIdIndex()
    index.learn(_judge(inbound(report(), hotline="line")).outcome)
    judged = _judge(inbound(report(url="http://b.example/"), hotline="archive", offset=9), index)
    assert judged.outcome.result is Result.ACCEPTED


def test_quarantined_record_reserves_no_id():
    """After a bad record the id is free for the good one."""
    index = AcceptedIdIndex()
    index.learn(_judge(inbound(report(url="ftp://a.example/"))).outcome)
    assert _judge(inbound(report(), offset=1), index).outcome.result is Result.ACCEPTED
