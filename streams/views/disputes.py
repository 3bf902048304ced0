"""Disputes: whether a hoster said that a notice is wrong, and nobody has decided about it yet."""

from collections.abc import Iterable
from typing import Final

from schemas.closed_lists import AnswerKind, DecisionAction
from schemas.moments import Instant
from schemas.records.case import CaseSummary, UrlState
from schemas.records.case_events import PackedAnswer, PackedDecision
from streams.lifecycle.evidence.decisions import in_force
from streams.views.owner_names import OwnerNames

DISPUTES: Final = frozenset({AnswerKind.DISPUTED, AnswerKind.NOT_OURS})
"""What a hoster may answer that disputes a case."""

_CLOSING: Final = (DecisionAction.ACCEPT_DISPUTE, DecisionAction.REJECT_DISPUTE)


def closed_at(decisions: Iterable[PackedDecision]) -> Instant | None:
    """Return when a dispute was closed last; None = never.

    Args:
        decisions: decisions that are in force.
    """
    return max((made.decided_at for made in decisions if made.action in _CLOSING), default=None)


def open_since(
    answers: Iterable[PackedAnswer], decisions: Iterable[PackedDecision]
) -> Instant | None:
    """Return since when a dispute is open; None = none is.

    Args:
        answers: of hosters, about the URL.
        decisions: decisions that are in force.
    """
    closed = closed_at(decisions) or 0
    return min(
        (one.at for one in answers if one.what in DISPUTES and one.at > closed), default=None
    )


def disputed_since(state: UrlState, case: CaseSummary) -> Instant | None:
    """Return since when a dispute about a case is open; None = none is.

    Its owner may dispute it, by whichever name it had when it answered.

    Args:
        state: of its URL.
        case: of that state.
    """
    disputing = [one for one in state.answers if one.what in DISPUTES]
    if not disputing:
        return None
    mine = OwnerNames(state).of(case)
    decisions = [made for made in in_force(state.decisions) if made.case_id in ("", case.case_id)]
    return open_since((one for one in disputing if one.who in mine), decisions)
