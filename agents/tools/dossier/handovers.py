"""Writes that a dossier was handed over, and reads which were: then the right of reply begins."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from agents.config import Settings
from agents.engine.produce.outbox import send_once
from agents.engine.read.bulk import read_decoded
from agents.engine.stage import Send
from agents.tools.proposals import signer
from agents.tools.sealed.audit import Authority
from agents.tools.two_person import persons_of
from schemas.codec import HANDOVER
from schemas.moments import Instant
from schemas.records.custody import Handover
from schemas.signing import Signature, SignedKind, signed_bytes
from schemas.topics import HANDOVERS


class HandedOver(NamedTuple):
    """A dossier that was handed over.

    Attributes:
        record: as it stands in `handovers.v1`.
        at: when the broker took it; the right of reply runs from then.
        genuine: it is signed by the person it names, who may sign then.
    """

    record: Handover
    at: Instant
    genuine: bool


async def hand_over(settings: Settings, made: Handover, by: Authority) -> Handover:
    """Write that a dossier was handed over; the broker has it when this returns.

    Args:
        settings: name the broker.
        made: without person, time and signature.
        by: the person who handed it over.

    Raises:
        UserError: whoever holds the key may not sign.
        SendFailed, KafkaError, TimeoutError: the broker did not take it.
    """
    persons, now = await persons_of(settings), settings.clock.clock().now()
    record = replace(made, person=signer(persons, by.key, now), at=now, signatures=())
    signature = by.key.sign(signed_bytes(SignedKind.HANDOVER, persons.ledger, record))
    record = replace(record, signatures=(Signature(person=record.person, signature=signature),))
    key = record.hoster.encode()
    await send_once(settings, [Send(HANDOVERS.name, key, HANDOVER.encode(record), partition=0)])
    return record


async def read_handovers(settings: Settings) -> Sequence[HandedOver]:
    """Return what was handed over, in the order in which the broker took it.

    Raises:
        KafkaError, TimeoutError: the broker does not answer.
    """
    persons, found = await persons_of(settings), list[HandedOver]()
    async for made, record in read_decoded(settings, HANDOVERS.name, (0,), HANDOVER):
        (signature,) = made.signatures
        genuine = signature.person == made.person and persons.signed_by_one(
            SignedKind.HANDOVER, made, signature, record.appended_at
        )
        found.append(HandedOver(made, record.appended_at, genuine))
    return found
