"""What the product said of an adversarial case against what was true."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from adversarial import Case, instant
from adversarial_loop import Loop, Moment

from schemas.closed_lists import CaseClass, Flag
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from schemas.records.case import CaseSummary
from streams.case_class import class_at

ENDS: Final = frozenset(
    {
        CaseClass.REMOVED,
        CaseClass.GONE_BEFORE_NOTICE,
        CaseClass.ENDED_WITHOUT_NOTICE,
        CaseClass.DNS_ENDED,
    }
)
"""Classes that say the material was taken away."""

STANDING_MS: Final = HOUR_MS
"""What is taken back sooner has misled nobody: figures alert on hours."""

GRACE_MS: Final = 15 * MINUTE_MS
"""A visitor's own cache and a server's take so long to notice."""

LONG_GONE_MS: Final = 7 * DAY_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One case, judged.

    Attributes:
        false_removed, false_online: it was said wrongly.
        flagged: it was said to be online wrongly, and that a person's check is asked for.
        passing: a wrong L stood for more than an hour and was taken back.
        left: the class it is left in if that decides nothing, else empty.
        last: the class at the end.
        probes: how many probes it took.
    """

    case: Case
    false_removed: bool
    false_online: bool
    flagged: bool
    passing: bool
    left: str
    last: str
    probes: int


def judged(case: Case) -> Judgement:
    """Run a case and judge what was said of it."""
    loop = Loop(case)
    said = loop.run()
    end_at = instant(case.follow_h)
    last = [(one, class_at(one, end_at)) for one in said[-1].cases] if said else []
    outcomes = [outcome for _, outcome in last]
    stays = any(
        _open_as(one, outcome, end_at) is CaseClass.ONLINE and Flag.UNPROVEN not in one.flags
        for one, outcome in last
    )
    newest = outcomes[-1] if outcomes else CaseClass.AWAITING
    if last:
        newest = _open_as(*last[-1], end_at)
    wrong = [one for one, _ in last if _wrong_sighting(case, one, end_at)]
    unflagged = any(Flag.UNPROVEN not in one.flags for one in wrong)
    decided = newest in ENDS or stays
    return Judgement(
        case=case,
        false_removed=_stood(said, end_at, lambda one, at: _wrong_end(case, one, at)),
        false_online=unflagged or (stays and _long_gone(case, end_at, loop.answered_sent_at)),
        flagged=bool(wrong) and not unflagged,
        passing=not wrong and _stood(said, end_at, lambda one, at: _wrong_sighting(case, one, at)),
        left="" if decided else newest.value,
        last=newest.value,
        probes=loop.total,
    )


def _open_as(said: CaseSummary, outcome: CaseClass, at: Instant) -> CaseClass:
    """Return the class of a case; for one without a notice what the probes say."""
    if outcome is not CaseClass.AWAITING:
        return outcome
    turns = [phase.case_class for phase in said.unnoticed if phase.from_at <= at]
    return turns[-1] if turns else CaseClass.ONLINE


def _stood(
    said: Sequence[Moment], end_at: Instant, wrong: Callable[[CaseSummary, Instant], bool]
) -> bool:
    """Return whether something wrong stood at the end or for longer than an hour."""
    since: Instant | None = None
    for at, until, cases in _stretches(said, end_at):
        if not any(wrong(case, at) for case in cases):
            since = None
            continue
        since = at if since is None else since
        if until >= end_at or until - since > STANDING_MS:
            return True
    return False


def _stretches(
    said: Sequence[Moment], end_at: Instant
) -> Iterator[tuple[Instant, Instant, Iterable[CaseSummary]]]:
    """Yield the stretches of time in which neither what is known nor a class changes."""
    for number, moment in enumerate(said):
        until = said[number + 1].at if number + 1 < len(said) else end_at
        turns = {
            phase.from_at
            for case in moment.cases
            for phase in case.phases
            if moment.at < phase.from_at < until
        }
        edges = [moment.at, *sorted(turns), until]
        for begins, ends in pairwise(edges):
            yield begins, ends, moment.cases


def _wrong_end(case: Case, said: CaseSummary, at: Instant) -> bool:
    ends = [(one.last_seen_at, one.gone_at) for one in said.returns]
    if said.first_end is not None:
        ends.append(said.first_end)
    if said.gone_at is not None and class_at(said, at) in ENDS:
        ends.append((said.last_seen_at or said.opened_at - 1, said.gone_at))
    return any(
        case.gone_since(gone_at) is None or not case.gone_within(seen_at, gone_at)
        for seen_at, gone_at in ends
    )


def _wrong_sighting(case: Case, said: CaseSummary, _at: Instant) -> bool:
    seen: list[Instant | None] = [one.back_at for one in said.returns]
    # of a removal that nobody observed L may be the notice: it says itself that it is no sighting
    if Flag.UNOBSERVED not in said.flags or said.last_seen_at != said.noticed_at:
        seen.append(said.last_seen_at)
    seen += [one.last_seen_at for one in said.returns]
    if said.first_end is not None:
        seen.append(said.first_end[0])
    for at in seen:
        since = None if at is None else case.gone_since(at)
        if at is not None and since is not None and at - since > GRACE_MS:
            return True
    return False


def _long_gone(case: Case, end_at: Instant, answered_sent_at: Sequence[Instant]) -> bool:
    since = case.gone_since(end_at)
    return (
        since is not None
        and end_at - since > LONG_GONE_MS
        and any(at > end_at - LONG_GONE_MS for at in answered_sent_at)
    )
