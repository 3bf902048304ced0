"""What a hotline may send: what is too long, unknown or without a zone is refused."""

from typing import Any

import msgspec
import pytest

from schemas.records.hotline import (
    RECORD_BYTES_MAX,
    URL_BYTES_MAX,
    Answer,
    Check,
    HotlineRecord,
    Notice,
    Proof,
    Report,
    SourceStatus,
    Withdrawal,
)

NOW = "2026-06-01T00:00:00Z"
HEAD = {"v": 2, "id": "r1", "url": "https://practice.test/a"}
REPORT = HEAD | {"type": "report", "reported_at": NOW}
NOTICE = HEAD | {"type": "notice", "recipient": "acme", "sent_at": NOW, "result": "sent"}
CHECK = HEAD | {"type": "check", "checked_at": NOW, "result": "present"}
ANSWER = HEAD | {"type": "answer", "answered_at": NOW, "recipient": "acme", "answer": "removed"}
WITHDRAWAL = HEAD | {"type": "withdrawal", "withdrawn_at": NOW}


def read(fields: dict[str, Any]) -> Any:
    return msgspec.json.decode(msgspec.json.encode(fields), type=HotlineRecord)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        (REPORT, Report),
        (NOTICE, Notice),
        (CHECK, Check),
        (ANSWER, Answer),
        (WITHDRAWAL, Withdrawal),
    ],
)
def test_a_record_is_of_the_type_that_it_names(fields: dict[str, Any], kind: type) -> None:
    """And it needs no more than these fields."""
    assert type(read(fields)) is kind
    with pytest.raises(msgspec.ValidationError):
        read(fields | {"type": "other"})


@pytest.mark.parametrize("name", ["v", "id", "url", "reported_at"])
def test_a_report_without_a_required_field_is_refused(name: str) -> None:
    """What every record needs, and its time."""
    with pytest.raises(msgspec.ValidationError, match=name):
        read({key: value for key, value in REPORT.items() if key != name})


@pytest.mark.parametrize(
    "wrong",
    [
        {"v": 3},
        {"id": ""},
        {"id": "a b"},
        {"id": "a\n"},
        {"id": "é"},
        {"id": "a" * 129},
        {"url": ""},
        {"reported_at": "2026-06-01T00:00:00"},
        {"category": "nice"},
        {"source": {"status": "online\n"}},
    ],
)
def test_a_report_is_refused(wrong: dict[str, Any]) -> None:
    """A time without a zone, an id that is no printable word, a value outside a list."""
    with pytest.raises(msgspec.ValidationError):
        read(REPORT | wrong)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({"term_s": 59}, {"term_s": 60}),
        ({"term_s": 2_592_001}, {"term_s": 2_592_000}),
        ({"channel": "pigeon"}, {"channel": "letter"}),
        ({"message_id": "a b"}, {"message_id": "<a@practice.test>"}),
        (
            {"proof": {"kind": "dsn", "digest": "0" * 63}},
            {"proof": {"kind": "dsn", "digest": "0" * 64}},
        ),
    ],
)
def test_a_notice_is_refused_beyond_its_bounds(wrong: Any, right: Any) -> None:
    """A term has from a minute to 30 days; a digest is a SHA-256."""
    assert read(NOTICE | right)
    with pytest.raises(msgspec.ValidationError):
        read(NOTICE | wrong)


def test_a_field_that_was_not_sent_is_not_written() -> None:
    """So the digest of a record of version 1 is what it was."""
    again = msgspec.to_builtins(read(REPORT))
    added = {"category", "site_type", "relayed_from", "origin_disclosed", "probing"}
    assert not added & again.keys()
    assert msgspec.to_builtins(read(REPORT | {"category": None}))["category"] is None


def test_the_longest_url_fits_a_record_with_room() -> None:
    """Times and names beside it need less than three times as much."""
    assert RECORD_BYTES_MAX >= 4 * URL_BYTES_MAX


def test_a_source_and_a_proof_say_one_thing_at_least() -> None:
    """A status; a kind."""
    assert msgspec.convert({"status": "offline"}, SourceStatus).last_online is None
    assert msgspec.convert({"kind": "mdn"}, Proof).digest is None
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({}, Proof)
