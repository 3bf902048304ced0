"""Disputes: whether a hoster said that a notice is wrong, and nobody has decided about it yet."""

from collections.abc import Iterable
from typing import Final

from schemas.closed_lists import AnswerKind, DecisionAction
from schemas.moments import Instant
from schemas.records.case import UrlState
from schemas.records.case_events import PackedAnswer, PackedDecision
from schemas.records.reports import HosterId
from streams.lifecycle.evidence.decisions import in_force

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


def disputed_since(state: UrlState, case_id: str, owners: Iterable[HosterId]) -> Instant | None:
    """Return since when a dispute about a case is open; None = none is.

    Args:
        state: of its URL.
        case_id: the case.
        owners: its hoster and its owner, who may dispute it.
    """
    mine = {*owners}
    answers = [one for one in state.answers if one.who in mine]
    decisions = [made for made in in_force(state.decisions) if made.case_id in ("", case_id)]
    return open_since(answers, decisions)
