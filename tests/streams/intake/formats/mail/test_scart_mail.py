"""Mails as SCART's mailbox takes them."""

from format_reading import SAMPLES, reading

from schemas.closed_lists import CheckResult
from schemas.codec import HOTLINE
from schemas.records.hotline import Check, Report
from streams.intake.formats.base import FileRefusal, Refused
from streams.intake.formats.mail.scart_mail import FORMAT

VALID = SAMPLES / "scart-mail" / "valid"
INPUT = (VALID / "input.eml").read_bytes()


def read(data: bytes):
    """Return what becomes of a mail."""
    return list(FORMAT.read(data, reading("scart-mail")))


def test_each_line_is_a_report_without_its_note() -> None:
    """As of the mail's time; a signature, a referer and a note are dropped."""
    rows = read(INPUT)
    records = [HOTLINE.decode(row.value) for row in rows]
    assert [record.url for record in records] == [
        "https://img.example/a/1.jpg",
        "https://img.example/a/2.jpg",
    ]
    assert all(isinstance(one, Report) and one.reported_at.hour == 10 for one in records)
    assert not any(word in row.value for row in rows for word in (b"board", b"twice", b"desk"))


def test_the_subject_says_what_was_seen() -> None:
    """Removed is a person's word that it is gone; unavailable that it could not be seen."""
    removed = (VALID / "removed.eml").read_bytes()
    for verb, result in (
        (b"SCART-CONTENTREMOVED", CheckResult.ABSENT),
        (b"scart-contentunavailable", CheckResult.COULD_NOT_SEE),
    ):
        (row,) = read(removed.replace(b"SCART-CONTENTREMOVED", verb))
        record = HOTLINE.decode(row.value)
        assert isinstance(record, Check)
        assert record.result is result


def test_the_same_mail_again_has_the_same_ids() -> None:
    """And another mail about the URL has others."""
    ids = [row.id for row in read(INPUT)]
    assert ids == [row.id for row in read(INPUT)]
    assert not set(ids) & {row.id for row in read(INPUT.replace(b"<7@", b"<8@"))}


def test_material_in_what_is_dropped_refuses_its_line() -> None:
    """The other lines go in."""
    torn = INPUT.replace(b"seen twice", b"QUJD" * 60)
    assert read(torn)[0] == Refused(FileRefusal.CONTENT)
    assert read(torn)[1].id == read(INPUT)[1].id
