"""A proposal ends once, and is confirmed only while it is about what the first person saw."""

import asyncio

import pytest
from desk_ledger import CASE, URL_KEY, SignedLedger, desk_ledger

from agents.edges.crypto.person_key import PersonKey
from agents.errors import UserError
from agents.tools.decisions.settle import all_proposals, confirm
from agents.tools.decisions.written import written_decisions
from schemas.records.facts import Decision

EXCLUDE = (CASE, "--action", "exclude", "--reason", "a test of ours")
HOLD = (URL_KEY, "--action", "legal_hold", "--reason", "a court asks")


@pytest.fixture
async def desk(bootstrap, tmp_path):
    """A ledger with two persons."""
    async with desk_ledger(bootstrap, tmp_path) as found:
        yield found


def key(desk: SignedLedger, id: str) -> PersonKey:
    return PersonKey.load(desk.persons.key(id), str)


async def test_a_case_that_changed_since_is_proposed_anew(desk: SignedLedger) -> None:
    """Another decision came between: the second person signs nothing that the first did not see."""
    settings = desk.ledger.settings
    id = await desk.persons.propose(*EXCLUDE)
    await desk.persons.decide(*HOLD)
    await desk.ledger.fold()
    with pytest.raises(UserError, match="has changed since it was proposed") as refused:
        await confirm(settings, id, key(desk, "bram"))
    assert "\n" not in str(refused.value)
    assert [made.action for made, _ in await written_decisions(settings)] == ["legal_hold"]
    assert [one.decision.id for one in (await all_proposals(settings)).waiting()] == [id]


async def test_two_who_confirm_at_once_write_one_decision(desk: SignedLedger) -> None:
    """All but one are told; the ledger has one decision and the proposal one end."""
    settings = desk.ledger.settings
    id = await desk.persons.propose(*EXCLUDE)
    tries = (confirm(settings, id, key(desk, "bram")) for _ in range(3))
    ends = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(end, Decision) for end in ends) == 1
    assert sum(isinstance(end, UserError) for end in ends) == 2
    assert len(await written_decisions(settings)) == 1
