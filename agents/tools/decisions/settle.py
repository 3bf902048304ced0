"""Confirms or rejects what somebody proposed: once, and only while it is about the same.

Both read `proposals.v1` and write as the one writer of the desk, so a proposal ends once, in one
way. A decision and the end of its proposal are written at once or not at all.
"""

from typing import Final

from msgspec.structs import replace

from agents.config import Settings
from agents.edges.crypto.person_key import PersonKey
from agents.edges.registry.proposals import ProposalBook, Proposed, read_proposals
from agents.engine.produce.exclusive import exclusively
from agents.engine.stage import Send
from agents.tools.decisions.propose import state_of
from agents.tools.proposals import Proposal, ProposalError, fields_of, signer
from agents.tools.two_person import persons_of, send_of, signed_second
from schemas.codec import PROPOSAL
from schemas.records.facts import Decision
from schemas.records.proposals import EndedProposal, Ending
from schemas.signing import PersonId, Signature, SignedKind, signed_bytes
from schemas.topics import PROPOSALS
from streams.registry.signatories import Persons
from streams.views.decision_basis import basis, objection

ROLE: Final = "desk"
"""Names the transactional id of the desk's commands that must not be carried out twice."""


async def all_proposals(settings: Settings) -> ProposalBook:
    """Return what was proposed, and how each ended.

    Raises:
        KafkaError, TimeoutError: the broker does not answer.
    """
    return await read_proposals(settings, await persons_of(settings))


async def waiting(settings: Settings, id: str) -> Proposed:
    """Return a proposal that waits for a second person.

    Raises:
        ProposalError: there is none of that id, or it has ended.
        KafkaError, TimeoutError: the broker does not answer.
    """
    return _waiting(await all_proposals(settings), id)


def _waiting(book: ProposalBook, id: str) -> Proposed:
    found = book.of(id)
    if found is None:
        raise ProposalError(f"there is no proposal {id}: see `hostwatch decide list`")
    if found.ended is not None:
        raise ProposalError(f"{id} was {found.ended.ending} by {found.ended.person} already")
    return found


async def confirm(settings: Settings, id: str, key: PersonKey) -> Decision:
    """Sign a proposal as the second person and write the decision to the ledger.

    Args:
        settings: name the broker.
        id: of the proposal.
        key: of another person than the one who proposed it.

    Raises:
        ProposalError: it does not wait, the case has changed since, either person may not sign,
            or both are one.
        SendFailed, KafkaError, TimeoutError: the broker failed; nothing was written.
    """
    made: list[Decision] = []

    async def decide() -> list[Send]:
        persons, now = await persons_of(settings), settings.clock.clock().now()
        found = _waiting(await read_proposals(settings, persons), id)
        decision = _signed(persons, found, key, now)
        await _check_basis(settings, decision, now)
        made.append(decision)
        second = decision.signatures[1].person
        return [send_of(decision), _end(persons, id, (Ending.CONFIRMED, ""), (second, key), now)]

    await exclusively(settings, ROLE, decide)
    return made[0]


def _signed(persons: Persons, found: Proposed, key: PersonKey, now: int) -> Decision:
    proposal = Proposal(
        kind=SignedKind.DECISION,
        ledger=persons.ledger,
        records=(fields_of(found.decision),),
        signatures=found.decision.signatures,
    )
    (record,) = signed_second(persons, proposal, key, now)
    if not isinstance(record, Decision):
        raise ProposalError("it is a proposal of another kind")
    return record


async def _check_basis(settings: Settings, decision: Decision, now: int) -> None:
    """Refuse a decision about what is not any more as the first person saw it."""
    state = await state_of(settings, decision.url_key)
    if state is None or basis(state, decision.case_id, now) != decision.basis:
        about = decision.case_id or decision.url_key
        raise ProposalError(
            f"{about} has changed since it was proposed: look at it (`hostwatch cases show`),"
            f" then `hostwatch decide reject {decision.id}` and propose it anew"
        )
    said = objection(state, decision)
    if said is not None:
        raise ProposalError(said)


async def reject(settings: Settings, id: str, reason: str, key: PersonKey) -> None:
    """End a proposal without effect; whoever proposed it may take it back so.

    Args:
        settings: name the broker.
        id: of the proposal.
        reason: why, in words; no URL.
        key: of any person who may sign.

    Raises:
        ProposalError: it does not wait, or whoever holds the key may not sign.
        SendFailed, KafkaError, TimeoutError: the broker failed; nothing was written.
    """

    async def decide() -> list[Send]:
        persons, now = await persons_of(settings), settings.clock.clock().now()
        person = signer(persons, key, now)
        _waiting(await read_proposals(settings, persons), id)
        return [_end(persons, id, (Ending.REJECTED, reason), (person, key), now)]

    await exclusively(settings, ROLE, decide)


def _end(
    persons: Persons,
    id: str,
    how: tuple[Ending, str],
    by: tuple[PersonId, PersonKey],
    now: int,
) -> Send:
    person, key = by
    end = EndedProposal(id=id, ending=how[0], person=person, at=now, reason=how[1], signatures=())
    signature = key.sign(signed_bytes(SignedKind.ENDING, persons.ledger, end))
    end = replace(end, signatures=(Signature(person=person, signature=signature),))
    return Send(PROPOSALS.name, id.encode(), PROPOSAL.encode(end), partition=0)
