"""Intake on a real broker."""

from collections import Counter

import pytest
from hotline_records import report
from intake_world import PARTITIONS, IntakeWorld, world
from msgspec.structs import replace

from agents.engine.stage import Send, UnreadableInboxBatch
from schemas.closed_lists import AnswerKind, Quarantine, Result
from schemas.codec import ANSWER, HOTLINE, OUTCOME, QUARANTINED, REPORTS_ENTRY
from schemas.moments import moment
from schemas.records.feedback import HosterAnswer
from schemas.records.hotline import HotlineRecord
from schemas.records.processing import OutcomeRecord
from schemas.records.reports import OWN_PAGE, AnswerAccepted
from schemas.seal_context import hotline_ids, quarantined_key, quarantined_record, reported_url

INBOX = "hotline.line.v1"
EARLY = moment(1_700_000_000_000)


@pytest.fixture
async def ledger(bootstrap, tmp_path):
    async with world(bootstrap, tmp_path) as made:
        yield made


def _sent(record: HotlineRecord | bytes, key: bytes | None = None) -> Send:
    if isinstance(record, bytes):
        return Send(INBOX, b"row" if key is None else key, record)
    return Send(INBOX, record.id.encode() if key is None else key, HOTLINE.encode(record))


RECORDS = [
    *(_sent(report(f"r{n}", url=f"http://a.example/{n}", reported_at=EARLY)) for n in range(30)),
    _sent(report("r1", url="http://a.example/1", reported_at=EARLY)),
    _sent(report("r2", url="http://other.example/", reported_at=EARLY)),
    _sent(report("bad", url="ftp://a.example/", reported_at=EARLY)),
    _sent(b"{half"),
    _sent(b"{half", key=b""),
    _sent(report("x", reported_at=EARLY), key=b"y"),
    Send(INBOX, b"tombstone", None),
    _sent(report("at-a.example", url="http://a.example/x", reported_at=EARLY)),
]


async def _written(ledger: IntakeWorld) -> list[OutcomeRecord]:
    """Return all outcomes, in the order of each partition."""
    return [OUTCOME.decode(record.value) for record in await ledger.read("outcomes.v1")]


async def _outcomes(ledger: IntakeWorld) -> dict[tuple[int, int], tuple[Result, Quarantine | None]]:
    """Return the outcome of every origin; more than one must be the same."""
    found: dict[tuple[int, int], tuple[Result, Quarantine | None]] = {}
    for record in await ledger.read("outcomes.v1"):
        outcome = OUTCOME.decode(record.value)
        assert record.key == outcome.record_id.encode()
        assert record.partition == outcome.origin.partition
        origin = (outcome.origin.partition, outcome.origin.offset)
        said = (outcome.result, outcome.reason)
        assert found.setdefault(origin, said) == said
    return found


async def test_every_record_has_an_outcome_and_its_followers(ledger):
    """Each record is accounted for once; the ledger holds the accepted, sealed, by url_key."""
    await ledger.outbox.send(RECORDS)
    async with ledger.intake() as intake:
        await ledger.work_off(intake, INBOX)
    outcomes = await _outcomes(ledger)
    assert len(outcomes) == len(RECORDS)
    assert Counter(outcomes.values()) == {
        (Result.ACCEPTED, None): 31,
        (Result.DUPLICATE, None): 1,
        (Result.QUARANTINED, Quarantine.CONFLICT): 1,
        (Result.QUARANTINED, Quarantine.BAD_URL): 1,
        (Result.QUARANTINED, Quarantine.MALFORMED): 3,
        (Result.QUARANTINED, Quarantine.KEY_MISMATCH): 1,
    }
    entries = [
        (record.key, REPORTS_ENTRY.decode(record.value))
        for record in await ledger.read("reports.v1")
    ]
    assert all(key == entry.url_key.encode() for key, entry in entries)
    urls = {
        ledger.keyring.open(entry.sealed, reported_url(entry.url_key)).reveal()
        for _, entry in entries
    }
    assert urls == {f"http://a.example/{n}" for n in [*range(30), "x"]}
    ids = {
        ledger.keyring.open(entry.sealed_ids, hotline_ids(entry.url_key)).reveal()
        for _, entry in entries
    }
    assert '{"id":"at-a.example"}' in ids
    kept = [QUARANTINED.decode(record.value) for record in await ledger.read("quarantine.v1")]
    opened = [
        ledger.keyring.open_bytes(found.record, quarantined_record(found.origin)).reveal()
        for found in kept
    ]
    assert opened.count(b"{half") == 2
    keys = [
        ledger.keyring.open_bytes(found.key, quarantined_key(found.origin)).reveal()
        for found in kept
    ]
    assert {b"", b"tombstone"} < set(keys)


async def test_a_list_may_hold_records_of_several_inboxes(ledger):
    """Ids of two hotlines in one list are each hotline's own, whatever stands between them."""
    archive = "hotline.archive.v1"
    sent = _sent(report("r1", reported_at=EARLY))
    await ledger.outbox.send([sent, sent, Send(archive, sent.key, sent.value)])
    (first, again), (other,) = [
        [r for p in range(PARTITIONS) for r in await ledger.read(topic, p)]
        for topic in (INBOX, archive)
    ]
    async with ledger.intake() as intake:
        await intake.handle([first, other, again])
    assert Counter((one.hotline, one.result) for one in await _written(ledger)) == {
        ("line", Result.ACCEPTED): 1,
        ("line", Result.DUPLICATE): 1,
        ("archive", Result.ACCEPTED): 1,
    }


async def test_a_batch_that_cannot_be_read_has_one_outcome(ledger):
    """It covers the batch's offsets; quarantine keeps its place and a keyed digest, no content."""
    unreadable = UnreadableInboxBatch(
        topic=INBOX,
        partition=1,
        offset=40,
        last_offset=49,
        appended_at=1_790_000_000_000,
        key=b"",
        value=b"",
        fault=Quarantine.TOO_LARGE,
        digest="ab" * 32,
    )
    async with ledger.intake() as intake:
        await intake.handle([unreadable])
    (record,) = await ledger.read("outcomes.v1", 1)
    outcome = OUTCOME.decode(record.value)
    assert (outcome.result, outcome.reason) == (Result.QUARANTINED, Quarantine.TOO_LARGE)
    origin = outcome.origin
    assert (origin.partition, origin.offset, origin.last, origin.records) == (1, 40, 49, 10)
    (kept,) = [QUARANTINED.decode(one.value) for one in await ledger.read("quarantine.v1")]
    assert (kept.origin, kept.reason, kept.record) == (origin, Quarantine.TOO_LARGE, "")
    assert len(kept.digest) == 32
    assert kept.digest not in unreadable.digest


async def test_hosters_answers_come_in_beside_the_inboxes(ledger):
    """Each becomes an entry of its URL, once; a bad one is quarantined, and no hotline is told."""
    said = HosterAnswer(
        id="1f" * 16,
        hoster="north",
        case_id="2e" * 12,
        url_key="ab" * 16,
        answered_at=1_700_000_000_000,
        answer=AnswerKind.DISPUTED,
    )
    sent = Send("answers.v1", b"north", ANSWER.encode(said))
    await ledger.outbox.send([sent, sent, Send("answers.v1", b"north", b"{")])
    for _ in range(2):  # killed before its offset was committed, intake does all of it again
        async with ledger.intake() as intake:
            assert "answers.v1" in intake.topics
            assert intake.hotlines == {"line", "archive"}
            await ledger.work_off(intake, "answers.v1")
    assert Counter((await _outcomes(ledger)).values()) == {
        (Result.ACCEPTED, None): 1,
        (Result.DUPLICATE, None): 1,
        (Result.QUARANTINED, Quarantine.MALFORMED): 1,
    }
    entries = {record.value: record.key for record in await ledger.read("reports.v1")}
    ((value, key),) = entries.items()
    entry = REPORTS_ENTRY.decode(value)
    assert isinstance(entry, AnswerAccepted)
    assert (key, entry.recipient, entry.hotline) == (b"ab" * 16, "north", OWN_PAGE)
    async with ledger.intake() as intake:
        (stood, *_) = [r for p in range(PARTITIONS) for r in await ledger.read("answers.v1", p)]
        await intake.set_aside([stood])
    assert OUTCOME.decode((await ledger.read("outcomes.v1"))[-1].value).hotline == OWN_PAGE


async def test_a_partition_that_the_ledger_has_not_got_is_refused(ledger):
    """An inbox that was given more partitions is read on, and what lies there has its outcome."""
    beyond = PARTITIONS + 4
    await ledger.outbox.send([_sent(report("r1", reported_at=EARLY))])
    (stands,) = [r for p in range(PARTITIONS) for r in await ledger.read(INBOX, p)]
    async with ledger.intake() as intake:
        await intake.assigned(frozenset({0, beyond}))
        await intake.handle([replace(stands, partition=beyond)])
    (outcome,) = [OUTCOME.decode(one.value) for one in await ledger.read("outcomes.v1")]
    assert (outcome.reason, outcome.origin.partition) == (Quarantine.KEY_MISMATCH, beyond)


async def test_no_url_stands_open_behind_the_inbox(ledger):
    """Neither values nor keys of what intake writes hold an address that came in."""
    hostile = [_sent(b"{", key=b"http://a.example/secret"), *RECORDS]
    await ledger.outbox.send(hostile)
    async with ledger.intake() as intake:
        await ledger.work_off(intake, INBOX)
    for topic in ("reports.v1", "outcomes.v1", "quarantine.v1"):
        for record in await ledger.read(topic):
            assert b"example" not in record.key + record.value


async def test_restart_without_commit_changes_no_outcome(ledger):
    """An intake that died before its offset was committed does it all again, with one result."""
    await ledger.outbox.send(RECORDS)
    async with ledger.intake() as intake:
        await ledger.work_off(intake, INBOX)
    first = await _outcomes(ledger)
    async with ledger.intake() as intake:
        await ledger.work_off(intake, INBOX)
    assert await _outcomes(ledger) == first
    ids = Counter(
        REPORTS_ENTRY.decode(record.value).record_id for record in await ledger.read("reports.v1")
    )
    assert set(ids.values()) == {2}  # made again; lifecycle drops the second by its identity


async def test_memory_survives_a_restart_and_ends_with_ownership(ledger):
    """A new owner knows from the outcomes what was accepted; a former one holds nothing."""
    await ledger.outbox.send([_sent(report("r1", reported_at=EARLY))])
    async with ledger.intake() as intake:
        await ledger.work_off(intake, INBOX)
        await intake.revoked(frozenset(range(PARTITIONS)))
        records = [r for p in range(PARTITIONS) for r in await ledger.read(INBOX, p)]
        with pytest.raises(KeyError):
            await intake.handle(records)
    await ledger.outbox.send([_sent(report("r1", reported_at=EARLY))])
    async with ledger.intake() as intake:
        (again,) = [r for p in range(PARTITIONS) for r in (await ledger.read(INBOX, p))[1:]]
        await intake.handle([again])
    assert Counter(found.result for found in await _written(ledger)) == {
        Result.ACCEPTED: 1,
        Result.DUPLICATE: 1,
    }
