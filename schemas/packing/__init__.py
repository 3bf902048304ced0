"""The packed form of a URL's state, as it stands on `cases.v1` and in memory.

Everybody else imports this package, and no module in it. May import `schemas.records`,
`schemas.closed_lists` and `schemas.moments`.
"""

from schemas.packing.case_fields import (
    clock_of,
    clocked_of,
    figures_of,
    hot_case,
    order_verdict,
    verdicts,
    windows_of,
)
from schemas.packing.cold_part import ColdPart, read_cold_part
from schemas.packing.hot_cases import CaseName, Hot, HotCase, HotCases, HotClock
from schemas.packing.rest_bytes import DICTIONARY
from schemas.packing.state_json import StateJson, json_of, state_of
from schemas.packing.state_record import (
    DECODE_ERRORS,
    DecodedState,
    NamedCases,
    cases_of,
    cold_part_of,
    hot_of,
    is_packed,
    named_cases_of,
    packed,
    unpacked,
    with_hot,
)
from schemas.packing.state_template import (
    PLACES_MAX,
    Instants,
    Own,
    Reported,
    StateTemplate,
    is_usual,
    packed_reported,
    reported,
    texts_of,
    unpacked_reported,
)
from schemas.packing.tracks import (
    TARGETS,
    HotTrack,
    begun,
    last_slot,
    latest,
    make_room,
    row_of,
    times_of,
)

__all__ = [
    "DECODE_ERRORS",
    "DICTIONARY",
    "PLACES_MAX",
    "TARGETS",
    "CaseName",
    "ColdPart",
    "DecodedState",
    "Hot",
    "HotCase",
    "HotCases",
    "HotClock",
    "HotTrack",
    "Instants",
    "NamedCases",
    "Own",
    "Reported",
    "StateJson",
    "StateTemplate",
    "begun",
    "cases_of",
    "clock_of",
    "clocked_of",
    "cold_part_of",
    "figures_of",
    "hot_case",
    "hot_of",
    "is_packed",
    "is_usual",
    "json_of",
    "last_slot",
    "latest",
    "make_room",
    "named_cases_of",
    "order_verdict",
    "packed",
    "packed_reported",
    "read_cold_part",
    "reported",
    "row_of",
    "state_of",
    "texts_of",
    "times_of",
    "unpacked",
    "unpacked_reported",
    "verdicts",
    "windows_of",
    "with_hot",
]
