"""The topic table: what is kept for ever, what is compacted, who may write."""

import re
from pathlib import Path

import pytest

from schemas import topics
from schemas.chain.leaf import COVERED


def test_names_are_unique_and_versioned() -> None:
    """Each topic has one name, and it ends in its version."""
    names = [spec.name for spec in topics.TOPICS]
    assert len(set(names)) == len(names)
    assert all(name.endswith(".v1") for name in names)


def test_the_ledger_is_kept_for_ever() -> None:
    """No record of the ledger expires, by time or by size, and none is compacted away."""
    kept = (topics.OUTCOMES, topics.REGISTRY, topics.ANSWERS, topics.HANDOVERS, topics.AUDIT)
    for spec in (*topics.LEDGER, *kept, topics.ROOTS):
        config = spec.config()
        assert config["cleanup.policy"] == "delete"
        assert config["retention.ms"] == config["retention.bytes"] == "-1"


def test_the_roots_cover_all_that_is_kept_for_ever() -> None:
    """But for the roots themselves, and for what any topic's table may be made from again."""
    kept = {
        spec.name
        for spec in topics.TOPICS
        if not spec.compacted and spec.retention_ms == topics.FOR_EVER
    }
    assert {spec.name for spec in COVERED} == kept - {topics.ROOTS.name}


def test_only_tables_are_compacted() -> None:
    """The tables of lifecycle, feedback and keys alone keep one record a key, and expire none."""
    tables = [topics.CASES, topics.FEEDBACK_TABLE, topics.KEYS]
    assert [spec for spec in topics.TOPICS if spec.compacted] == tables
    assert {spec.config()["cleanup.policy"] for spec in tables} == {"compact"}


@pytest.mark.parametrize("spec", topics.TOPICS, ids=lambda spec: spec.name)
def test_time_is_the_broker_s(spec: topics.TopicSpec) -> None:
    """received_at is the broker's append time, so no client's clock may stand there."""
    assert spec.config()["message.timestamp.type"] == "LogAppendTime"


def test_the_ledger_and_its_table_are_co_partitioned() -> None:
    """What lifecycle and feedback read and write has the same key and partition count."""
    specs = (*topics.LEDGER, topics.CASES, topics.FEEDBACK_TABLE)
    assert {(spec.key, spec.single) for spec in specs} == {("url_key", False)}


@pytest.mark.parametrize("spec", topics.TOPICS, ids=lambda spec: spec.name)
def test_who_writes_and_reads_is_a_stage_or_a_user(spec: topics.TopicSpec) -> None:
    """Rights at the broker follow from these names, so a name that nobody bears gives no right."""
    assert {*spec.writers, *spec.readers} <= {*topics.ROLES, *topics.USERS}
    assert spec.writers


def test_every_topic_has_a_program() -> None:
    """Something besides topics, rights and the copy of a ledger names each of them."""
    root = Path(__file__).parents[2]
    told = ("agents/edges/kafka/acl.py", "agents/edges/kafka/topic_admin.py")
    left = {*told, "agents/tools/migration/migrate.py"}
    files = [file for part in ("streams", "agents") for file in (root / part).rglob("*.py")]
    texts = [file.read_text() for file in files if str(file.relative_to(root)) not in left]
    names = {id(value): name for name, value in vars(topics).items()}
    for spec in topics.TOPICS:
        word = re.compile(rf"\b{names[id(spec)]}\b")
        topic = re.compile(rf"topics\.{names[id(spec)]}\b|import [^\n]*{word.pattern}")
        used = any("schemas.topics import" in text and word.search(text) for text in texts)
        used = used or any(topic.search(text) for text in texts)
        assert used, spec.name


def test_case_state_has_one_writer() -> None:
    """Nobody but lifecycle writes `cases.v1`."""
    assert topics.CASES.writers == ("lifecycle",)


def test_a_table_is_compacted_within_hours() -> None:
    """Files are closed after an hour or 128 MiB, a fifth superseded suffices, and a day is enough.

    By the broker's defaults a reader of a table goes through a week of all that was written.
    """
    config = topics.CASES.config()
    assert int(config["segment.ms"]) == 3_600_000
    assert int(config["segment.bytes"]) == 134_217_728
    assert float(config["min.cleanable.dirty.ratio"]) <= 0.2
    assert int(config["max.compaction.lag.ms"]) == 86_400_000
