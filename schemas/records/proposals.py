"""`proposals.v1`: what one person proposed to decide, and how that ended."""

from enum import StrEnum
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from schemas.moments import Instant
from schemas.records.facts import Decision
from schemas.signing import PersonId, Signature

ProposalId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]


class Ending(StrEnum):
    """How a proposal ended."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class ProposedDecision(Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="open"):
    """A decision that one person signed; it takes no effect. The Kafka key is its id.

    Attributes:
        decision: with the proposer's signature alone.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    decision: Decision


class EndedProposal(Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="ended"):
    """The end of a proposal, by a person. The Kafka key is the proposal's id.

    Attributes:
        id: of the proposal.
        ending: a confirmed one stands in `decisions.v1`, a rejected one never will.
        at: when.
        reason: why it was rejected, in words; no URL. Empty where it was confirmed.
        signatures: one, of the person who ended it.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    id: ProposalId
    ending: Ending
    person: PersonId
    at: Instant
    reason: Annotated[str, Meta(max_length=500)] = ""
    signatures: Annotated[tuple[Signature, ...], Meta(min_length=1, max_length=1)]


ProposalRecord: TypeAlias = ProposedDecision | EndedProposal
