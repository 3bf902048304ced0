"""When removed cases are probed in hiding, and by whom afterwards.

See docs/probing.md, Hidden re-checks.

A hoster that knows where the monitor's vantages are can show them 404 and go on serving. It does
not know the address of a hidden vantage. That one is asked for nothing else and announces itself to
nobody. It probes a few removed cases at odd times. When and which cases follows from the case's id,
which derives from the ledger's secret, so nobody outside can foretell it.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from schemas.closed_lists import CaseClass
from schemas.identity.ids import fraction
from schemas.moments import HOUR_MS, Instant
from schemas.records.case import CaseSummary
from streams.schedule.slots import open_of
from streams.schedule.steps import WINDOW_MAX_MS, WITH_CONTROLS, Slot, slot_at

WITHIN_H: Final = ((2, 24), (24, 72), (72, 168), (168, 720))
"""Hours after R within which one re-check lies each: while a return voids the removal, while it
re-opens the case, and while it is a new one."""

SOON_H: Final = (0.05, 0.8)
"""Hours after an end was confirmed within which the first re-check lies, so that a false removal is
found within an hour, before anybody acts on it."""

_ENDED: Final = frozenset(
    {
        CaseClass.REMOVED,
        CaseClass.DNS_ENDED,
        CaseClass.GONE_BEFORE_NOTICE,
        CaseClass.ENDED_WITHOUT_NOTICE,
        CaseClass.NEVER_ONLINE,
    }
)
"""What a lie could have brought about. Moved is probed where it went, dark by everybody."""


def hidden_vantage_dissented(cases: Iterable[CaseSummary], case: CaseSummary) -> bool:
    """Return whether a hidden vantage saw what others did not, and so is asked from now on.

    Args:
        cases: all of the URL.
        case: one of them.
    """
    return any(
        other.rechecks.disagreed > 0 and other.hoster == case.hoster and other.role is case.role
        for other in cases
    )


def noted_as(case: CaseSummary) -> str:
    """Return the id that the wheel keeps the re-checks of a case under.

    It is the second half of the case id, so that they are counted apart from its other slots. A
    removal may
    become known only after it was confirmed: by a control that explains an earlier answer. By then
    the others may have been asked at later slots than that of a re-check.

    Args:
        case: the case.
    """
    return case.case_id[len(case.case_id) // 2 :]


def due(
    case: CaseSummary, share: float, after: Instant, as_of: Instant
) -> tuple[Sequence[Slot], Instant | None]:
    """Return the re-checks in (after, as_of] whose window is open, and when the next one is.

    Args:
        case: the case.
        share: of the removed cases that are probed, 0 to 1.
        after: slots up to here were ordered already.
        as_of: now.
    """
    return open_of(slots(case, share), after, as_of)


def slots(case: CaseSummary, share: float) -> Sequence[Slot]:
    """Return the re-checks of a case by what is known now, in order of time; mostly none.

    Args:
        case: the case.
        share: of the removed cases that are probed, 0 to 1.
    """
    gone_at = case.gone_at
    if gone_at is None or fraction(case.case_id, "recheck") >= share:
        return ()
    confirmed_at = gone_at if case.confirmed_at is None else case.confirmed_at
    planned = [(confirmed_at, SOON_H), *((gone_at, within) for within in WITHIN_H)]
    found = []
    for i, (since, (first_h, last_h)) in enumerate(planned):
        spread = fraction(case.case_id, "recheck", gone_at, i)
        at = since + round((first_h + (last_h - first_h) * spread) * HOUR_MS)
        if _class_at(case, at) in _ENDED:
            found.append(Slot(at, at + WINDOW_MAX_MS, WITH_CONTROLS))
    return sorted(found, key=slot_at)


def _class_at(case: CaseSummary, at: Instant) -> CaseClass:
    case_class = case.phases[0].case_class
    for phase in case.phases:
        if phase.from_at > at:
            break
        case_class = phase.case_class
    return case_class
