"""What hotlines were told in a run, beside what the second reading of the rules tells them."""

from collections.abc import Iterable, Mapping, Sequence

from agents.engine.stage import Received
from schemas.closed_lists import Result
from schemas.codec import HOTLINE_OUT as CODEC
from schemas.codec import POSITION
from schemas.identity.ids import keyed_record_id
from schemas.moments import Instant
from schemas.records.case import POSITION_KEY
from schemas.records.feedback import Feedback
from schemas.topics import FEEDBACK_TABLE, HOTLINE_OUT, REPORTS
from sim.memory.broker.broker import Broker, partition_of_key
from sim.memory.stages.secrets import RING
from verify.feedback.told import ENTRY, FollowedEntry, differ, expected, followed
from verify.ledger.records import LedgerRecord, url_records
from verify.method_10.cases import cases


def told_otherwise(
    broker: Broker, hotlines: Sequence[str], ledger: Mapping[str, Sequence[LedgerRecord]]
) -> int:
    """Return how much hotlines were told otherwise, not at all, or twice.

    Args:
        broker: where it stands, once all is worked off.
        hotlines: who is told.
        ledger: what was written of each URL.
    """
    newest, found = _newest(broker, hotlines)
    as_of = _positions(broker)
    known: set[tuple[str, str]] = set()
    for url_key, written in ledger.items():
        at = as_of.get(partition_of_key(url_key.encode()), 0)
        entries = followed(_entries(written), at)
        known |= {(one.hotline, one.record_id) for one in entries}
        records = url_records(url_key, written)
        now = cases(records, at)
        for entry in entries:
            said = newest.get((entry.hotline, entry.record_id))
            if said is None:
                found += 1
            else:
                found += any(differ(entry, expected(entry, now, records), said.cases))
    return found + len(newest.keys() - known)


def _entries(written: Iterable[LedgerRecord]) -> list[FollowedEntry]:
    return [ENTRY.decode(one.value) for one in written if one.topic == REPORTS.name]


def _newest(broker: Broker, hotlines: Sequence[str]) -> tuple[dict[tuple[str, str], Feedback], int]:
    """Return what holds of each accepted record, and how often the same was said again."""
    newest: dict[tuple[str, str], Feedback] = {}
    again = 0
    for hotline in hotlines:
        for record in broker.read(HOTLINE_OUT.named(hotline)):
            said = CODEC.decode(record.value)
            if said.result is not Result.ACCEPTED:
                continue
            name = hotline, keyed_record_id(RING.hash, hotline, said.id)
            before = newest.get(name)
            again += before is not None and before.cases == said.cases
            newest[name] = said
    return newest, again


def _positions(broker: Broker) -> dict[int, Instant]:
    """Return the instant up to which each partition is told."""
    said: list[Received] = list(broker.read(FEEDBACK_TABLE.name))
    positions = (POSITION.decode(one.value) for one in said if one.key.startswith(POSITION_KEY))
    return {one.partition: one.as_of for one in positions}
