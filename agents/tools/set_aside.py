"""Makes the skip of a record, which two persons sign to set the record aside."""

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.person_key import PersonKey
from agents.edges.kafka.record_lookup import NoSuchRecord, is_ours, record_at
from agents.edges.registry.skips import digest_of
from agents.tools.proposals import Proposal, proposed, signer
from agents.tools.two_person import persons_of
from schemas.records.skips import Skip
from schemas.signing import SignedKind


async def propose_skip(
    settings: Settings,
    place: tuple[str, int, int],
    reason: str,
    key: PersonKey,
    digest: str | None = None,
) -> Proposal:
    """Return a proposal to set a record aside.

    Args:
        settings: names the broker and the key file.
        place: topic, partition and offset.
        reason: why.
        key: of the first person.
        digest: of the record, as a worker's log has it: the record is not read, so neither the
            right to its topic nor the key file is needed. None = it is read.

    Raises:
        UserError: no record stands there, or whoever holds the key may not sign.
    """
    topic, partition, offset = place
    now = settings.clock.clock().now()
    persons = await persons_of(settings)
    first = signer(persons, key, now)
    if not is_ours(topic):
        raise NoSuchRecord(f"{topic}: no topic of a ledger whose records can be set aside")
    if digest is None:
        keyring = Keyring.load(settings.key_file)
        record = await record_at(settings, topic, partition, offset)
        digest = digest_of(record.key, record.value, keyring.hash)
    skip = Skip(
        topic=topic,
        partition=partition,
        offset=offset,
        digest=digest,
        reason=reason,
        decided_at=now,
        signatures=(),
    )
    return proposed(SignedKind.SKIP, persons.ledger, [skip], first, key)
