"""What a decision is about: a digest of it, and why a decision would change nothing."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from schemas.closed_lists import OPEN, DecisionAction
from schemas.moments import Instant
from schemas.records.case import CaseSummary, UrlState
from schemas.records.case_events import PackedDecision
from schemas.records.facts import Decision
from streams.case_class import class_at
from streams.lifecycle.evidence.decisions import in_force
from streams.views.disputes import closed_at, open_since

DIGEST_BYTES: Final = 16
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def basis(state: UrlState, case_id: str, as_of: Instant) -> str:
    """Return a digest of what is said of a URL's cases: 32 hex characters.

    It changes with whatever a person decides on: who is held responsible, the clock, the end, the
    verdicts, what was decided before. It does not change with each probe of an open case.

    Args:
        state: of the URL.
        case_id: the case that is decided about; empty = all of the URL.
        as_of: the present instant.
    """
    said = [
        _said(case, as_of)
        for case in sorted(state.cases, key=lambda case: case.case_id)
        if case_id in ("", case.case_id)
    ]
    decided = sorted(made.id for made in in_force(state.decisions))
    raw = _ENCODER.encode([said, decided])
    return hashlib.blake2b(raw, digest_size=DIGEST_BYTES).hexdigest()


def _said(case: CaseSummary, as_of: Instant) -> list[Any]:
    case_class = class_at(case, as_of)
    kind = "open" if case_class in OPEN else case_class
    clock = (case.noticed_at, case.clock, case.norms_s, case.verdicts, case.order_verdict)
    return [case.case_id, case.hoster, case.group, case.role, kind, case.gone_at, *clock]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A decision that somebody wants.

    Attributes:
        state: of its URL.
        decision: not written yet.
        others: decisions in force about its case, or about all cases of the URL.
    """

    state: UrlState
    decision: Decision
    others: Sequence[PackedDecision]


def objection(state: UrlState, decision: Decision) -> str | None:
    """Return why a decision would change nothing; None = it would.

    Args:
        state: of the decision's URL.
        decision: that somebody is about to propose or confirm.
    """
    cases = [case for case in state.cases if decision.case_id in ("", case.case_id)]
    if not cases and (decision.case_id or decision.action != DecisionAction.LEGAL_HOLD):
        return "there is no such case"
    others = [m for m in in_force(state.decisions) if m.case_id in ("", decision.case_id)]
    return _OBJECTIONS[DecisionAction(decision.action)](_Asked(state, decision, others))


def _twice(asked: _Asked) -> str | None:
    action = asked.decision.action
    if any(made.action == action for made in asked.others):
        return f"a decision {action} stands already: see `hostwatch decide list`"
    return None


def _reattributed(asked: _Asked) -> str | None:
    decision = asked.decision
    at = {case.hoster for case in asked.state.cases if decision.case_id in ("", case.case_id)}
    return f"it is held against {decision.hoster} already" if at == {decision.hoster} else None


def _confirmed(asked: _Asked) -> str | None:
    if not any(notice.backdated for notice in asked.state.notices):
        return "no notice of the URL is backdated"
    return _twice(asked)


def _disputed(asked: _Asked) -> str | None:
    if closed_at(asked.others) is None:
        return None  # a hoster may have said so by letter
    if open_since(asked.state.answers, asked.others) is None:
        return "the dispute is closed already: see `hostwatch decide list`"
    return None


def _revoked(asked: _Asked) -> str | None:
    decision = asked.decision
    for made in in_force(asked.state.decisions):
        if made.id == decision.revokes:
            early = made.decided_at >= decision.decided_at
            return (
                "it is dated before what it revokes: check this machine's clock" if early else None
            )
    return f"no decision {decision.revokes} of this URL stands: see `hostwatch decide list`"


_OBJECTIONS: Final[dict[DecisionAction, Callable[[_Asked], str | None]]] = {
    DecisionAction.EXCLUDE: _twice,
    DecisionAction.LEGAL_HOLD: _twice,
    DecisionAction.REATTRIBUTE: _reattributed,
    DecisionAction.CONFIRM_BACKDATED: _confirmed,
    DecisionAction.ACCEPT_DISPUTE: _disputed,
    DecisionAction.REJECT_DISPUTE: _disputed,
    DecisionAction.REVOKE: _revoked,
}
