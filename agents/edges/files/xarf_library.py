"""XARF reports as the library `xarf` reads them, with `strict=False`.

The library says why a report does not fit by quoting it, so of its words only yes and no go on.
"""

from collections.abc import Mapping
from typing import Any, Final

import xarf

from streams.intake.formats.base import XarfFields

_FAULTS: Final = (
    xarf.XARFError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
)
"""What the library and the validators under it raise at odd input."""


def read(report: Mapping[str, Any]) -> XarfFields:
    """Return what the library says of a report of version 4.

    Args:
        report: as JSON has it.
    """
    try:
        found = xarf.parse(dict(report), strict=False)
    except _FAULTS:
        return XarfFields(valid=False, unknown=False, fields={})
    return XarfFields(
        valid=found.report is not None and not found.errors,
        unknown=any(one.field for one in found.warnings),
        fields=report,
    )
