"""Packed events are arrays: a field that older states lack has the value that was meant then."""

import msgspec
import pytest

from schemas.records.case_events import (
    PackedAttribution,
    PackedCheck,
    PackedDecision,
    PackedNotice,
    PackedPlacement,
    PackedReport,
    PackedWithdrawal,
)

REPORT = [5, "alpha", "r", 4, None, None, False, "delivery", [86_400], 86_400, None, None]
NOTICE = [1, 2, "alpha", "acme", "notice", "sent", None, None, False, "delivery"]
PLACEMENT = ["acme", "acme", "hosting", "NL", 1, "NL", "asn", False, "", ""]


@pytest.mark.parametrize(
    ("kind", "older", "meant"),
    [
        (PackedReport, REPORT, {"assesses": True, "host": 0, "probing": True}),
        (PackedReport, REPORT, {"category": None, "site_type": None}),
        (PackedNotice, NOTICE, {"group": "unknown", "norms_s": ()}),
        (PackedCheck, [1, "alpha", "absent", "", False], {"backdated": False, "received_at": 0}),
        (PackedPlacement, PLACEMENT, {"inclusion": 1.0, "sampled": True, "formerly": ()}),
        (PackedPlacement, PLACEMENT, {"behind": False, "disclosed": False}),
        (PackedAttribution, [1, "north", True, False, []], {"more": False}),
        (PackedDecision, [1, "d", "c", "exclude", None], {"revokes": None, "group": None}),
    ],
)
def test_a_state_of_an_older_release_can_be_read(
    kind: type, older: list[object], meant: dict[str, object]
) -> None:
    """Fields are added at the end alone."""
    found = msgspec.json.decode(msgspec.json.encode(older), type=kind)
    assert {name: getattr(found, name) for name in meant} == meant


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (PackedReport, REPORT[:-1]),
        (PackedCheck, [1, "alpha", "seen", "", False]),
        (PackedPlacement, ["Acme", *PLACEMENT[1:]]),
        (PackedWithdrawal, ["1", "alpha"]),
    ],
)
def test_what_is_none_is_refused(kind: type, fields: list[object]) -> None:
    """Too short, outside a list, or no id."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(fields), type=kind)


def test_reports_sort_by_when_they_came() -> None:
    """So the set of a URL's reports has one order."""
    early, late = (msgspec.convert([at, *REPORT[1:]], PackedReport, strict=False) for at in (4, 5))
    assert sorted([late, early]) == [early, late]
