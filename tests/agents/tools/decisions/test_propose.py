"""What may be proposed."""

import pytest
from desk_ledger import CASE, desk_ledger

from agents.edges.crypto.person_key import PersonKey
from agents.errors import UserError
from agents.tools.decisions.propose import DecisionRequest, propose
from agents.tools.decisions.settle import all_proposals
from schemas.closed_lists import DecisionAction

EXCLUDE, TO = DecisionAction.EXCLUDE, DecisionAction.REATTRIBUTE
MISTAKES = (
    (DecisionRequest("0" * 24, EXCLUDE, "x"), "no such case"),
    (DecisionRequest("0" * 32, EXCLUDE, "x"), "no such URL key"),
    (DecisionRequest(CASE, DecisionAction.REVOKE, "x", revokes="d-1"), "no decision d-1"),
    (DecisionRequest(CASE, TO, "x", hoster="nobody"), "the registry has no nobody"),
    (DecisionRequest(CASE, TO, "x", hoster="No Id"), "no such decision"),
    (
        DecisionRequest(CASE, DecisionAction.CONFIRM_BACKDATED, "x"),
        "no notice of the URL is backdated",
    ),
)


async def test_what_cannot_take_effect_is_not_proposed(bootstrap, tmp_path) -> None:
    """Each mistake is one line; nothing is written. A stranger proposes nothing either."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        settings = desk.ledger.settings
        await desk.persons.create("cleo")
        keys = [PersonKey.load(desk.persons.key(id), str) for id in ("anna", "cleo")]
        for wanted, why in MISTAKES:
            with pytest.raises(UserError, match=why) as refused:
                await propose(settings, wanted, keys[0])
            assert "\n" not in str(refused.value)
        with pytest.raises(UserError, match="nobody who may sign"):
            await propose(settings, DecisionRequest(CASE, EXCLUDE, "x"), keys[1])
        assert (await all_proposals(settings)).all() == []
        made = await propose(settings, DecisionRequest(CASE, EXCLUDE, "x"), keys[0])
        (waiting,) = (await all_proposals(settings)).waiting()
        assert waiting.decision == made
        assert len(made.basis) == 32
