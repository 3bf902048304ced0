"""Records of hotlines, one JSON object a line."""

import pytest
from hotline_records import notice, others, report
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import HOTLINE
from streams.intake.formats.base import FileRefusal, InboxRecord, Refused
from streams.intake.formats.ndjson import FORMAT


@pytest.mark.parametrize(
    "record", [report(), notice(), *others()], ids=lambda one: type(one).__name__
)
def test_each_type_is_taken(record) -> None:
    """As it was said, whatever the order and the blanks of its JSON."""
    raw = b"  " + HOTLINE.encode(record).replace(b",", b" , ")
    assert list(FORMAT.rows(raw, ended=True)) == [InboxRecord(record.id, HOTLINE.encode(record))]


@pytest.mark.parametrize("field", [b'"note":"x",', b'"proof":{"kind":"dsn","by":"x"},', b'"":1,'])
def test_a_field_that_no_record_has_is_refused(field: bytes) -> None:
    """In the record or in a part of it."""
    raw = HOTLINE.encode(notice()).replace(b"{", b"{" + field, 1)
    assert list(FORMAT.rows(raw, ended=True)) == [Refused(FileRefusal.UNKNOWN_FIELD)]


def test_of_a_name_that_stands_twice_nothing_is_kept_but_the_last() -> None:
    """The first one could hold anything."""
    raw = HOTLINE.encode(report()).replace(b"{", b'{"id":"r0",', 1)
    (row,) = FORMAT.rows(raw, ended=True)
    assert b"r0" not in row.value
    image = b'{"id":"data:image/png;base64,iVBORw0KGgo=",'
    assert list(FORMAT.rows(raw.replace(b"{", image, 1), ended=True)) == [
        Refused(FileRefusal.CONTENT)
    ]


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_line_is_sent_or_refused(raw: bytes) -> None:
    """Whatever it is made of."""
    for row in FORMAT.rows(raw, ended=True):
        assert isinstance(row, InboxRecord | Refused)
