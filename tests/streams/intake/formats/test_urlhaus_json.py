"""URLhaus as JSON."""

import json
from typing import Any

from format_reading import SAMPLES
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import HOTLINE
from streams.intake.formats.base import InboxRecord, Refused, Using
from streams.intake.formats.urlhaus_json import FORMAT

ROW: dict[str, Any] = {
    "dateadded": "2026-03-01 10:00:00",
    "url": "http://bin.example/x",
    "url_status": "offline",
    "last_online": None,
}


def _records(name: str):
    data = (SAMPLES / "urlhaus-json" / "valid" / name).read_bytes()
    return [HOTLINE.decode(row.value) for row in FORMAT.read(data, Using())]


def test_a_dump_says_what_its_csv_says() -> None:
    """Id, URL, time and the source's state."""
    first, second = _records("dump.json")
    assert (first.id, first.source.status) == ("4000001", "offline")
    assert first.source.last_online is not None
    assert second.source.last_online is None


def test_an_answer_without_a_last_sighting_states_nothing() -> None:
    """A state without its time would say that the URL was never online."""
    (only,) = _records("recent.json")
    assert only.source is None


def test_a_row_that_changed_is_told_by_its_digest() -> None:
    """The same id with another row is a conflict; the order of its fields is none."""

    def digest(row: dict[str, Any]) -> str:
        (found,) = FORMAT.read(json.dumps({"7": [row]}).encode(), Using())
        return HOTLINE.decode(found.value).row_digest

    assert digest(ROW) == digest(dict(reversed(ROW.items())))
    assert digest(ROW) != digest({**ROW, "url_status": "unknown"})


@given(st.binary(max_size=200))
def test_any_bytes_are_records_or_reasons(data: bytes) -> None:
    """Never an exception."""
    assert all(isinstance(one, InboxRecord | Refused) for one in FORMAT.read(data, Using()))


@given(
    st.dictionaries(
        st.sampled_from([*ROW, "tags", "id", "query_status"]),
        st.none() | st.text(max_size=20) | st.integers() | st.lists(st.text(max_size=5)),
    )
)
def test_any_row_is_a_record_or_a_reason(changed: dict[str, Any]) -> None:
    """In a dump and in an answer."""
    for tree in ({"7": [{**ROW, **changed}]}, {"query_status": "ok", "urls": [{**ROW, **changed}]}):
        rows = FORMAT.read(json.dumps(tree).encode(), Using())
        assert all(isinstance(one, InboxRecord | Refused) for one in rows)
