"""What intake wrote is read as far as it is counted, and nothing foreign is shown of it."""

import msgspec
import pytest

from schemas.closed_lists import Quarantine, Result
from verify.compared.outcomes import ENTRY, OUTCOME, QUARANTINED, InboxPartition, Origin

PLACE = {"topic": "hotline.alpha.v1", "partition": 0, "offset": 7}
SAID = {"hotline": "alpha", "record_id": "r1", "origin": PLACE, "result": "accepted"}


def outcome(**more: object) -> bytes:
    """Return an outcome, with some things otherwise."""
    return msgspec.json.encode(SAID | more)


def test_an_outcome_says_what_became_of_which_record() -> None:
    """Fields that nobody counts are passed over, so a later release may add some."""
    found = OUTCOME.decode(outcome(v=9, reason="bad_url", result="quarantined", later=[1]))
    assert (found.hotline, found.result, found.reason) == (
        "alpha",
        Result.QUARANTINED,
        Quarantine.BAD_URL,
    )
    assert (found.origin.topic, found.origin.offsets()) == ("hotline.alpha.v1", range(7, 8))
    assert OUTCOME.decode(outcome()).reason is None


def test_a_batch_that_could_not_be_read_is_all_of_its_records() -> None:
    """Each of its offsets has that outcome."""
    assert Origin(topic="answers.v1", partition=0, offset=3, last_offset=5).offsets() == range(3, 6)
    assert Origin(topic="answers.v1", partition=0, offset=3, last_offset=3).offsets() == range(3, 4)


@pytest.mark.parametrize(
    "foreign",
    [
        {"hotline": "http://a.example/"},
        {"hotline": "alpha\n"},
        {"origin": PLACE | {"topic": "hotline.http://a.v1"}},
        {"origin": PLACE | {"topic": "reports.v1"}},
        {"url_key": "http://a.example/"},
        {"url_key": "0" * 32 + "\n"},
        {"type": "a.example"},
        {"result": "perhaps"},
        {"reason": "perhaps"},
    ],
)
def test_what_is_shown_has_a_form(foreign: dict[str, object]) -> None:
    """Whoever may write to the topic may write anything there, also a URL."""
    with pytest.raises(msgspec.DecodeError):
        OUTCOME.decode(outcome(**foreign))


def test_an_entry_and_what_was_quarantined_name_their_record() -> None:
    """An entry without a URL's key is none."""
    entry = {"type": "report", "url_key": "0" * 32, "hotline": "alpha", "record_id": "r1"}
    raw = msgspec.json.encode(entry | {"received_at": 5, "v": 2})
    assert ENTRY.decode(raw).received_at == 5
    with pytest.raises(msgspec.DecodeError):
        ENTRY.decode(msgspec.json.encode(entry | {"received_at": 5, "url_key": "x"}))
    kept = QUARANTINED.decode(msgspec.json.encode({"origin": PLACE, "record": "sealed"}))
    assert kept.origin.offset == 7


def test_what_waits_in_an_inbox_is_not_settled() -> None:
    """From the first offset without an outcome to the end."""
    assert InboxPartition(2, 5, 9).waiting == 4
    assert InboxPartition(2, 9, 9).waiting == 0
