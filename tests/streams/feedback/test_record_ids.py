"""Laws of the ids that are repeated to a hotline."""

import pytest

from streams.feedback.record_ids import repeatable


@pytest.mark.parametrize(
    "id",
    [
        "r-2026-000123",
        "2026/11/28-17",
        "A1.2",
        "c0ffee00-0000-4000-8000-000000000000",
        "2026-11-28T10:20:30Z#7",
        "NCR_00.17.b",
    ],
)
def test_an_ordinary_id_is_repeated(id: str) -> None:
    """It is the hotline's own name for its record."""
    assert repeatable(id) == id


@pytest.mark.parametrize(
    "id",
    [
        "http://a.example/x",
        "a.example/x",
        "r1-a.example",
        "www.a/x",
        "192.0.2.7",
        "r1@192.0.2.7:80",
        "[2001:db8::1]",
        "2001:db8::1",
        "2001:db8:1:2:3:4:5:6",
        "http%3A%2F%2Fa",
        "somebody@a",
        "two words",
        "x" * 129,
        "",
        "ÿ",
    ],
)
def test_what_may_be_an_address_is_not(id: str) -> None:
    """A hotline that takes the URL for its id, or a Kafka key that is one, puts it in no topic."""
    assert repeatable(id) is None
