"""Proposes a decision: what it is about is read from the table, and kept with it."""

import secrets
from typing import Final, NamedTuple

import msgspec

from agents.config import Settings
from agents.edges.crypto.person_key import PersonKey
from agents.engine.produce.outbox import send_once
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Send
from agents.tools.case_search import search
from agents.tools.proposals import Proposal, ProposalError, records_of
from agents.tools.two_person import propose_decision
from schemas.closed_lists import DecisionAction
from schemas.codec import PROPOSAL, STATE, Rejected
from schemas.identity.ids import partition_of
from schemas.records.case import UrlState
from schemas.records.facts import Decision
from schemas.records.proposals import ProposedDecision
from schemas.records.reports import HosterId, UrlKey
from schemas.topics import CASES, PROPOSALS
from streams.views.case_search import CaseFilter
from streams.views.decision_basis import basis, objection

URL_KEY_DIGITS: Final = 32


class DecisionRequest(NamedTuple):
    """What is to be decided.

    Attributes:
        about: a case's id, or a URL's key for all of its cases.
        action: what.
        reason: why, in words; no URL.
        hoster: the new one, of a re-attribution.
        revokes: the id of a decision, of a `revoke`.
    """

    about: str
    action: DecisionAction
    reason: str
    hoster: HosterId | None = None
    revokes: str | None = None


async def propose(settings: Settings, wanted: DecisionRequest, key: PersonKey) -> Decision:
    """Write a proposal of a decision, signed by one person, and return the decision.

    Args:
        settings: name the broker.
        wanted: what is to be decided.
        key: of the person who proposes it.

    Raises:
        ProposalError: there is no such case, the decision would change nothing, or whoever holds
            the key may not sign.
        SendFailed, KafkaError, TimeoutError: the broker failed.
    """
    state = await state_about(settings, wanted.about)
    case_id = "" if wanted.about == state.url_key else wanted.about
    decision = _decision(settings, wanted, state.url_key, case_id)
    said = objection(state, decision)
    if said is not None:
        raise ProposalError(said)
    seen = basis(state, case_id, decision.decided_at)
    decision = msgspec.structs.replace(decision, basis=seen)
    proposal = await propose_decision(settings, decision, key)
    made = _signed_once(proposal)
    value = PROPOSAL.encode(ProposedDecision(decision=made))
    await send_once(settings, [Send(PROPOSALS.name, made.id.encode(), value, partition=0)])
    return made


def _signed_once(proposal: Proposal) -> Decision:
    """Return the decision of a proposal with the proposer's signature."""
    for record in records_of(proposal):
        if isinstance(record, Decision):
            return msgspec.structs.replace(record, signatures=proposal.signatures)
    raise ProposalError("it is a proposal of another kind")


def _decision(
    settings: Settings, wanted: DecisionRequest, url_key: UrlKey, case_id: str
) -> Decision:
    fields = {
        "v": 2,
        "id": f"d-{secrets.token_hex(8)}",
        "url_key": url_key,
        "case_id": case_id,
        "decided_at": settings.clock.clock().now(),
        "action": wanted.action,
        "hoster": wanted.hoster,
        "revokes": wanted.revokes,
        "reason": wanted.reason,
    }
    try:
        return msgspec.convert(fields, Decision)
    except msgspec.ValidationError as error:
        raise ProposalError(f"no such decision: {error}") from None


async def state_about(settings: Settings, about: str) -> UrlState:
    """Return what `cases.v1` says of a URL, by its key or the id of one of its cases.

    Raises:
        ProposalError: it says nothing.
        KafkaError, TimeoutError: the broker does not answer.
    """
    key = about
    if len(about) != URL_KEY_DIGITS:
        found = (await search(settings, CaseFilter(case_id=about))).cases
        key = found[0].url_key if found else ""
    state = await state_of(settings, key) if key else None
    if state is None:
        raise ProposalError(f"{about}: cases.v1 has no such case and no such URL key")
    return state


async def state_of(settings: Settings, url_key: UrlKey) -> UrlState | None:
    """Return what `cases.v1` says of a URL; None = nothing that can be read.

    Raises:
        KafkaError, TimeoutError: the broker does not answer.
    """
    key, value = url_key.encode(), b""
    partition = partition_of(key, settings.kafka.partitions)
    async for records in read_partitions(settings, CASES.name, (partition,)):
        for record in records:
            if record.key == key:
                value = record.value or b""
    try:
        return STATE.decode(value) if value else None
    except Rejected:
        return None
