"""Laws of the accounts: what may not be read is neither found fault with nor taken for settled."""

import json

from agents.verify.accounts import Accounts, Inbox

ENTRY = {
    "type": "report",
    "url_key": "k",
    "hotline": "north",
    "record_id": "r-1",
    "received_at": 1_790_000_000_000,
}
PLACE = ("hotline.north.v1", 0)


def test_offsets_without_an_outcome_are_told_where_the_inbox_may_not_be_read() -> None:
    """They may be marks of a transaction or lost records: verify says how many, and no more."""
    books = Accounts()
    closed = Inbox(begin=2, committed=5, end=5, closed=True)
    assert books.unread({PLACE: closed}) == 3
    assert books.unread({PLACE: closed._replace(closed=False)}) == 0
    assert list(books.differences({PLACE: closed}, quarantine_whole=True)) == []


def test_an_entry_whose_outcome_is_still_to_come_is_no_difference() -> None:
    """Of a closed inbox the ids are not known: while anything waits there its hotline's may be."""
    books = Accounts()
    books.add_entry("k", json.dumps(ENTRY).encode())
    waits = Inbox(begin=0, committed=0, end=1, closed=True)
    assert list(books.differences({PLACE: waits}, quarantine_whole=True)) == []
    settled = waits._replace(committed=1)
    (found,) = books.differences({PLACE: settled}, quarantine_whole=True)
    assert found.what.startswith("outcome of an entry")
    (found,) = books.differences({("hotline.south.v1", 0): waits}, quarantine_whole=True)
    assert found.what.startswith("outcome of an entry")


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
