"""Writes that a dossier was handed over, and reads which were: then the right of reply begins."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.person_key import PersonKey
from agents.engine.produce.outbox import send_once
from agents.engine.read.bulk import read_decoded
from agents.engine.stage import Send
from agents.errors import UserError
from agents.tools.dossier import file_form
from agents.tools.dossier.check import findings
from agents.tools.proposals import signer
from agents.tools.two_person import persons_of
from schemas.codec import HANDOVER
from schemas.identity.ids import keyed_digest
from schemas.moments import Instant
from schemas.records.custody import Handover, HandoverRecord, Override
from schemas.signing import Signature, SignedKind, signed_bytes
from schemas.topics import HANDOVERS
from streams.registry.signatories import Persons


class HandedOver(NamedTuple):
    """A dossier that was handed over, or an override of the right of reply.

    Attributes:
        record: as it stands in `handovers.v1`.
        at: when the broker took it; the right of reply runs from then.
        genuine: it is signed by the person it names, an override by two, who may sign then.
    """

    record: HandoverRecord
    at: Instant
    genuine: bool


async def handed_over(settings: Settings, file: Path, recipient: str, key: PersonKey) -> Handover:
    """Write that the dossier of a file was handed over.

    Args:
        settings: name the broker and the key file.
        file: the dossier.
        recipient: to whom, in words; no URL.
        key: of the person who handed it over.

    Raises:
        UserError: something is wrong with the dossier, or whoever holds the key may not sign.
        SendFailed, KafkaError, TimeoutError: the broker did not take it.
    """
    raw = file_form.read(file)
    wrong = findings(raw)
    if wrong:
        raise UserError(f"{file}: {wrong[0]}; `hostwatch dossier verify` says all")
    dossier = file_form.decode(raw)
    hash = Keyring.load(settings.key_file).hash
    made = Handover(
        hoster=dossier.hoster,
        person=dossier.person,
        at=0,
        recipient=recipient,
        digest=keyed_digest(hash, hashlib.sha256(raw).hexdigest()),
        cases=len(dossier.cases),
        from_at=dossier.from_at,
        to_at=dossier.to_at,
        signatures=(),
    )
    return await hand_over(settings, made, key)


async def hand_over(settings: Settings, made: Handover, key: PersonKey) -> Handover:
    """Write that a dossier was handed over; the broker has it when this returns.

    Args:
        settings: name the broker.
        made: without person, time and signature.
        key: of the person who handed it over.

    Raises:
        UserError: whoever holds the key may not sign.
        SendFailed, KafkaError, TimeoutError: the broker did not take it.
    """
    persons, now = await persons_of(settings), settings.clock.clock().now()
    record = replace(made, person=signer(persons, key, now), at=now, signatures=())
    signature = key.sign(signed_bytes(SignedKind.HANDOVER, persons.ledger, record))
    record = replace(record, signatures=(Signature(person=record.person, signature=signature),))
    send = Send(HANDOVERS.name, record.hoster.encode(), HANDOVER.encode(record), partition=0)
    await send_once(settings, [send])
    return record


async def read_handovers(settings: Settings) -> Sequence[HandedOver]:
    """Return what was handed over, in the order in which the broker took it.

    Raises:
        KafkaError, TimeoutError: the broker does not answer.
    """
    persons, found = await persons_of(settings), list[HandedOver]()
    async for made, record in read_decoded(settings, HANDOVERS.name, (0,), HANDOVER):
        genuine = _is_genuine(persons, made, record.appended_at)
        found.append(HandedOver(made, record.appended_at, genuine))
    return found


def _is_genuine(persons: Persons, made: HandoverRecord, at: Instant) -> bool:
    if isinstance(made, Override):
        return persons.signed(SignedKind.OVERRIDE, made, at)
    (signature,) = made.signatures
    mine = signature.person == made.person
    return mine and persons.signed_by_one(SignedKind.HANDOVER, made, signature, at)
