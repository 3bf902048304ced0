"""The decisions of the ledger, and whether each takes effect."""

from agents.config import Settings
from agents.engine.read.bulk import read_decoded
from agents.tools.two_person import persons_of
from schemas.codec import DECISION
from schemas.records.facts import Decision
from schemas.topics import DECISIONS


async def written_decisions(settings: Settings) -> list[tuple[Decision, str]]:
    """Return what stands in `decisions.v1`, each with what it is worth, the oldest first.

    Raises:
        KafkaError, TimeoutError: the broker does not answer.
    """
    persons, found = await persons_of(settings), dict[str, tuple[Decision, bool]]()
    count = range(settings.kafka.partitions)
    async for decision, record in read_decoded(settings, DECISIONS.name, count, DECISION):
        admitted = persons.admits(decision, record.appended_at)
        if admitted or decision.id not in found:
            found[decision.id] = (decision, admitted)
    made = sorted(found.values(), key=lambda one: (one[0].decided_at, one[0].id))
    revoked = _revoked([decision for decision, admitted in made if admitted])
    return [(decision, _worth(decision, admitted, revoked)) for decision, admitted in made]


def _revoked(admitted: list[Decision]) -> dict[tuple[str, str], str]:
    """Return what takes decisions back, by their URL and id; newer ones first."""
    found: dict[tuple[str, str], str] = {}
    for made in reversed(admitted):
        if made.revokes is not None and (made.url_key, made.id) not in found:
            found.setdefault((made.url_key, made.revokes), made.id)
    return found


def _worth(decision: Decision, admitted: bool, revoked: dict[tuple[str, str], str]) -> str:
    if not admitted:
        return "no effect: not signed by two persons who may"
    by = revoked.get((decision.url_key, decision.id))
    return "takes effect" if by is None else f"revoked by {by}"
