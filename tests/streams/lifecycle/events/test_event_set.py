"""A URL's events are a set: taken apart and packed again they are the same bytes."""

from random import Random

import pytest
from ledger_events import (
    BOTH,
    GONE,
    answer,
    check,
    decision,
    fold,
    notice,
    place,
    placed,
    report,
    slots,
    withdrawal,
)
from msgspec import json, structs

from schemas.moments import MINUTE_MS
from schemas.records.case_events import PackedNotice
from streams.lifecycle.events.event_set import (
    canonical,
    counts_from,
    newest_received_at,
    notice_identity,
    pack,
    unpack,
)

STATE = fold(
    report(seen=0),
    report(2, hotline="beta", id="r2"),
    placed(0, place(), place("other")),
    placed(3, place("other")),
    notice(1),
    notice(3, hotline="beta"),
    slots([2], GONE, BOTH),
    withdrawal(5),
    check(6),
    answer(7),
    decision(8),
)
(NOTICE,) = fold(report(), notice(1)).notices


def test_what_is_taken_apart_is_packed_again() -> None:
    """Byte by byte, and in whatever order its parts come."""
    events = unpack(STATE)
    assert pack(events, STATE) == STATE
    for name in ("reports", "notices"):
        parts = list(getattr(events, name).items())
        Random(2).shuffle(parts)
        setattr(events, name, dict(parts))
    assert json.encode(pack(events, STATE)) == json.encode(STATE)


def test_the_newest_report_s_text_is_kept() -> None:
    """Keys of older months may be destroyed."""
    assert STATE.sealed == "sealed-beta-r2"
    assert unpack(STATE).sealed[0] == newest_received_at(STATE.reports)
    assert newest_received_at([]) == 0


@pytest.mark.parametrize(
    ("other", "one"),
    [
        ({"hotline": "beta"}, False),
        ({"recipient": "other"}, False),
        ({"reference": "x"}, False),
        ({"noticed_at": NOTICE.noticed_at + MINUTE_MS}, True),
        ({"noticed_at": NOTICE.noticed_at + 60 * MINUTE_MS}, False),
        ({"group": "owner"}, True),
    ],
)
def test_which_notices_count_as_one(other: dict, one: bool) -> None:
    """Those of one hotline to one recipient within an hour of the clock."""
    again: PackedNotice = structs.replace(NOTICE, **other)
    assert (notice_identity(again) == notice_identity(NOTICE)) is one


def test_a_notice_that_is_dated_back_counts_from_when_it_was_received() -> None:
    """As long as no decision confirms its proof."""
    late = structs.replace(NOTICE, received_at=NOTICE.noticed_at + 90 * MINUTE_MS)
    assert counts_from(late) == late.noticed_at
    assert counts_from(structs.replace(late, backdated=True)) == late.received_at


def test_equal_values_share_their_bytes() -> None:
    """So a set of them is sorted by these."""
    assert canonical(NOTICE) == canonical(structs.replace(NOTICE))
    assert canonical(NOTICE) != canonical(structs.replace(NOTICE, backdated=True))
