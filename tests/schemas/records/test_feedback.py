"""The table of feedback: small records, and no id of a hotline in clear."""

import pytest

from schemas.codec import FEEDBACK_TABLE, Rejected
from schemas.records.feedback import FollowedRecord, FollowedUrl

KEY = "0123456789abcdef0123456789abcdef"


def _with_id(record_id: str) -> bytes:
    record = FollowedRecord("north", record_id, "AAMX5w", 1_773_057_604_000)
    return FEEDBACK_TABLE.encode(FollowedUrl(url_key=KEY, records=(record,)))


def test_a_record_is_named_by_a_keyed_hash_alone() -> None:
    """What a hotline calls its record does not decode, so no writer can put it there."""
    assert FEEDBACK_TABLE.decode(_with_id(KEY)).records[0].record_id == KEY
    with pytest.raises(Rejected):
        FEEDBACK_TABLE.decode(_with_id("r-2026-000123"))
