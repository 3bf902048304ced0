"""Mails."""

from datetime import UTC, datetime

import pytest
from format_reading import SAMPLES, reading
from hypothesis import given
from hypothesis import strategies as st

from streams.intake.formats.base import FileRefusal, InboxRecord, Refused
from streams.intake.formats.local_times import BadTime
from streams.intake.formats.mail import receipts, scart_mail
from streams.intake.formats.mail.mails import MAIL_BYTES_MAX, date_of, is_mail, parsed

USING = reading("receipt")
MAILS = [path.read_bytes() for path in sorted(SAMPLES.glob("*/*/*.eml"))]


def test_a_mail_is_known_by_its_name_or_its_first_header() -> None:
    """Nothing else that is read begins with one."""
    assert is_mail("a.eml", b"")
    assert is_mail("17", b"Received: by mail.example")
    assert not is_mail("a.csv", b"id,dateadded")


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: image/png\n\nx",
        b"Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nx",
        b"Content-Type: message/rfc822\n\nContent-Type: video/mp4\n\nx",
        b"Content-Type: text/plain\n\ndata:image/png;base64,AAAA",
        b"Content-Type: text/plain\nX-Note: data:image/png;base64,AAAA\n\nx",
        b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\naVZCT1J3MEtHZ289\n",
    ],
)
def test_material_in_any_part_refuses_a_mail(part: bytes) -> None:
    """A file, a returned mail with one, a text or header with one, however it is encoded."""
    head = b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
    data = head + part + b"\n--b--\n"
    assert parsed(data, lambda _: ()) == (Refused(FileRefusal.CONTENT),)


def test_a_mail_is_bounded() -> None:
    """More than a mebibyte is an attachment."""
    data = b"From: a\n\n" + b"x\n" * MAIL_BYTES_MAX
    assert parsed(data, lambda _: ()) == (Refused(FileRefusal.TOO_LARGE),)


def test_a_time_without_a_zone_is_utc() -> None:
    """RFC 5322 says so of -0000."""
    assert date_of("Sun, 1 Mar 2026 13:00:00 -0000") == datetime(2026, 3, 1, 13, tzinfo=UTC)
    for text in ("", "yesterday", None, "Sun, 99 Mar 2026 13:00:00 +0000"):
        with pytest.raises(BadTime):
            date_of(text)


@given(st.sampled_from(MAILS), st.integers(0, 2_000), st.binary(max_size=20), st.integers(0, 40))
def test_any_mail_is_records_or_reasons(data: bytes, at: int, put: bytes, cut: int) -> None:
    """A mail changed anywhere, in headers, boundaries and encodings: never an exception."""
    at = min(at, len(data))
    torn = data[:at] + put + data[at + cut :]
    for format in (receipts.FORMAT, scart_mail.FORMAT):
        assert all(isinstance(one, InboxRecord | Refused) for one in format.read(torn, USING))


@given(st.binary(max_size=300))
def test_any_bytes_are_records_or_reasons(data: bytes) -> None:
    """What is no mail at all, too."""
    for format in (receipts.FORMAT, scart_mail.FORMAT):
        assert all(isinstance(one, InboxRecord | Refused) for one in format.read(data, USING))
