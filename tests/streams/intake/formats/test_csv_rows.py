"""Lines of CSV."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.intake.formats.csv_rows import NotARow, fields_of


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        (b'a;"b;c";d', ["a", "b;c", "d"]),
        (b'"a ""b"" c";d', ['a "b" c', "d"]),
        (b'"a \\"b\\" c";d', ['a "b" c', "d"]),
        (b"caf\xe9;", ["caf\u00e9", ""]),
    ],
)
def test_quotes_are_doubled_or_escaped(raw: bytes, fields: list[str]) -> None:
    """Both are usual; CP1252 is read as such."""
    assert fields_of(raw, "cp1252", ";") == fields


@pytest.mark.parametrize("raw", [b'"a;b', b"\x81", b"a\x00b", b'"a"b;c', b'a;"b"c"'])
def test_a_torn_line_is_no_row(raw: bytes) -> None:
    """A quote left open, a byte that its encoding has not, a control character."""
    with pytest.raises(NotARow):
        fields_of(raw, "cp1252", ";")


@given(st.binary(max_size=200), st.sampled_from(["utf-8", "cp1252"]))
def test_any_bytes_are_fields_or_no_row(raw: bytes, encoding: str) -> None:
    """Nothing else comes of them."""
    try:
        fields = fields_of(raw, encoding, ";")
    except NotARow:
        return
    assert fields == [] or all(isinstance(one, str) for one in fields)
