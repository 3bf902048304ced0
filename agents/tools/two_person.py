"""The desk's side of what two persons sign: it proposes, confirms and writes to the ledger."""

import secrets
from collections.abc import Sequence
from typing import Final

import msgspec

from agents.config import Settings
from agents.edges.crypto.person_key import Card, PersonKey
from agents.edges.registry.reader import RegistryReader, read_registry
from agents.engine.produce.outbox import send_once
from agents.engine.stage import Send
from agents.tools.apply_registry import holds_from
from agents.tools.proposals import (
    Proposal,
    ProposalError,
    SignedRecord,
    confirmed,
    owner,
    proposed,
    records_of,
    signer,
)
from schemas.codec import DECISION, HANDOVER, REGISTRY, SKIP
from schemas.moments import Instant
from schemas.records.custody import Override
from schemas.records.facts import Decision
from schemas.records.registry import Founder, PersonEntry
from schemas.records.skips import Skip, skip_key
from schemas.signing import PersonId, PublicKey, SignedKind
from schemas.topics import DECISIONS, HANDOVERS, SKIPS
from schemas.topics import REGISTRY as REGISTRY_TOPIC
from streams.registry.signatories import Persons
from streams.registry.snapshot import Snapshot

PERSONS_MIN: Final = 2


async def persons_of(settings: Settings) -> Persons:
    """Return who may sign, whatever else stands in the registry.

    Raises:
        KafkaError, TimeoutError: the broker does not answer, or there is no such topic.
    """
    reader = RegistryReader(settings)
    await reader.start(tolerant=True)
    await reader.stop()
    return reader.persons


async def propose_founders(settings: Settings, cards: Sequence[Card], key: PersonKey) -> Proposal:
    """Return a proposal of a ledger's first two persons, signed by one of them.

    Raises:
        ProposalError: the ledger has persons, or these are not two.
    """
    persons = await persons_of(settings)
    if persons.founded_at is not None:
        raise ProposalError("this ledger has its first two persons: name one card at a time")
    keys = {card.id: card.public_key for card in cards}
    if len(cards) != PERSONS_MIN or len(keys) != PERSONS_MIN or len({*keys.values()}) < len(keys):
        raise ProposalError("the first two persons are set together: name two cards of two persons")
    ledger = secrets.token_hex(16)
    valid_from = await holds_from(settings)
    founders = tuple(Founder(id=id, public_key=keys[id]) for id in sorted(keys))
    entries = [
        PersonEntry(
            id=card.id,
            version=1,
            valid_from=valid_from,
            name=card.name,
            public_key=card.public_key,
            ledger=ledger,
            founders=founders,
            signatures=(),
        )
        for card in cards
    ]
    return proposed(SignedKind.PERSON, ledger, entries, owner(keys, key), key)


async def propose_person(settings: Settings, card: Card, key: PersonKey) -> Proposal:
    """Return a proposal of a further person, or of another key or name of one who is there.

    Raises:
        ProposalError: whoever holds the key may not sign.
    """
    persons, now = await persons_of(settings), settings.clock.clock().now()
    first = signer(persons, key, now)
    version = _version(persons, card.id)
    entry = PersonEntry(
        id=card.id,
        version=version + 1,
        valid_from=await holds_from(settings),
        name=card.name,
        public_key=card.public_key,
        ledger=persons.ledger,
        signatures=(),
    )
    return proposed(SignedKind.PERSON, persons.ledger, [entry], first, key)


async def propose_end(settings: Settings, id: PersonId, key: PersonKey) -> Proposal:
    """Return a proposal that a person signs nothing any more.

    Raises:
        ProposalError: there is no such person, or fewer than two would be left.
    """
    persons, now = await persons_of(settings), settings.clock.clock().now()
    first = signer(persons, key, now)
    held = persons.at(now)
    if id not in held:
        raise ProposalError(f"{id} is nobody who may sign: see `hostwatch keys person list`")
    if len(held) <= PERSONS_MIN:
        raise ProposalError("two persons have to remain: enter another one first")
    ends_at = await holds_from(settings)
    entry = msgspec.structs.replace(
        held[id],
        version=_version(persons, id) + 1,
        valid_from=ends_at,
        ends_at=ends_at,
        founders=(),
        signatures=(),
    )
    return proposed(SignedKind.PERSON, persons.ledger, [entry], first, key)


def _version(persons: Persons, id: PersonId) -> int:
    return max((one.entry.version for one in persons.newest() if one.entry.id == id), default=0)


async def propose_decision(settings: Settings, decision: Decision, key: PersonKey) -> Proposal:
    """Return a proposal of a decision; one that re-attributes says the new hoster's owner.

    Raises:
        ProposalError: whoever holds the key may not sign, or nobody knows the new hoster.
    """
    persons, now = await persons_of(settings), settings.clock.clock().now()
    first = signer(persons, key, now)
    if decision.hoster is not None:
        decision = with_owner(decision, (await read_registry(settings)).at(now))
    return proposed(SignedKind.DECISION, persons.ledger, [decision], first, key)


def with_owner(decision: Decision, registry: Snapshot) -> Decision:
    """Return a re-attribution with the new hoster's owner.

    Args:
        decision: names the hoster.
        registry: as it holds now.

    Raises:
        ProposalError: the hoster is neither in the registry nor a network.
    """
    id = decision.hoster or ""
    if registry.recipient(id) != id:
        raise ProposalError(f"--hoster: the registry has no {id}: see `hostwatch registry show`")
    return msgspec.structs.replace(decision, group=registry.group(id))


def signed_second(
    persons: Persons, proposal: Proposal, key: PersonKey, now: Instant
) -> list[SignedRecord]:
    """Return the records of a proposal as the second person signed them.

    Args:
        persons: who may sign.
        proposal: of the first person.
        key: of the second person.
        now: the present instant.

    Raises:
        ProposalError: it is of another ledger, either person may not sign, or both are one.
    """
    keys = _keys(persons, proposal, now)
    records = confirmed(proposal, owner(keys, key), key)
    _check(persons, proposal, records, now)
    return records


async def confirm(settings: Settings, proposal: Proposal, key: PersonKey) -> list[SignedRecord]:
    """Sign a proposal as the second person, write it to the ledger and return it as written.

    Raises:
        ProposalError: it is of another ledger, either person may not sign, or both are one.
        SendFailed: the broker did not take it.
    """
    persons, now = await persons_of(settings), settings.clock.clock().now()
    records = signed_second(persons, proposal, key, now)
    await send_once(settings, [send_of(record) for record in records])
    return records


def _keys(persons: Persons, proposal: Proposal, now: Instant) -> dict[PersonId, PublicKey]:
    founding = [
        one for one in records_of(proposal) if isinstance(one, PersonEntry) and one.founders
    ]
    if founding:
        if persons.founded_at is not None:
            raise ProposalError("this ledger has its first two persons already")
        return {one.id: one.public_key for one in founding[0].founders}
    if persons.ledger != proposal.ledger:
        raise ProposalError("the proposal is for another ledger, or was changed")
    return {id: entry.public_key for id, entry in persons.at(now).items()}


def _check(
    persons: Persons, proposal: Proposal, records: Sequence[SignedRecord], now: Instant
) -> None:
    """Refuse what every reader would pass over.

    Raises:
        ProposalError: it is not signed as it has to be.
    """
    first = proposal.signatures[0].person
    for record in records:
        if isinstance(record, PersonEntry):
            before = persons.refused
            persons.add(record, now)
            fine = persons.refused == before
        else:
            fine = persons.signed(proposal.kind, record, now)
        if not fine:
            raise ProposalError(
                f"the proposal was changed, or {first} may not sign now: propose it anew"
            )


def send_of(record: SignedRecord) -> Send:
    """Return what is written of a record that two persons signed."""
    match record:
        case PersonEntry():
            key = f"person/{record.id}/{record.version}".encode()
            return Send(REGISTRY_TOPIC.name, key, REGISTRY.encode(record))
        case Decision():
            return Send(DECISIONS.name, record.url_key.encode(), DECISION.encode(record))
        case Skip():
            key = skip_key(record.topic, record.partition, record.offset)
            return Send(SKIPS.name, key, SKIP.encode(record))
        case Override():
            value = HANDOVER.encode(record)
            return Send(HANDOVERS.name, record.hoster.encode(), value, partition=0)
