"""Laws of the ids that are repeated to a hotline."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        "12/345",
        "2130706433",
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
        "a.example?q=1",
        "a.example#b",
        "a.example;1",
        "a.example,1",
        "a.example-1",
        "a.example_1",
        "b=a.example&c",
        "a.xn--p1ai",
        "/path/to/secret",
        "path/12",
        "path\\12",
        "a/1",
        "/12/34",
        "http:/a",
        "http%3A//x",
        "x%41",
        "x?id",
        "a=1&b=2",
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


@given(st.from_regex(r"[A-Za-z0-9_-]{1,128}", fullmatch=True))
def test_letters_digits_and_two_signs_are_always_repeated(id: str) -> None:
    """So hotlines are promised; a number stays an id, though an IP address can be written so."""
    assert repeatable(id) == id
