"""A record set aside is named by its place and its digest, and two persons sign it."""

from typing import Any

import msgspec
import pytest

from schemas.records.skips import Skip, skip_key

SKIP = {
    "topic": "reports.v1",
    "partition": 3,
    "offset": 12,
    "digest": "0" * 32,
    "reason": "no stage can handle it",
    "decided_at": 1,
    "signatures": [{"person": name, "signature": "0" * 128} for name in ("anna", "bram")],
}


def test_its_key_is_the_place_of_the_record() -> None:
    """So of one record there is one newest skip."""
    skip = msgspec.convert(SKIP, Skip)
    assert skip_key(skip.topic, skip.partition, skip.offset) == b"reports.v1/3/12"


@pytest.mark.parametrize(
    "wrong",
    [
        {"topic": "Reports"},
        {"topic": "a" * 81},
        {"partition": -1},
        {"partition": 65_536},
        {"offset": -1},
        {"digest": ""},
        {"reason": ""},
        {"reason": "a" * 501},
        {"signatures": []},
    ],
)
def test_a_skip_of_no_certain_record_is_refused(wrong: dict[str, Any]) -> None:
    """Without a digest it would set aside whatever comes to stand there."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(SKIP | wrong, Skip)
