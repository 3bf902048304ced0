"""Proposals: one signature opens one, one ends it, and it has no effect."""

from typing import Any

import msgspec
import pytest

from schemas.records.proposals import EndedProposal, Ending, ProposalRecord, ProposedDecision

SIGNATURE = {"person": "anna", "signature": "0" * 128}
DECISION = {"id": "d", "url_key": "0" * 32, "decided_at": 1, "action": "exclude", "reason": "r"}
OPEN = {"type": "open", "decision": DECISION}
ENDED = {
    "type": "ended",
    "id": "d",
    "ending": "rejected",
    "person": "anna",
    "at": 1,
    "signatures": [SIGNATURE],
}


def test_a_proposal_is_open_or_ended() -> None:
    """Both stand in one topic, by the proposal's id."""
    opened, ended = (msgspec.convert(one, ProposalRecord) for one in (OPEN, ENDED))
    assert isinstance(opened, ProposedDecision)
    assert isinstance(ended, EndedProposal)
    assert opened.decision.id == ended.id
    assert ended.ending is Ending.REJECTED


@pytest.mark.parametrize(
    "wrong",
    [
        {"signatures": []},
        {"signatures": [SIGNATURE] * 2},
        {"ending": "forgotten"},
        {"reason": "a" * 501},
        {"id": ""},
        {"id": "a" * 65},
    ],
)
def test_an_end_is_refused(wrong: dict[str, Any]) -> None:
    """One person ends it, by confirming or rejecting it."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(ENDED | wrong, ProposalRecord)
