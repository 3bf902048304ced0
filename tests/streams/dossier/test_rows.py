"""Rows of a case: each has what its record says."""

import msgspec
from ledger_events import (
    ONLINE,
    answer,
    check,
    decision,
    notice,
    observation,
    placed,
    report,
    withdrawal,
)
from msgspec.structs import replace
from quoted_events import quoted

from schemas.records.facts import Placement
from streams.dossier import rows
from streams.lifecycle.result.observed import ObservationKey, ObservationVerdict
from streams.verdicts.reasons import VerdictReason

FOUND = quoted(
    report(0),
    placed(),
    notice(1),
    withdrawal(2),
    check(3),
    answer(4),
    decision(5),
    observation(6, ONLINE),
)


def opened(place: Placement) -> str:
    """Open the address of a place."""
    return f"opened {place.address}"


def test_each_kind_of_record_has_its_rows() -> None:
    """Fields of one name have one value, in the form of the ledger."""
    made = [
        *rows.reports(FOUND),
        *rows.notices(FOUND),
        *rows.withdrawals(FOUND),
        *rows.checks(FOUND),
        *rows.answers(FOUND),
        *rows.decisions(FOUND, ()),
        *rows.attributions(FOUND, opened, lambda _: "all"),
        *rows.observations(FOUND, {}),
    ]
    records = {one.name: msgspec.to_builtins(one.said) for one in FOUND}
    assert {row.record for row in made} == records.keys()
    for row in made:
        said, told = records[row.record], msgspec.to_builtins(row)
        assert all(told[name] == said[name] for name in told.keys() & said.keys())


def test_addresses_and_verdicts_come_from_who_opens_and_who_judges() -> None:
    """An observation of another stay has no verdict."""
    (attribution,) = rows.attributions(FOUND, opened, lambda _: "all")
    assert (attribution.places[0].opened, attribution.opened) == ("opened address", "")
    said = FOUND[1].said
    kept = quoted((replace(said, addresses="sealed"), 0))
    (attribution,) = rows.attributions(kept, lambda _: "", lambda _: "all")
    assert attribution.opened == "all"
    seen = FOUND[-1].said
    key = ObservationKey(seen.hoster, seen.role, seen.vantage, seen.slot_at, seen.done_at)
    says = ObservationVerdict("online", VerdictReason.ONLINE, control_differs=True)
    (row,) = rows.observations(FOUND, {key: says})
    assert (row.verdict, row.rule, row.backed) == ("online", "online", True)
    (row,) = rows.observations(FOUND, {key._replace(hoster="other"): says})
    assert (row.verdict, row.rule, row.backed) == (None, "", False)
