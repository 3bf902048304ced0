"""Bad records are of every kind, and each is refused by intake for the reason that it was made."""

import pytest

from schemas.closed_lists import Quarantine, Result
from schemas.codec import Rejected, decode_hotline
from schemas.moments import DAY_MS
from schemas.records.hotline import RECORD_BYTES_MAX
from sim.world.hotlines import HotlineEvent, _report, bad, conflict, event_of, in_order

AT = 1_770_000_000_000
GOOD = event_of(AT, "north", _report("r1", "http://n1.amber.example/a.jpg", AT))
KINDS = {found.reason: found for day in range(14) if (found := bad("north", day, AT, GOOD))}


def test_a_good_record_can_be_read() -> None:
    """Its key is its id."""
    assert decode_hotline(GOOD.value).id.encode() == GOOD.key
    assert (GOOD.result, GOOD.reason, GOOD.type) == (Result.ACCEPTED, None, "report")


def test_every_kind_has_its_turn() -> None:
    """By day and hotline."""
    assert set(KINDS) == {
        Quarantine.MALFORMED,
        Quarantine.UNKNOWN_TYPE,
        Quarantine.UNKNOWN_VERSION,
        Quarantine.BAD_URL,
        Quarantine.FUTURE_TIME,
        Quarantine.KEY_MISMATCH,
        Quarantine.TOO_LARGE,
    }
    assert all(found.result is Result.QUARANTINED for found in KINDS.values())


@pytest.mark.parametrize(
    "reason", [Quarantine.MALFORMED, Quarantine.UNKNOWN_TYPE, Quarantine.UNKNOWN_VERSION]
)
def test_what_cannot_be_read_is_refused_for_its_reason(reason: Quarantine) -> None:
    """And nobody knows its type."""
    with pytest.raises(Rejected) as refused:
        decode_hotline(KINDS[reason].value)
    assert refused.value.reason is reason
    assert KINDS[reason].type == ""


def test_what_can_be_read_is_wrong_in_one_thing() -> None:
    """Its time, its key, its size or its URL."""
    future = decode_hotline(KINDS[Quarantine.FUTURE_TIME].value)
    assert future.reported_at.timestamp() * 1_000 == AT + 30 * DAY_MS
    mismatch = KINDS[Quarantine.KEY_MISMATCH]
    assert decode_hotline(mismatch.value).id.encode() != mismatch.key
    assert len(KINDS[Quarantine.TOO_LARGE].value) > RECORD_BYTES_MAX
    assert decode_hotline(KINDS[Quarantine.BAD_URL].value).url.startswith("ftp:")


def test_a_conflict_has_an_accepted_record_s_id_and_another_url() -> None:
    """It comes later."""
    found = conflict(GOOD, 5)
    assert (found.at, found.key, found.reason) == (AT + 5, GOOD.key, Quarantine.CONFLICT)
    assert decode_hotline(found.value).url != decode_hotline(GOOD.value).url


def test_events_have_one_order() -> None:
    """By time, then by hotline and key, however they come."""
    one = HotlineEvent(at=1, hotline="south", key=b"a", value=b"")
    two = HotlineEvent(at=1, hotline="north", key=b"b", value=b"")
    three = HotlineEvent(at=0, hotline="west", key=b"c", value=b"")
    assert in_order([one, two, three]) == in_order([three, two, one]) == [three, two, one]
