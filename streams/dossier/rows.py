"""Rows of a case: what hotlines, probes and persons said, each with the record it stands in."""

from collections.abc import Callable, Mapping, Sequence

from schemas.closed_lists import Target
from schemas.dossier.rows import (
    AnswerRow,
    AttributionRow,
    CheckRow,
    DecisionRow,
    NoticeRow,
    ObservationRow,
    PlaceRow,
    ReportRow,
    WithdrawalRow,
)
from schemas.records.case_events import PackedDecision
from schemas.records.facts import Attribution, Decision, Observation, Placement
from schemas.records.reports import (
    AnswerAccepted,
    CheckAccepted,
    NoticeAccepted,
    ReportAccepted,
    WithdrawalAccepted,
)
from streams.dossier.quoted import Quoted, fields_of, of_type
from streams.lifecycle.result.observed import ObservationKey, ObservationVerdict

Open = Callable[[Placement], str]
"""Gives the address of a place in clear, or nothing."""

OpenAll = Callable[[Attribution], str]
"""Gives all addresses of an attribution in clear, or nothing."""


def reports(found: Sequence[Quoted]) -> tuple[ReportRow, ...]:
    """Return the reports."""
    return tuple(fields_of(ReportRow, one) for one, _ in of_type(found, ReportAccepted))


def notices(found: Sequence[Quoted]) -> tuple[NoticeRow, ...]:
    """Return the notices, and orders among them."""
    return tuple(fields_of(NoticeRow, one) for one, _ in of_type(found, NoticeAccepted))


def withdrawals(found: Sequence[Quoted]) -> tuple[WithdrawalRow, ...]:
    """Return what hotlines took back."""
    return tuple(fields_of(WithdrawalRow, one) for one, _ in of_type(found, WithdrawalAccepted))


def checks(found: Sequence[Quoted]) -> tuple[CheckRow, ...]:
    """Return what persons at hotlines saw."""
    return tuple(fields_of(CheckRow, one) for one, _ in of_type(found, CheckAccepted))


def answers(found: Sequence[Quoted]) -> tuple[AnswerRow, ...]:
    """Return what hosters said of notices."""
    return tuple(fields_of(AnswerRow, one) for one, _ in of_type(found, AnswerAccepted))


def decisions(
    found: Sequence[Quoted], in_force: Sequence[PackedDecision]
) -> tuple[DecisionRow, ...]:
    """Return what two persons decided.

    Args:
        found: records of the URL.
        in_force: the decisions that are.
    """
    ids = {made.id for made in in_force}
    return tuple(
        fields_of(
            DecisionRow,
            one,
            in_force=said.id in ids,
            signers=tuple(by.person for by in said.signatures),
        )
        for one, said in of_type(found, Decision)
    )


def attributions(
    found: Sequence[Quoted], unseal: Open, unseal_all: OpenAll
) -> tuple[AttributionRow, ...]:
    """Return where the URL was.

    Args:
        found: records of the URL.
        unseal: unseals the address of a place.
        unseal_all: unseals all addresses of an attribution.
    """
    return tuple(
        fields_of(
            AttributionRow,
            one,
            places=tuple(_place(place, unseal) for place in said.placements),
            opened=unseal_all(said) if said.addresses else "",
        )
        for one, said in of_type(found, Attribution)
    )


def _place(place: Placement, unseal: Open) -> PlaceRow:
    names = [name for name in PlaceRow.__struct_fields__ if name != "opened"]
    said = {name: getattr(place, name) for name in names}
    return PlaceRow(opened=unseal(place) if place.address else "", **said)


def observations(
    found: Sequence[Quoted], says: Mapping[ObservationKey, ObservationVerdict]
) -> tuple[ObservationRow, ...]:
    """Return what probes saw, and what follows from it.

    Args:
        found: records of the URL.
        says: what the observations of the URL itself say.
    """
    return tuple(_observation(one, said, says) for one, said in of_type(found, Observation))


def _observation(
    one: Quoted, said: Observation, says: Mapping[ObservationKey, ObservationVerdict]
) -> ObservationRow:
    key = ObservationKey(said.hoster, said.role, said.vantage, said.slot_at, said.done_at)
    known = says.get(key) if said.target is Target.URL else None
    facts = said.facts
    return fields_of(
        ObservationRow,
        one,
        status=facts.status,
        error=facts.error,
        verdict=None if known is None else known.verdict,
        rule="" if known is None else str(known.reason),
        backed=known is not None and known.control_differs,
    )
