"""Laws of the accounts: what may not be read is neither found fault with nor taken for settled."""

import json

import msgspec
import pytest

from verify.compared.accounts import Accounts
from verify.compared.compare import FOREIGN, Difference, key_of
from verify.compared.outcomes import InboxPartition

KEY = "0f" * 16
ENTRY = {
    "type": "report",
    "url_key": KEY,
    "hotline": "north",
    "record_id": "r-1",
    "received_at": 1_790_000_000_000,
}
PLACE = ("hotline.north.v1", 0)


def test_offsets_without_an_outcome_are_told_where_the_inbox_may_not_be_read() -> None:
    """They may be marks of a transaction or lost records: verify says how many, and no more."""
    books = Accounts()
    closed = InboxPartition(begin=2, committed=5, end=5, closed=True)
    assert books.unread({PLACE: closed}) == 3
    assert books.unread({PLACE: closed._replace(closed=False)}) == 0
    assert list(books.differences({PLACE: closed}, quarantine_whole=True)) == []


def test_an_entry_whose_outcome_is_still_to_come_is_no_difference() -> None:
    """Of a closed inbox the ids are not known: while anything waits there its hotline's may be."""
    books = Accounts()
    books.add_entry(KEY, json.dumps(ENTRY).encode())
    waits = InboxPartition(begin=0, committed=0, end=1, closed=True)
    assert list(books.differences({PLACE: waits}, quarantine_whole=True)) == []
    settled = waits._replace(committed=1)
    (found,) = books.differences({PLACE: settled}, quarantine_whole=True)
    assert found.what.startswith("outcome of an entry")
    (found,) = books.differences({("hotline.south.v1", 0): waits}, quarantine_whole=True)
    assert found.what.startswith("outcome of an entry")


def test_a_hosters_own_answer_is_accounted_for_like_a_hotlines_record() -> None:
    """One without an outcome, or with an outcome and no entry, is told."""
    place = ("answers.v1", 0)
    lost = InboxPartition(begin=0, committed=1, end=1, records=frozenset({0}))
    (found,) = Accounts().differences({place: lost}, quarantine_whole=True)
    assert found.what == "outcome (answers.v1/0/0 of own-page)"
    books = Accounts()
    origin = {"topic": place[0], "partition": 0, "offset": 0}
    outcome = {"hotline": "own-page", "record_id": "r-1", "result": "accepted", "type": "answer"}
    books.add_outcome(json.dumps({**outcome, "url_key": KEY, "origin": origin}).encode())
    assert len(list(books.differences({place: lost}, quarantine_whole=True))) == 1
    books.add_entry(KEY, json.dumps({**ENTRY, "hotline": "own-page", "type": "answer"}).encode())
    assert list(books.differences({place: lost}, quarantine_whole=True)) == []


def test_nothing_of_a_foreign_record_is_shown() -> None:
    """Whatever stands in its key or its fields: it is told as unreadable, or as foreign."""
    secret = "http://secret.example/"
    books = Accounts()
    books.add_entry(KEY, json.dumps(ENTRY).encode())
    for name in ("type", "url_key", "hotline"):
        books.add_entry(key_of(secret.encode()), json.dumps({**ENTRY, name: secret}).encode())
    for spoiled in (
        {"hotline": secret},
        {"type": secret},
        {"url_key": secret},
        {"origin": {"topic": secret, "partition": 0, "offset": 0}},
    ):
        outcome = {
            "hotline": "north",
            "record_id": secret,
            "result": "accepted",
            "type": "report",
            "url_key": KEY,
            "origin": {"topic": PLACE[0], "partition": 0, "offset": 0},
        }
        with pytest.raises(msgspec.DecodeError):
            books.add_outcome(json.dumps({**outcome, **spoiled}).encode())
    empty = InboxPartition(begin=0, committed=1, end=1)
    found = list(books.differences({PLACE: empty}, quarantine_whole=True))
    assert [one.what for one in found][:3] == ["entry"] * 3
    assert "secret" not in str(found)
    assert "secret" not in str(books.per_hotline())
    shown = Difference(
        what="x", ledger=secret, published=secret, url_key=secret, case_id=secret, hoster=secret
    )
    assert "secret" not in str(shown)


@pytest.mark.parametrize("key", [b"", b"http://x", b"0F" * 16, b"0f" * 17, b"0f" * 16 + b"\n"])
def test_a_key_that_is_no_url_key_is_foreign(key: bytes) -> None:
    """A record's key is shown only in the form of ours."""
    assert key_of(key) == FOREIGN
    assert key_of(KEY.encode()) == KEY


def spoilt(first: int, last: int | None = None) -> bytes:
    origin = {"topic": PLACE[0], "partition": PLACE[1], "offset": first}
    if last is not None:
        origin["last_offset"] = last
    outcome = {"hotline": "north", "record_id": "r", "result": "quarantined", "origin": origin}
    return json.dumps({**outcome, "reason": "unreadable"}).encode()


def test_a_batch_that_could_not_be_read_settles_all_its_offsets() -> None:
    """It counts as its records; a second one of the same origin is a rewritten one."""
    books = Accounts()
    for value in (spoilt(3, 7), spoilt(3, 7), spoilt(8)):
        books.add_outcome(value)
    assert not books.lacking(*PLACE, 3, 9)
    assert books.lacking(*PLACE, 3, 10)
    assert books.per_hotline()["north"]["quarantined"] == 6
    assert books.rewritten == 1
