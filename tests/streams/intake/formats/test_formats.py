"""One format alone knows a file, and every line of it is sent or is a header."""

import pytest
from hotline_records import report

from schemas.codec import HOTLINE
from streams.intake import formats
from streams.intake.formats import ndjson, urlhaus

HEADER = "id,dateadded,url,status,last_online"
ROW = "7,2026-02-07 00:01:00,http://192.0.2.1/x,offline,2026-02-08 00:00:00"
RECORD = HOTLINE.encode(report()).decode()
FILES = {ndjson.FORMAT: (RECORD, RECORD), urlhaus.FORMAT: (HEADER, ROW)}
"""The first line of a file of each format, and a whole record of it."""


@pytest.mark.parametrize("format", formats.FORMATS, ids=lambda one: one.says)
def test_a_file_is_of_one_format(format) -> None:
    """Its first line opens it by that format alone, so the order of the list decides nothing."""
    first, _ = FILES[format]
    assert [one for one in formats.FORMATS if one.opened(first) is not None] == [format]
    assert formats.opened("neither header nor record") is None


@pytest.mark.parametrize("format", formats.FORMATS, ids=lambda one: one.says)
def test_a_whole_record_is_sent_under_its_id(format) -> None:
    """What is sent decodes to a record with the id that it is sent under."""
    first, whole = FILES[format]
    rows = formats.opened(first)
    rows.count(whole, ended=True)
    row = rows.row(whole.encode(), ended=True)
    assert HOTLINE.decode(row.value).id == row.id
    assert row.doubt is None


@pytest.mark.parametrize("format", formats.FORMATS, ids=lambda one: one.says)
@pytest.mark.parametrize("torn", [b"", b"\xff\xfe", b"7,2026", b'{"v": 1', b"\x00"])
def test_what_is_no_record_is_sent_as_it_stands(format, torn: bytes) -> None:
    """Intake quarantines it; no line disappears."""
    rows = formats.opened(FILES[format][0])
    assert rows.row(torn, ended=False) == (None, torn, None)


def test_a_name_tells_json_alone() -> None:
    """A dump is known by its header, whatever its file is called."""
    for name in ("a.ndjson", "a.jsonl", "a.json"):
        assert formats.named(name) is ndjson.FORMAT
    assert formats.named("a.csv") is None
