"""Records of custody: keys stand wrapped alone, and whoever had something opened says why."""

from typing import Any

import msgspec
import pytest

from schemas.records.custody import AuditEntry, HeldTexts, KeyRecord, LedgerKey, WrappedKeys

KEY, MASTER, WRAPPED = "0" * 32, "0" * 16, "A" * 80
MONTH = {"type": "month", "month": "202606", "master": MASTER, "wrapped": [WRAPPED]}
HELD = {"type": "held", "url_key": KEY, "master": MASTER, "wrapped": WRAPPED, "texts": []}
LEDGER = {"type": "ledger", "fingerprint": KEY, "master": MASTER}
AUDIT = {
    "person": "anna",
    "at": 1,
    "what": "url",
    "reason": "a court asks",
    "signatures": [{"person": "anna", "signature": "0" * 128}],
}


@pytest.mark.parametrize(
    ("fields", "kind"), [(LEDGER, LedgerKey), (MONTH, WrappedKeys), (HELD, HeldTexts)]
)
def test_a_record_of_keys_is_of_the_type_that_it_names(fields: dict[str, Any], kind: type) -> None:
    """One topic has all three."""
    assert type(msgspec.convert(fields, KeyRecord)) is kind


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        (MONTH, {"month": "202613"}),
        (MONTH, {"month": "2026-06"}),
        (MONTH, {"wrapped": ["A" * 79]}),
        (MONTH, {"wrapped": [WRAPPED] * 65}),
        (MONTH, {"wrapped": ["0" * 64]}),
        (HELD, {"wrapped": "A"}),
        (LEDGER, {"master": KEY}),
    ],
)
def test_a_record_of_keys_is_refused(fields: dict[str, Any], wrong: dict[str, Any]) -> None:
    """What is no wrapped key of 60 bytes, so no bare key can stand there."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(fields | wrong, KeyRecord)


def test_a_month_and_a_hold_that_were_destroyed_have_no_keys() -> None:
    """The record stays and says so."""
    assert not msgspec.convert(MONTH | {"wrapped": []}, WrappedKeys).wrapped
    assert not msgspec.convert(HELD | {"wrapped": ""}, HeldTexts).wrapped


@pytest.mark.parametrize(
    "wrong",
    [{"reason": ""}, {"what": "curiosity"}, {"signatures": []}, {"person": "Anna A"}],
)
def test_whoever_had_something_opened_signs_and_says_why(wrong: dict[str, Any]) -> None:
    """An entry without reason, purpose or signature is none."""
    assert msgspec.convert(AUDIT, AuditEntry).person == "anna"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(AUDIT | wrong, AuditEntry)
