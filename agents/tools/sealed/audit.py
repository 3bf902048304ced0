"""Writes to `audit.v1` who is about to have what opened, and reads who did."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from msgspec.structs import replace

from agents.config import Settings
from agents.edges.crypto.person_key import PersonKey
from agents.engine.produce.outbox import send_once
from agents.engine.read.bulk import read_decoded
from agents.engine.stage import Send
from agents.errors import UserError
from agents.tools.proposals import signer
from agents.tools.two_person import persons_of
from schemas.codec import AUDIT as CODEC
from schemas.moments import Instant
from schemas.records.custody import AuditEntry
from schemas.records.reports import UrlKey
from schemas.signing import PersonId, Signature, SignedKind, signed_bytes
from schemas.topics import AUDIT

OPENED_MAX: Final = 10_000
"""What one command may have opened: a list for one hoster. Who needs more says so twice."""


class Opening(NamedTuple):
    """One thing that is about to be opened; its fields are those of `AuditEntry`."""

    what: Literal["url", "quarantined", "replayed", "dossier"]
    url_key: UrlKey | None = None
    place: str = ""


class Authority(NamedTuple):
    """On whose word something is opened.

    Attributes:
        key: the person's.
        reason: why, in words; no URL.
    """

    key: PersonKey
    reason: str


class Audited(NamedTuple):
    """What was opened.

    Attributes:
        entry: as it stands in `audit.v1`.
        at: when the broker took it.
        genuine: it is signed by the person it names, who may sign then.
    """

    entry: AuditEntry
    at: Instant
    genuine: bool


async def signed_entries(
    settings: Settings, openings: Sequence[Opening], by: Authority
) -> list[Send]:
    """Return what is to be written before things are opened.

    Raises:
        UserError: whoever holds the key may not sign, or too much is asked for.
        KafkaError, TimeoutError: the broker does not answer.
    """
    if len(openings) > OPENED_MAX:
        raise UserError(f"more than {OPENED_MAX:,} texts are to be opened: ask for fewer")
    persons, now = await persons_of(settings), settings.clock.clock().now()
    person = signer(persons, by.key, now)
    return [_send(one, (person, persons.ledger, now), by) for one in openings]


def _send(opening: Opening, who: tuple[PersonId, str, Instant], by: Authority) -> Send:
    person, ledger, now = who
    entry = AuditEntry(
        person=person,
        at=now,
        what=opening.what,
        url_key=opening.url_key,
        place=opening.place,
        reason=by.reason,
        signatures=(),
    )
    signature = by.key.sign(signed_bytes(SignedKind.AUDIT, ledger, entry))
    entry = replace(entry, signatures=(Signature(person=person, signature=signature),))
    return Send(AUDIT.name, person.encode(), CODEC.encode(entry), partition=0)


async def write_down(settings: Settings, openings: Sequence[Opening], by: Authority) -> None:
    """Write who is about to have what opened; the broker has it when this returns.

    Args:
        settings: name the broker.
        openings: what is about to be opened.
        by: the person and the reason.

    Raises:
        UserError: whoever holds the key may not sign, or too much is asked for.
        SendFailed, KafkaError, TimeoutError: the broker did not take it; open nothing.
    """
    await send_once(settings, await signed_entries(settings, openings, by))


async def read_audit(settings: Settings) -> list[Audited]:
    """Return who had what opened, in the order in which the broker took it.

    Raises:
        KafkaError, TimeoutError: the broker does not answer.
    """
    persons, found = await persons_of(settings), list[Audited]()
    async for entry, record in read_decoded(settings, AUDIT.name, (0,), CODEC):
        (signature,) = entry.signatures
        genuine = signature.person == entry.person and persons.signed_by_one(
            SignedKind.AUDIT, entry, signature, record.appended_at
        )
        found.append(Audited(entry, record.appended_at, genuine))
    return found
