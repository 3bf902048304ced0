"""Documents of JSON."""

from hypothesis import given
from hypothesis import strategies as st

from streams.intake.formats.json_documents import TORN, values_of


def test_a_document_is_a_value_an_array_or_lines() -> None:
    """With or without a byte order mark; a torn line stands for itself."""
    assert values_of(b'\xef\xbb\xbf{"a": 1}\n') == [{"a": 1}]
    assert values_of(b'[{"a": 1}, 2]') == [{"a": 1}, 2]
    assert values_of(b'{"a": 1}\r\n\n{"b"\n{"c": 2}') == [{"a": 1}, TORN, {"c": 2}]
    assert values_of(b"[" * 100_000) == [TORN]


@given(st.binary(max_size=200))
def test_any_bytes_are_values(data: bytes) -> None:
    """Never an exception."""
    assert isinstance(values_of(data), list)
