"""Laws of the fields that a hotline's record has."""

from typing import Any

import msgspec
import pytest
from hotline_records import notice, others, report

from schemas.codec import HOTLINE
from streams.intake.record_fields import FIELDS, with_unknown_field


def _fields(record: Any, **more: Any) -> dict[str, Any]:
    return {**msgspec.json.decode(HOTLINE.encode(record)), **more}


@pytest.mark.parametrize("record", [report(), notice(), *others()])
def test_what_a_record_is_written_with_is_known(record: Any) -> None:
    """Every type, with its objects; a field of another type is none of it."""
    fields = _fields(record)
    assert with_unknown_field(fields) is None
    assert fields.keys() <= FIELDS
    assert with_unknown_field(fields | {"x": 1}) == ""


@pytest.mark.parametrize(
    ("record", "where"),
    [
        (_fields(report(), recipient="quay"), ""),
        (_fields(report(), source={"status": "online", "note": "x"}), "source"),
        (_fields(notice(), proof={"kind": "letter", "mail": "x"}), "proof"),
        (_fields(report(), source="online"), None),  # of a wrong kind, which decoding says
        ({"type": "rumour", "x": 1}, None),
        ({"type": 7}, None),
    ],
)
def test_where_the_unknown_field_stands(record: dict[str, Any], where: str | None) -> None:
    """In the record itself, in one of its objects, or nowhere that a known type has."""
    assert with_unknown_field(record) == where
