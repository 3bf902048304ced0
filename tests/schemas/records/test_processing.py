"""Records that carry the work along: an origin counts its records; orders ask a known vantage."""

from typing import Any

import msgspec
import pytest

from schemas.records.processing import (
    KEY_BYTES_MAX,
    ClockReading,
    Origin,
    OutcomeRecord,
    ProbeOrder,
    Quarantined,
)

KEY = "0123456789abcdef0123456789abcdef"
ORIGIN = {"topic": "hotline.alpha.v1", "partition": 0, "offset": 7, "appended_at": 1}
QUARANTINED = {"hotline": "alpha", "origin": ORIGIN, "reason": "malformed", "record": ""}
OUTCOME = {"hotline": "alpha", "record_id": "r", "origin": ORIGIN, "result": "accepted"}
READING = {"process": "worker-1", "shown_at": 1}
ORDER = {
    "order_id": "o",
    "url_key": KEY,
    "case_id": "c",
    "hoster": "acme",
    "vantage": "north",
    "target": "url",
    "slot_at": 1,
    "not_before": 1,
    "not_after": 2,
    "asked": ["north"],
    "sealed": "",
}


def test_an_origin_counts_its_records() -> None:
    """One, unless a whole batch could not be read; that is not said of one."""
    one = msgspec.convert(ORIGIN, Origin)
    batch = msgspec.convert(ORIGIN | {"last_offset": 11}, Origin)
    assert (one.last, one.records) == (7, 1)
    assert (batch.last, batch.records) == (11, 5)
    assert b"last_offset" not in msgspec.json.encode(one)


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        (OutcomeRecord, OUTCOME, {"result": "lost"}),
        (OutcomeRecord, OUTCOME, {"record_id": "a" * 145}),
        (OutcomeRecord, OUTCOME, {"doubt": "unsure"}),
        (Quarantined, QUARANTINED, {"reason": "whim"}),
        (Quarantined, QUARANTINED, {"record": "a" * 22_017}),
        (Quarantined, QUARANTINED, {"digest": "0" * 31}),
        (ClockReading, READING, {"process": "Worker"}),
        (ClockReading, READING, {"v": 2}),
        (ProbeOrder, ORDER, {"target": "path"}),
        (ProbeOrder, ORDER, {"vantage": ""}),
        (ProbeOrder, ORDER, {"url_key": "https://practice.test"}),
    ],
)
def test_a_value_outside_its_list_or_bound_is_refused(
    kind: type, fields: dict[str, Any], wrong: dict[str, Any]
) -> None:
    """What is outside a list or beyond a bound; without it the record is taken."""
    assert msgspec.convert(fields, kind)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(fields | wrong, kind)


def test_a_key_that_is_kept_holds_any_id() -> None:
    """An id has at most 128 characters of one byte."""
    assert KEY_BYTES_MAX >= 128
