"""Cases in the packed form of a state: what probes move and figures need, and the rest apart."""

from functools import lru_cache
from typing import Final

from msgspec.structs import astuple, replace

from schemas.closed_lists import ClockStanding, NormVerdict
from schemas.moments import Instant
from schemas.packing.hot_cases import ColdCase, HotCase, HotClock
from schemas.packing.norm_bits import norm_bits
from schemas.records.case import (
    ALL_SAMPLED,
    NEVER_RECHECKED,
    CaseSummary,
)

_LETTERS: Final = {verdict: verdict.value[0] for verdict in NormVerdict}
_VERDICTS: Final = {letter: verdict for verdict, letter in _LETTERS.items()}


_USUAL_CLOCK: Final = HotClock(ClockStanding.DELIVERED)


def figures_of(case: HotCase) -> CaseSummary:
    """Return what figures need of a case; everything else says nothing."""
    held = clock_of(case)
    clocked = held or _USUAL_CLOCK
    reported_last_at, back_last_at = windows_of(case)
    return CaseSummary(
        case_id="",
        hoster=case.hoster,
        group="",
        role=case.role,
        country="",
        asn_country="",
        opened_at=case.reported_at,
        reported_at=case.reported_at,
        received_at=case.reported_at,
        noticed_at=case.noticed_at,
        clock=held.clock if held else None,
        norm_from_at=case.norm_from_at,
        norm_s=case.norm_s,
        norms_s=case.norms_s,
        last_seen_at=case.last_seen_at,
        gone_at=case.gone_at,
        first_end=case.first_end,
        returns=case.returns,
        phases=case.phases,
        unnoticed=case.unnoticed,
        verdicts=verdicts(case.verdicts),
        order_verdict=order_verdict(clocked),
        order_due_at=clocked.order_due_at,
        late_at=clocked.late_at,
        overdue=clocked.overdue,
        late_in_public=() if isinstance(shown := clocked.late_in_public, bool) else shown,
        moved_at=clocked.moved_at,
        reported_last_at=reported_last_at,
        back_last_at=back_last_at,
        flags=case.flags,
        naming=case.naming,
        again_noticed_at=case.again_noticed_at,
        again_verdicts=verdicts(case.again_verdicts),
        answered=case.answered,
        sampling=case.sampling or ALL_SAMPLED,
        norm_probes=case.norm_probes,
        rechecks=case.rechecks or NEVER_RECHECKED,
        delay=case.delay,
        untold_returns=case.untold_returns,
        host=case.host,
    )


def clock_of(case: HotCase) -> HotClock | None:
    """Return what only a case with a clock has; None = none runs."""
    return _USUAL_CLOCK if case.clocked is True else case.clocked or None


def order_verdict(clocked: HotClock) -> NormVerdict | None:
    """Return the worst verdict of a case's orders; None = it has none."""
    return _VERDICTS.get(clocked.order_verdict)


def windows_of(case: HotCase) -> tuple[Instant | None, Instant | None]:
    """Return reported_last_at and back_last_at of a case."""
    return (case.reported_at, None) if case.windows is None else case.windows


@lru_cache(maxsize=1_024)
def verdicts(letters: str) -> tuple[NormVerdict, ...]:
    """Return the verdicts that letters stand for: `i`, `l` and `u`."""
    return tuple(_VERDICTS[letter] for letter in letters)


@lru_cache(maxsize=1_024)
def _letters(verdicts: tuple[NormVerdict, ...]) -> str:
    return "".join([_LETTERS[verdict] for verdict in verdicts])


def hot_case(case: CaseSummary) -> HotCase:
    """Return the part of a case that stands in the hot part."""
    windows, clocked = (case.reported_last_at, case.back_last_at), clocked_of(case)
    return HotCase(
        hoster=case.hoster,
        role=case.role,
        reported_at=case.reported_at,
        noticed_at=case.noticed_at,
        norm_from_at=case.norm_from_at,
        norm_s=case.norm_s,
        norms_s=case.norms_s,
        first_seen_at=case.first_seen_at,
        last_seen_at=case.last_seen_at,
        gone_at=case.gone_at,
        phases=case.phases,
        verdicts=_letters(case.verdicts),
        flags=case.flags,
        naming=case.naming,
        first_end=case.first_end,
        returns=case.returns,
        unnoticed=case.unnoticed,
        again_noticed_at=case.again_noticed_at,
        again_verdicts=_letters(case.again_verdicts),
        answered=case.answered,
        brackets=norm_bits(case.norm_probes),
        sampling=None if case.sampling == ALL_SAMPLED else case.sampling,
        rechecks=None if case.rechecks == NEVER_RECHECKED else case.rechecks,
        delay=case.delay,
        clocked=clocked if clocked != _USUAL_CLOCK else True,
        windows=None if windows == (case.reported_at, None) else windows,
        untold_returns=case.untold_returns,
        host=case.host,
    )


def clocked_of(case: CaseSummary) -> HotClock | None:
    """Return what only a case with a clock has; None = none runs."""
    if case.clock is None:
        return None
    return HotClock(
        clock=case.clock,
        order_verdict=_LETTERS[case.order_verdict] if case.order_verdict else "",
        order_due_at=case.order_due_at,
        late_at=case.late_at,
        overdue=case.overdue,
        late_in_public=case.late_in_public,
        moved_at=case.moved_at,
    )


def cold_case(case: CaseSummary) -> ColdCase | tuple[object, ...]:
    """Return the other part of a case; without its end, where nothing called for probes of it."""
    cold = ColdCase(
        case_id=case.case_id,
        group=case.group,
        country=case.country,
        asn=case.asn,
        asn_country=case.asn_country,
        opened_at=case.opened_at,
        received_at=case.received_at,
        unused=None,
        settled_at=case.confirmed_at,
        hotlines=case.hotlines,
        checked=case.checked,
        told_again=case.told_again,
        order_terms=case.order_terms,
        unsettled=case.resolutions_repeated,
        served=case.served,
    )
    called = (
        case.checked
        or case.told_again
        or case.order_terms
        or case.resolutions_repeated
        or case.served
    )
    return cold if called else astuple(cold)[:_CALLED]


_CALLED: Final = ColdCase.__struct_fields__.index("checked")


def summary_of(hot: HotCase, cold: ColdCase) -> CaseSummary:
    """Return the case that two parts make up."""
    return replace(
        figures_of(hot),
        first_seen_at=hot.first_seen_at,
        case_id=cold.case_id,
        group=cold.group,
        country=cold.country,
        asn=cold.asn,
        asn_country=cold.asn_country,
        opened_at=cold.opened_at,
        received_at=cold.received_at,
        confirmed_at=cold.settled_at,
        hotlines=cold.hotlines,
        checked=cold.checked,
        told_again=cold.told_again,
        order_terms=cold.order_terms,
        resolutions_repeated=cold.unsettled,
        served=cold.served,
    )
