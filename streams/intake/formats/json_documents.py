"""Documents of JSON: one value, or one a line."""

from typing import Any, Final

import msgspec

from streams.intake.formats.base import BYTE_ORDER_BYTES

TORN: Final = "torn"
"""What stands for a line that is no JSON: no value that a record can have."""


def values_of(data: bytes) -> list[Any]:
    """Return the values of a document: itself, the items of an array, or a value a line.

    Args:
        data: the document. A line that is no JSON is `TORN`.
    """
    data = data.removeprefix(BYTE_ORDER_BYTES)
    whole = _value(data)
    if whole is not TORN:
        return whole if isinstance(whole, list) else [whole]
    return [_value(line) for line in data.splitlines() if line.strip()]


def _value(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return TORN
