"""Entries of `reports.v1`: no id of a hotline in clear, and norms stand in the entry."""

from typing import Any

import msgspec
import pytest

from schemas.records.reports import NoticeAccepted, ReportAccepted, ReportsEntry

KEY = "0123456789abcdef0123456789abcdef"
HEAD = {
    "url_key": KEY,
    "hotline": "alpha",
    "record_id": KEY,
    "received_at": 1,
    "mode": "delivery",
}
REPORT = HEAD | {"type": "report", "reported_at": 1, "sealed": ""}
NOTICE = HEAD | {
    "type": "notice",
    "recipient": "acme",
    "noticed_at": 1,
    "result": "delivered",
    "basis": "notice",
}


def read(fields: dict[str, Any]) -> Any:
    return msgspec.convert(fields, ReportsEntry)


def test_an_entry_says_which_norms_hold_where_nothing_else_is_said() -> None:
    """A report's 24 and 48 h; a notice has those of the earliest report."""
    report, notice = read(REPORT), read(NOTICE)
    assert isinstance(report, ReportAccepted)
    assert isinstance(notice, NoticeAccepted)
    assert report.norms_s == (86_400, 172_800)
    assert (notice.norms_s, notice.feed_delay_s, notice.group) == ((), 3_600, "unknown")


@pytest.mark.parametrize(
    "wrong",
    [
        {"url_key": "https://practice.test/a"},
        {"url_key": KEY.upper()},
        {"hotline": "Alpha"},
        {"hotline": ""},
        {"record_id": "a" * 145},
        {"v": 3},
        {"host": -1},
        {"host": 1 << 32},
        {"sealed": "a" * 8_193},
        {"mode": "none"},
    ],
)
def test_a_report_is_refused(wrong: dict[str, Any]) -> None:
    """A URL is named by its keyed hash alone."""
    with pytest.raises(msgspec.ValidationError):
        read(REPORT | wrong)


@pytest.mark.parametrize("name", ["proof_digest", "message_id", "envelope_id"])
def test_what_a_hotline_calls_its_mail_stands_as_a_keyed_hash(name: str) -> None:
    """An id in clear is refused."""
    assert getattr(read(NOTICE | {name: KEY}), name) == KEY
    with pytest.raises(msgspec.ValidationError):
        read(NOTICE | {name: "<1@mail.practice.test>"})
