"""XARF reports of version 4."""

import json
from typing import Any

import pytest
from format_reading import SAMPLES, reading
from hypothesis import given
from hypothesis import strategies as st

from schemas.closed_lists import Category
from schemas.codec import HOTLINE
from schemas.records.hotline import Report
from streams.intake.formats.base import FileRefusal, InboxRecord, Refused
from streams.intake.formats.xarf import FORMAT

USING = reading("xarf")
REPORT: dict[str, Any] = json.loads((SAMPLES / "xarf" / "valid" / "one.json").read_bytes())


def read(value: Any):
    """Return what becomes of a document."""
    return list(FORMAT.read(json.dumps(value).encode(), USING))


def test_a_report_is_its_url_its_times_and_its_kind() -> None:
    """Contacts, descriptions and networks are nowhere in it."""
    (row,) = read(REPORT)
    record = HOTLINE.decode(row.value)
    assert isinstance(record, Report)
    assert (record.id, record.url) == (REPORT["report_id"], REPORT["url"])
    assert record.category is Category.CSAM
    assert record.seen_at is not None
    assert not any(word in row.value for word in (b"desk@", b"Hotline", b"192.0.2.7", b"analyst"))


def test_what_is_only_recommended_may_be_missing() -> None:
    """The library is not strict; a report that it warns of nothing in is taken."""
    bare = {name: value for name, value in REPORT.items() if name != "verified_at"}
    (row,) = read(bare)
    assert HOTLINE.decode(row.value).seen_at is None


@pytest.mark.parametrize(
    "payload", ["AAAA", {"a": "b"}, ["x"], "https://evidence.example/1", "not base64"]
)
def test_a_payload_of_evidence_is_content(payload: Any) -> None:
    """Whatever it holds, in a list or alone."""
    item = {"content_type": "image/png", "payload": payload}
    for evidence in ([item], [{"content_type": "text/plain"}, item], item):
        assert read({**REPORT, "evidence": evidence}) == [Refused(FileRefusal.CONTENT)]


def test_an_older_version_is_refused_before_the_library_converts_it() -> None:
    """It would get an id by chance, so it would never be the same record twice."""
    for version in ("3", "3.1", 4, None, "40"):
        assert read({**REPORT, "xarf_version": version}) == [Refused(FileRefusal.UNKNOWN_VERSION)]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=5), one, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=200))
def test_any_bytes_are_records_or_reasons(data: bytes) -> None:
    """Never an exception."""
    assert all(isinstance(one, InboxRecord | Refused) for one in FORMAT.read(data, USING))


@given(st.dictionaries(st.sampled_from(sorted(REPORT)), values, max_size=3))
def test_any_field_is_taken_or_refused(changed: dict[str, Any]) -> None:
    """Fields of any kind where the library expects others."""
    assert all(isinstance(one, InboxRecord | Refused) for one in read({**REPORT, **changed}))
