"""Laws of what is refused before it is written."""

from typing import Any

import msgspec
import pytest
from content_places import IMAGE, PLACES
from hotline_records import ADMISSION, NOW, SNAPSHOT, inbound, notice, others, report
from hypothesis import given
from hypothesis import strategies as st

from schemas.closed_lists import Quarantine, Result
from schemas.codec import HOTLINE
from schemas.records.hotline import RECORD_BYTES_MAX
from streams.intake.accepted_ids import AcceptedIdIndex
from streams.intake.record_check import Inadmissible, RecordCheck, RefusedRecord
from streams.intake.record_fields import FIELDS


def _raw(record: Any = None, **changes: Any) -> bytes:
    fields = msgspec.json.decode(HOTLINE.encode(record or report()))
    return msgspec.json.encode({**fields, **changes})


def _refusal(raw: bytes) -> tuple[str, str | None] | None:
    try:
        RecordCheck(NOW).validated(raw)
    except RefusedRecord as refused:
        return refused.reason.value, refused.field
    return None


@pytest.mark.parametrize("record", [report(), notice(), *others()])
def test_a_good_record_of_each_type_is_not_refused(record):
    """The door lets in what intake accepts, as it was sent."""
    assert RecordCheck(NOW).validated(HOTLINE.encode(record)) == record


BAD = [
    (b"", "malformed", None),
    (b"\xff\xfe", "malformed", None),
    (b"[" * 5_000, "malformed", None),
    (b'"r1"', "malformed", None),
    (_raw()[:-1], "malformed", None),
    (b"{}", "malformed", "type"),
    (b'{"type":"report","v":1,"id":"r1"}', "malformed", "url"),
    (_raw(id="a b"), "malformed", "id"),
    (_raw(url=7), "malformed", "url"),
    (_raw(reported_at="2026-03-07T12:00:00"), "malformed", "reported_at"),
    (_raw(reported_at="1969-12-31T23:59:59Z"), "malformed", "reported_at"),
    (_raw(seen_at="1969-12-31T23:59:59Z"), "malformed", "seen_at"),
    (_raw(source={}), "malformed", "source.status"),
    (_raw(source={"status": "gone - at `$.secret`"}), "malformed", "source.status"),
    (_raw(notice(), proof={"kind": "pigeon"}), "malformed", "proof.kind"),
    (_raw(type="rumour"), "unknown_type", "type"),
    (_raw(v=3), "unknown_version", "v"),
    (_raw(extra="x. " * RECORD_BYTES_MAX), "too_large", None),
    (_raw(url="http://a.example/" + "a" * 4_080), "too_large", "url"),
    (_raw(url="http://a.example/" + "\u20ac" * 4_000), "too_large", "url"),
    (_raw(url="ftp://a.example/"), "bad_url", "url"),
    (_raw(url="http://"), "bad_url", "url"),
    (_raw(reported_at="2099-01-01T00:00:00Z"), "future_time", "reported_at"),
    (_raw(seen_at="2099-01-01T00:00:00Z"), "future_time", "seen_at"),
    (
        _raw(source={"status": "online", "last_online": "2099-01-01T00:00:00Z"}),
        "future_time",
        "source.last_online",
    ),
]


@pytest.mark.parametrize(("raw", "reason", "field"), BAD)
def test_what_intake_would_quarantine_is_refused(raw, reason, field):
    """The reason is the one that intake would give, and the wrong field is named."""
    assert _refusal(raw) == (reason, field)
    judged = ADMISSION.judge(inbound(raw, key=b"r1"), SNAPSHOT, AcceptedIdIndex())
    assert judged.outcome.reason == reason


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (_raw(note="seen by a caller"), None),
        (_raw(source={"status": "online", "note": "x"}), "source"),
        (_raw(notice(), proof={"kind": "letter", "mail": "x"}), "proof"),
        (_raw(recipient="quay"), None),
    ],
)
def test_a_field_that_no_such_record_has_is_refused(raw, field):
    """A misspelt or foreign field is told rather than passed over; its name is not repeated."""
    assert _refusal(raw) == ("unknown_field", field)


def test_a_field_named_twice_is_refused():
    """Readers differ in which of the two counts."""
    raw = _raw().replace(b'"url":', b'"url":"http://b.example/","url":', 1)
    assert _refusal(raw) == ("malformed", None)


def test_one_id_with_two_contents_is_refused_at_the_second():
    """Equal records may come twice in a request; intake would quarantine the second of others."""
    check = RecordCheck(NOW)
    check.validated(_raw())
    check.validated(_raw())
    with pytest.raises(RefusedRecord) as refused:
        check.validated(_raw(url="http://b.example/"))
    assert (refused.value.reason, refused.value.field) == (Inadmissible.CONFLICT, "id")


def test_content_is_refused_wherever_it_stands():
    """An image in a record is refused by a reason of its own, in at least 20 places.

    The field that has it is named if a record has such a field: no name is repeated as it was sent.
    """
    assert len(PLACES) >= 20
    found = {place: _refusal(raw) for place, raw in PLACES.items()}
    named = {place: place for place in PLACES if place in FIELDS}
    named |= {"a data URL": "url", "an unknown type": "type"}
    named |= {"an unknown field of an object": "source"}
    assert found == {place: ("content", named.get(place)) for place in PLACES}


def test_a_url_that_looks_like_content_can_be_reported():
    """A hoster chooses its URLs, and keeps none from being reported by what it writes in it."""
    for url in (f"http://a.example/{IMAGE}", f"https://a.example/?data:image/png;base64,{IMAGE}"):
        assert RecordCheck(NOW).validated(_raw(url=url)).url == url


_TEXT = st.sampled_from(
    ["http://a.example/", "ftp://a.example/", "r1", "", "http://[::1", "online"]
)
_TIMES = st.sampled_from(
    [
        "2026-03-07T12:00:00Z",
        "2099-01-01T00:00:00Z",
        "1900-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
    ]
)


@given(st.sampled_from([report(), notice(), *others()]), st.data())
def test_what_the_door_lets_in_intake_accepts(record, data):
    """Of any record, changed in any known field: no refusal means that intake accepts it."""
    name = data.draw(st.sampled_from(record.__struct_encode_fields__))
    value = data.draw(st.one_of(_TEXT, _TIMES, st.none(), st.integers(), st.booleans()))
    raw = _raw(record, **{name: value})
    refusal = _refusal(raw)
    id = value if name == "id" and isinstance(value, str) else record.id
    judged = ADMISSION.judge(inbound(raw, key=id.encode()), SNAPSHOT, AcceptedIdIndex())
    if refusal is None:
        assert judged.outcome.result is Result.ACCEPTED
    else:
        assert judged.outcome.reason == refusal[0]


def test_every_reason_of_the_record_itself_is_a_reason_of_the_door():
    """What else intake quarantines for needs what came before, or the place where it stands."""
    behind = {
        Quarantine.KEY_MISMATCH,
        Quarantine.UNKNOWN_HOTLINE,
        Quarantine.HOTLINE_ENDED,
        Quarantine.TOO_MANY,
        Quarantine.UNREADABLE,
    }
    assert {*Quarantine} - behind == {*Inadmissible} - {
        Inadmissible.UNKNOWN_FIELD,
        Inadmissible.CONTENT,
    }


def test_a_refusal_names_no_field_but_those_of_records():
    """A name that somebody sent is never repeated."""
    assert {"url", "type", "source.status", "proof.digest"} <= FIELDS
    assert RefusedRecord(Inadmissible.MALFORMED, "secret").field is None
