"""One format alone knows a file, and every line of it is sent, refused or is a header."""

import pytest
from hotline_records import report

from schemas.codec import HOTLINE
from streams.intake import formats
from streams.intake.formats import ndjson, scart, urlhaus
from streams.intake.formats.base import FileRefusal, Refused, Using

HEADER = b"id,dateadded,url,status,last_online"
ROW = b"7,2026-02-07 00:01:00,http://192.0.2.1/x,offline,2026-02-08 00:00:00"
RECORD = HOTLINE.encode(report())
FORM = b"URL;REFERER;WORKUSER-EMAIL;REFERENCE;SOURCE;TYPE"
FILES = {
    ndjson.FORMAT: (RECORD, RECORD),
    urlhaus.FORMAT: (HEADER, ROW),
    scart.FORMAT: (FORM, b"http://a.example/x;;;r1;;"),
}
"""The first line of a file of each format, and a whole record of it."""

USING = Using(file_at=report().reported_at)


@pytest.mark.parametrize("format", FILES, ids=lambda one: one.name)
def test_a_file_is_of_one_format(format) -> None:
    """Its first line opens it by that format alone, so the order of the list decides nothing."""
    first, _ = FILES[format]
    assert [one for one in formats.FORMATS if one.by_header(first, USING) is not None] == [format]
    assert formats.by_header(b"neither header nor record", USING) is None


@pytest.mark.parametrize("format", FILES, ids=lambda one: one.name)
def test_a_whole_record_is_sent_under_its_id(format) -> None:
    """What is sent decodes to a record with the id that it is sent under."""
    first, whole = FILES[format]
    _, rows = formats.by_header(first, USING)
    rows.count(whole, ended=True)
    (row,) = rows.rows(whole, ended=True)
    assert HOTLINE.decode(row.value).id == row.id
    assert row.guess is None


@pytest.mark.parametrize("format", [ndjson.FORMAT, urlhaus.FORMAT], ids=lambda one: one.name)
@pytest.mark.parametrize("torn", [b"", b"\xff\xfe", b"7,2026", b'{"v": 1', b"\x00"])
def test_what_is_no_record_is_sent_as_it_stands(format, torn: bytes) -> None:
    """Intake quarantines it; no line disappears."""
    _, rows = formats.by_header(FILES[format][0], USING)
    assert list(rows.rows(torn, ended=False)) == [(None, torn, None)]


@pytest.mark.parametrize("torn", [b"\x81", b'"http://a.example/x', b"\x00", b"a;b;c;d;e;f;g"])
def test_a_row_with_what_is_dropped_is_never_sent_as_it_stands(torn: bytes) -> None:
    """A torn row of SCART may hold a person's address or a note."""
    _, rows = formats.by_header(FORM, USING)
    assert list(rows.rows(torn, ended=False)) == [Refused(FileRefusal.MALFORMED)]


def test_a_name_tells_json_alone() -> None:
    """A dump is known by its header, whatever its file is called."""
    for name in ("a.ndjson", "a.jsonl", "a.json"):
        assert formats.named(name) == (ndjson.FORMAT, ndjson.FORMAT)
    assert formats.named("a.csv") is None
