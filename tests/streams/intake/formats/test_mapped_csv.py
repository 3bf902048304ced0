"""A hotline's own CSV becomes the records of its mapping."""

import tomllib
from datetime import UTC, datetime

import pytest
from format_reading import MAPPING, ZONE
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import HOTLINE
from schemas.records.hotline import Notice, Report
from streams.intake.formats.base import FileRefusal, InboxRecord, Refused, UnfitHeader, Using
from streams.intake.formats.column_mapping import mapping_of
from streams.intake.formats.mapped_csv import FORMAT

HEADER = b"Reference;Adres;Ontvangen;Hoster;Verstuurd;Bevestigd;Medewerker"
ROW = b"M-1;https://img.example/1;01-03-2026 10:00;north;01-03-2026 10:30;01-03-2026 10:31;J."
USING = Using(mapping=mapping_of(tomllib.loads(MAPPING.read_text()), ""), zone=ZONE)


def rows(raw: bytes, header: bytes = HEADER):
    """Return what becomes of a row."""
    found = FORMAT.by_header(header, USING)
    assert found is not None
    return list(found.rows(raw, ended=True))


def test_a_row_is_a_record_of_each_table() -> None:
    """Times are of the zone, the second record has an id of its own, the dropped is nowhere."""
    report, notice = (HOTLINE.decode(row.value) for row in rows(ROW))
    assert isinstance(report, Report)
    assert isinstance(notice, Notice)
    assert report.reported_at == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    assert notice.delivered_at == datetime(2026, 3, 1, 9, 31, tzinfo=UTC)
    assert (report.id, notice.id) == ("M-1", "M-1.notice")
    assert not any(b"J." in row.value for row in rows(ROW))


def test_a_record_whose_cells_are_empty_is_not_made() -> None:
    """A report without a notice is a report; a row without either is refused."""
    assert [row.id for row in rows(b"M-1;https://img.example/1;01-03-2026 10:00;;;;")] == ["M-1"]
    assert rows(b";;;;;;") == [Refused(FileRefusal.MALFORMED)]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (HEADER + b";Notitie", "column 8"),
        (HEADER.replace(b"Adres", b"URL"), "Adres"),
        (HEADER.replace(b"Adres", b"Hoster"), "a column that the file has not"),
        (b"\x81;", "encoding"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(header: bytes, said: str) -> None:
    """A column that nobody decided about, or one that is missing."""
    with pytest.raises(UnfitHeader, match=said):
        FORMAT.by_header(header, USING)


def test_without_a_mapping_it_is_another_format() -> None:
    """No header tells what its columns mean."""
    assert FORMAT.by_header(HEADER, Using()) is None


@given(st.binary(max_size=200) | st.lists(st.text(max_size=30)).map(lambda c: ";".join(c).encode()))
def test_any_row_is_records_or_reasons(raw: bytes) -> None:
    """Never an exception."""
    assert all(isinstance(one, InboxRecord | Refused) for one in rows(raw))
