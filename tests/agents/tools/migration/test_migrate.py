"""A ledger of an earlier release is copied in this release's records, proved, and then removed."""

import asyncio
import os
from pathlib import Path

import fork_server
import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from command import hostwatch, said
from old_ledger import (
    PARTITIONS,
    LedgerRow,
    OldLedger,
    at,
    held,
    migrate,
    of,
    pairs,
    prefixes,
    quiet,
    topics,
)

from agents.edges.crypto.ledger_keys import LedgerKeys
from agents.edges.kafka import topic_admin
from agents.engine.read.bulk import read_partitions
from agents.errors import UserError
from agents.tools.migration.setup import migrated
from schemas import codec
from schemas.closed_lists import Quarantine, Result
from schemas.identity.ids import keyed_digest, keyed_record_id
from schemas.records.facts import Decision, Observation
from schemas.records.processing import Origin, OutcomeRecord
from schemas.records.reports import NoticeAccepted, ReportAccepted, ReportsEntry
from schemas.seal_context import hotline_ids, reported_url
from streams.intake.accepted_ids import AcceptedIdIndex
from streams.intake.entries import KeyOperations
from streams.intake.judgement import Inbound, RecordAdmission
from streams.registry.snapshot import RegistryHistory

LEDGER = ("reports.v1", "facts.v1", "decisions.v1", "outcomes.v1", "registry.v1", "quarantine.v1")
STEPS = (
    "copying facts.v1",
    "copying outcomes.v1",
    "comparing records",
    "comparing cases",
    "beginning inboxes",
)
JANUARY_ENDS = 1_769_904_000_000


async def test_a_ledger_is_copied_proved_and_removed(ledger, tmp_path):
    """The command keeps every record, its order and its time, and then the old ledger is gone."""
    old, new = prefixes(ledger)
    kafka = ledger.settings.kafka
    async with hostwatch(
        tmp_path,
        "topics",
        "migrate",
        "--from-prefix",
        old,
        "--to-prefix",
        new,
        "--yes",
        KAFKA__BOOTSTRAP=kafka.bootstrap,
        KAFKA__PARTITIONS=str(PARTITIONS),
        KEY_FILE=str(ledger.settings.key_file),
        STATE_DIR=str(tmp_path),
    ) as process:
        assert await asyncio.wait_for(process.wait(), 120) == 0, said(tmp_path)
    assert "cases agree in both ledgers" in said(tmp_path)
    assert await topics(ledger, old) == {}
    for topic in LEDGER:
        for row, copy in pairs(ledger, await held(ledger, topic), topic):
            assert (copy.partition, copy.appended_at) == (row.partition, row.at)
    wanted = topic_admin.wanted(at(ledger, new), ["alpha"])
    assert await topic_admin.plan(at(ledger, new), wanted) == []  # the broker's own time again


async def test_what_the_copy_says(ledger):
    """Ids and digests are keyed, types closed; what a destroyed month sealed is as it was."""
    await migrate(ledger)
    keys = LedgerKeys(at(ledger, prefixes(ledger)[1]))
    await keys.start()
    ring = keys.ring
    try:
        entries = pairs(ledger, await held(ledger, "reports.v1"), "reports.v1")
        for row, copy in entries:
            before, after = (
                codec.REPORTS_ENTRY.decode(row.value),
                codec.REPORTS_ENTRY.decode(copy.value),
            )
            _holds(ring, before, after, gone=row.at < JANUARY_ENDS)
        for row, copy in pairs(ledger, await held(ledger, "outcomes.v1"), "outcomes.v1"):
            was, now = codec.OUTCOME.decode(row.value), codec.OUTCOME.decode(copy.value)
            name = keyed_record_id(ring.hash, was.hotline, was.record_id)
            digest = keyed_digest(ring.hash, was.digest) if was.digest else ""
            assert (now.v, now.record_id, now.digest, now.origin) == (2, name, digest, was.origin)
            assert copy.key == name.encode()
        facts = [codec.FACT.decode(copy.value) for copy in await held(ledger, "facts.v1")]
        types = {fact.facts.type for fact in facts if isinstance(fact, Observation)}
        assert types == {"image/jpeg", "text/html", "other"}
        (made,) = [codec.DECISION.decode(c.value) for c in await held(ledger, "decisions.v1")]
        assert isinstance(made, Decision)
        assert made.v == 1
    finally:
        await keys.stop()
    for topic in ("reports.v1", "facts.v1", "outcomes.v1", "quarantine.v1"):
        for copy in await held(ledger, topic):
            assert b"example" not in copy.key + copy.value
            assert b"of-its-own" not in copy.value
            assert b"ref a.b" not in copy.value


def _holds(ring, before: ReportsEntry, after: ReportsEntry, *, gone: bool) -> None:
    assert after.v == 2
    assert after.record_id == keyed_record_id(ring.hash, before.hotline, before.record_id)
    if isinstance(after, NoticeAccepted) and isinstance(before, NoticeAccepted):
        assert (after.reference is None) == (before.reference is None)
        assert after.reference is None or after.reference != before.reference
        assert after.term_s == before.term_s
    if gone:
        assert after.sealed_ids == ""
        assert getattr(after, "sealed", "") == getattr(before, "sealed", "")
        return
    ids = msgspec.json.decode(ring.open(after.sealed_ids, hotline_ids(after.url_key)).reveal())
    assert ids["id"] == before.record_id
    if isinstance(after, ReportAccepted) and isinstance(before, ReportAccepted):
        assert after.sealed != before.sealed
        url = ring.open(after.sealed, reported_url(after.url_key)).reveal()
        assert url.startswith("http://a.example/")


async def test_intake_knows_what_was_sent_before(ledger):
    """After it a record sent again is a duplicate, and one id with other content a conflict."""
    await migrate(ledger)
    memories = [AcceptedIdIndex() for _ in range(PARTITIONS)]
    outcomes = [codec.OUTCOME.decode(copy.value) for copy in await held(ledger, "outcomes.v1")]
    for outcome in outcomes:
        memories[outcome.origin.partition].learn(outcome)
    registry_history = RegistryHistory(
        [codec.REGISTRY.decode(c.value) for c in await held(ledger, "registry.v1")]
    )
    keys = LedgerKeys(at(ledger, prefixes(ledger)[1]))
    ring = keys.ring
    keys = KeyOperations(url_key=ring.url_key, hash=ring.hash, seal=lambda *_: "sealed")
    admission = RecordAdmission(keys=keys, partitions=PARTITIONS)

    def said_of(row: LedgerRow, value: bytes) -> OutcomeRecord:
        origin = Origin(topic=row.topic, partition=row.partition, offset=10_000, appended_at=row.at)
        inbound = Inbound(hotline="alpha", origin=origin, key=row.key, value=value)
        return admission.judge(
            inbound, registry_history.at(row.at), memories[row.partition]
        ).outcome

    accepted = {o.origin.offset: o for o in outcomes if o.result is Result.ACCEPTED}
    again = [
        said_of(row, row.value)
        for row in of(ledger, "hotline.alpha.v1")
        if row.offset in accepted and accepted[row.offset].origin.partition == row.partition
    ]
    assert again
    assert {outcome.result for outcome in again} == {Result.DUPLICATE}
    row = next(row for row in of(ledger, "hotline.alpha.v1") if row.key == b"n1")
    other = said_of(row, row.value.replace(b"a.example", b"b.example"))
    assert (other.result, other.reason) == (Result.QUARANTINED, Quarantine.CONFLICT)


async def test_it_goes_on_where_it_was_killed(ledger):
    """Killed without warning at any step, the next run finishes, and no record is there twice."""
    old, new = prefixes(ledger)
    child = Path(__file__).parents[3] / "support" / "ledgers" / "migrating_process.py"
    for step in STEPS:
        process = await fork_server.start(
            (ledger.settings.model_dump_json(), old, new, step),
            Path(__file__).parents[4],
            os.environ,
            program=fork_server.script(str(child)),
        )
        assert await asyncio.wait_for(process.wait(), 120) == -9, step
    done = await migrate(ledger)
    assert done.urls == 24
    for topic in LEDGER:
        assert len(await held(ledger, topic)) == done.records[topic] == len(of(ledger, topic))
    assert await topics(ledger, old) == {}


async def test_inboxes_and_groups_go_on_where_they_were(ledger):
    """An origin names one record for ever, and nothing is handled twice by the new workers."""
    await migrate(ledger)
    settings = at(ledger, prefixes(ledger)[1])
    ends = dict.fromkeys(range(PARTITIONS), 0)
    for row in of(ledger, "hotline.alpha.v1"):
        ends[row.partition] = row.offset + 1
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka.bootstrap)
    await producer.start()
    try:
        topic = f"{settings.kafka.topic_prefix}hotline.alpha.v1"
        for partition, end in ends.items():
            sent = await producer.send_and_wait(topic, b"{}", partition=partition)
            assert sent.offset == end
    finally:
        await producer.stop()
    first = [r async for rs in read_partitions(settings, "hotline.alpha.v1", range(2)) for r in rs]
    assert [record.value for record in first] == [b"{}"] * PARTITIONS


@pytest.mark.parametrize("fault", ["at work", "not taken in", "no ledger", "another ledger"])
async def test_what_is_refused_leaves_the_old_ledger_as_it_was(ledger, fault):
    """Each refusal says what to do, in one line, and removes nothing."""
    old, new = prefixes(ledger)
    pair, words = (old, new), ""
    if fault == "not taken in":
        await ledger.commit("intake", "hotline.alpha.v1", dict.fromkeys(range(PARTITIONS), 0))
        words = "without an outcome"
    elif fault == "no ledger":
        pair, words = ("nowhere.", new), "check --from-prefix"
    elif fault == "another ledger":
        await topic_admin.apply(at(ledger, new), topic_admin.wanted(at(ledger, new), [])[1:4])
        words = "choose another --to-prefix"
    if fault == "at work":
        await _refused_while_at_work(ledger, pair)
    else:
        with pytest.raises(UserError, match=words):
            await migrated(ledger.settings, pair, quiet, keep=False)
    assert set(LEDGER) <= (await topics(ledger, old)).keys()


async def _refused_while_at_work(ledger: OldLedger, pair: tuple[str, str]) -> None:
    consumer = AIOKafkaConsumer(
        f"{pair[0]}reports.v1",
        bootstrap_servers=ledger.settings.kafka.bootstrap,
        group_id=f"{pair[0]}attribution",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        with pytest.raises(UserError, match="stop all workers"):
            await migrated(ledger.settings, pair, quiet, keep=False)
    finally:
        await consumer.stop()
