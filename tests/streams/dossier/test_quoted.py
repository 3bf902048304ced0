"""Records with their places."""

from ledger_events import notice, report
from quoted_events import quoted

from schemas.dossier.rows import NoticeRow
from schemas.records.reports import NoticeAccepted, ReportAccepted
from streams.dossier.quoted import fields_of, of_type


def test_records_of_a_type_come_oldest_first_and_a_row_has_their_fields() -> None:
    """Whatever the row names and nobody gives is the record's own."""
    found = quoted(notice(3), report(0), notice(1, received=2))
    assert [one.name for one, _ in of_type(found, NoticeAccepted)] == [
        "reports.v1/0/2",
        "reports.v1/0/0",
    ]
    ((first, said),) = of_type(found, ReportAccepted)
    assert first.said is said
    row = fields_of(NoticeRow, found[0], basis="order")
    assert (row.record, row.appended_at, row.basis) == (found[0].name, found[0].at, "order")
    assert row.noticed_at == found[0].said.noticed_at
