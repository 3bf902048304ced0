"""Which class a case is in at an instant, by what is known now."""

from collections.abc import Sequence
from typing import Protocol

from schemas.closed_lists import CaseClass
from schemas.moments import Instant
from schemas.records.case import Phase


class Phased(Protocol):
    """A case, as `schemas.records.case.CaseSummary` or a part of it."""

    @property
    def phases(self) -> Sequence[Phase]:
        """Classes from which instant on."""
        ...


def phase_at(case: Phased, as_of: Instant) -> Phase | None:
    """Return the phase a case is in, None before its first."""
    current = None
    for phase in case.phases:
        if phase.from_at > as_of:
            break
        current = phase
    return current


def class_at(case: Phased, as_of: Instant) -> CaseClass | None:
    """Return the one class a case is in, None before it exists."""
    phase = phase_at(case, as_of)
    return phase.case_class if phase else None
