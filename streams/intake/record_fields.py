"""The fields that a hotline's record has, by its type. Decoding passes over any other.

Who takes records in before they stand in an inbox refuses such a field: a file that is handed in
(`streams/intake/formats/ndjson.py`), and the HTTP intake (`streams/intake/record_check.py`).
"""

import json
from collections.abc import Mapping
from typing import Any, Final, get_args

from msgspec import Struct

from schemas.records.hotline import HotlineRecord, Proof, SourceStatus

_TAG: Final = "type"
_OBJECTS: Final[dict[str, type[Struct]]] = {"source": SourceStatus, "proof": Proof}
"""Fields that hold an object."""

_OF_TYPE: Final = {
    kind.__struct_config__.tag: frozenset({_TAG, *kind.__struct_encode_fields__})
    for kind in get_args(HotlineRecord)
}
_OF_OBJECT: Final = {
    name: frozenset(kind.__struct_encode_fields__) for name, kind in _OBJECTS.items()
}

FIELDS: Final = frozenset(
    {
        *(name for names in _OF_TYPE.values() for name in names),
        *(f"{name}.{one}" for name, inner in _OF_OBJECT.items() for one in inner),
    }
)
"""Every field of a hotline's record, of all types."""


def with_unknown_field(record: Mapping[str, Any]) -> str | None:
    """Return what of a record has a field that no record of its type has.

    Args:
        record: as JSON has it.

    Returns:
        The name of the object that has it, empty for the record itself. None = nothing has one,
        or no record has such a type.
    """
    tag = record.get(_TAG)
    known = _OF_TYPE.get(tag) if isinstance(tag, str) else None
    if known is None:
        return None
    if record.keys() - known:
        return ""
    for name, inner in _OF_OBJECT.items():
        value = record.get(name)
        if isinstance(value, dict) and value.keys() - inner:
            return name
    return None


def fields_of(raw: bytes) -> Any:
    """Return the value that JSON stands for; None if it is none, or names a field twice."""
    try:
        return json.loads(raw, object_pairs_hook=_object)
    except (RecursionError, ValueError):
        return None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found
