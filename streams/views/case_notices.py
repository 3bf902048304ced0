"""Which of a URL's cases each notice belongs to, and what it came to there.

Whether the clock runs from it, and if not, why. The rules are those of
`streams.lifecycle.result.notices` (docs/measurement.md, Clocks). A summary holds the clock alone;
whoever lists notices asks here.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from schemas.closed_lists import Basis, ClockStanding
from schemas.moments import Instant
from schemas.records.case import UrlState
from schemas.records.case_events import PackedNotice
from schemas.records.reports import NoticeAccepted
from streams.lifecycle.events.event_set import notice_identity
from streams.lifecycle.events.event_union import packed_notice
from streams.lifecycle.evidence.hotline_statements import counts_from, is_to, standing_of
from streams.lifecycle.machine.case_history import ends_of
from streams.lifecycle.result.cases import evaluate_cases
from streams.lifecycle.result.norm_verdicts import JudgedCase, TermVerdict
from streams.lifecycle.result.notices import Candidate, is_away
from streams.lifecycle.result.url_context import UrlContext


class NoticeEffect(StrEnum):
    """What a notice came to in a case."""

    CLOCK = "clock"  # the clock runs from it
    SECOND_CLOCK = "second_clock"  # a second verdict runs from it
    ARRIVED = "arrived"  # the clock runs from something else
    NOT_DELIVERED = "not_delivered"  # nothing shows that it was
    TAKEN_BACK = "taken_back"  # its hotline withdrew it
    MISDIRECTED = "misdirected"  # it came before the case opened, or after it had moved


_STARTED = (NoticeEffect.CLOCK, NoticeEffect.SECOND_CLOCK)


class CaseNotice(NamedTuple):
    """A notice in a case.

    Attributes:
        case_id: the case.
        at: the instant it counts from.
        is_backdated: its proof is dated back, and `at` is when it was received.
        effect: what it came to there.
        order: the verdict on its own term; None = it is no order that the case is judged by.
    """

    case_id: str
    at: Instant
    is_backdated: bool
    effect: NoticeEffect
    order: TermVerdict | None


class CaseNotices:
    """Where the notices of a URL belong.

    A notice belongs to the case whose span it falls in, of its recipient under every name that this
    one had. It belongs to two where its recipient has the URL in both roles.

    Args:
        state: of the URL, with reports.
    """

    def __init__(self, state: UrlState) -> None:
        """Find all of them."""
        judged: dict[str, JudgedCase] = {}
        evaluate_cases(state, judged=judged)
        self._url = UrlContext(state)
        self._found: dict[tuple[object, ...], list[CaseNotice]] = defaultdict(list)
        for case_id in {one.case_id for one in state.cases} & judged.keys():
            for one in _notices_in(self._url, judged[case_id]):
                term = _own_term(judged[case_id], one.at, one.notice.term_s)
                placed = CaseNotice(
                    case_id=case_id,
                    at=one.at,
                    is_backdated=one.notice.backdated and one.at != one.notice.noticed_at,
                    effect=one.effect,
                    order=term if one.notice.basis is Basis.ORDER else None,
                )
                self._found[notice_identity(one.notice)].append(placed)

    def of(self, said: NoticeAccepted) -> Iterator[CaseNotice]:
        """Yield the cases that a notice belongs to; none where its recipient has none.

        One that repeats another within the hour starts nothing, because the earlier did.
        """
        notice = packed_notice(said)
        for one in self._found.get(notice_identity(notice), ()):
            confirmed = self._url.is_confirmed(notice, one.case_id)
            at = counts_from(notice, confirmed=confirmed)
            is_repeat = at != one.at and one.effect in _STARTED
            yield one._replace(
                at=at,
                is_backdated=notice.backdated and at != notice.noticed_at,
                effect=NoticeEffect.ARRIVED if is_repeat else one.effect,
            )


def _own_term(case: JudgedCase, at: Instant, term_s: int | None) -> TermVerdict | None:
    asked = (at, term_s)
    return next((one for one in case.orders if (one.ordered_at, one.norm_s) == asked), None)


class NoticeInCase(NamedTuple):
    """A notice to the owner of a case.

    Attributes:
        notice: as the set of events holds it.
        at: the instant it counts from.
        effect: what it came to.
    """

    notice: PackedNotice
    at: Instant
    effect: NoticeEffect


def _notices_in(url: UrlContext, case: JudgedCase) -> list[NoticeInCase]:
    """Return the notices to the owner of a case, in order of time.

    Those from before the opening of the first case at its owner stand with that case.

    Args:
        url: what the cases of its URL share.
        case: the case.
    """
    found = list(_arrived_or_not(url, case))
    seconds = set(_second_told_at(found, case))
    first = case.clocks.first
    return [
        one
        if one.effect is not NoticeEffect.ARRIVED
        else one._replace(effect=_started(one, first, seconds))
        for one in found
    ]


def _arrived_or_not(url: UrlContext, case: JudgedCase) -> Iterator[NoticeInCase]:
    scope, ends, mine, left = case.scope, ends_of(case.spells), case.scope.mine, case.scope.left
    since = None if scope.first else scope.since
    for at, notice in url.notices(since, scope.until, scope.case_id):
        if not is_to(notice, mine, left):
            continue
        effect = NoticeEffect.ARRIVED
        if at < scope.since or is_away(at, case.spells):
            effect = NoticeEffect.MISDIRECTED
        elif standing_of(notice) is None:
            effect = NoticeEffect.NOT_DELIVERED
        elif url.is_taken_back(notice.hotline, min(notice.noticed_at, at), at, ends):
            effect = NoticeEffect.TAKEN_BACK
        yield NoticeInCase(notice, at, effect)


def _second_told_at(found: Sequence[NoticeInCase], case: JudgedCase) -> Iterator[Instant]:
    """Yield when the notices came that second verdicts run from."""
    delivered = [
        one.at
        for one in found
        if one.effect is NoticeEffect.ARRIVED and standing_of(one.notice) is ClockStanding.DELIVERED
    ]
    for second in case.clocks.second_clocks:
        ended_at = case.spells[second.spell - 1].gone_at or 0
        yield from [at for at in delivered if at > ended_at][:1]


def _started(one: NoticeInCase, first: Candidate | None, seconds: set[Instant]) -> NoticeEffect:
    """Return what a notice that arrived started."""
    notice, standing = one.notice, standing_of(one.notice)
    if first is not None and (first.at, first.standing, first.hotline, first.received_at) == (
        one.at,
        standing,
        notice.hotline,
        notice.received_at,
    ):
        return NoticeEffect.CLOCK
    if one.at in seconds and standing is ClockStanding.DELIVERED:
        return NoticeEffect.SECOND_CLOCK
    return NoticeEffect.ARRIVED
