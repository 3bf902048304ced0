"""What a month sealed of URLs under legal hold, opened to be sealed under the holds' own keys."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from agents.config import Settings
from agents.edges.crypto.key_held import Plain, held_bound
from agents.edges.crypto.key_reading import read_ring
from agents.edges.crypto.sealing import NotSealed, month_of
from agents.engine.read.bulk import read_partitions
from agents.errors import UserError
from schemas.codec import FACT, REPORTS_ENTRY, Rejected
from schemas.identity.ids import partition_of
from schemas.records.custody import SealedKind
from schemas.records.facts import Attribution, Fact, Observation
from schemas.records.reports import ReportAccepted, ReportsEntry, UrlKey
from schemas.topics import FACTS, REPORTS


async def texts_kept(
    settings: Settings, held: Collection[UrlKey], month: int
) -> dict[UrlKey, list[Plain]]:
    """Return what a month sealed of URLs, by all that the ledger holds of them.

    A state in `cases.v1` has the newest texts alone.

    Args:
        settings: name the broker and the key file.
        held: the URLs.
        month: yyyymm.

    Raises:
        UserError: a record of one of them cannot be read, or its text was changed.
        KafkaError, TimeoutError: the broker does not answer.
    """
    ring = await read_ring(settings)
    if not held or not ring.months.get(month, False):
        return {}  # it is destroyed already, or never was
    wanted = {key.encode(): key for key in held}
    partitions = sorted({partition_of(key, settings.kafka.partitions) for key in wanted})
    found: dict[UrlKey, list[Plain]] = defaultdict(list)
    for topic, codec in ((REPORTS, REPORTS_ENTRY), (FACTS, FACT)):
        async for records in read_partitions(settings, topic.name, partitions):
            for record in records:
                if record.key not in wanted:
                    continue
                key = wanted[record.key]
                try:
                    entry = codec.decode(record.value)
                    for kept, text in sealed_texts(entry):
                        if _is_of(month, text):
                            raw = ring.open_bytes(text, held_bound(kept, key)).reveal()
                            found[key].append((kept, raw))
                except (Rejected, NotSealed):
                    raise UserError(
                        f"{topic.name}, partition {record.partition}, offset {record.offset}: a"
                        " record of a URL under legal hold cannot be read, so its text would be"
                        " lost; `hostwatch verify` names what is wrong with it"
                    ) from None
    return dict(found)


def sealed_texts(record: ReportsEntry | Fact) -> Iterator[tuple[SealedKind, str]]:
    """Yield what is sealed in a record of the ledger."""
    match record:
        case ReportAccepted():
            yield SealedKind.URL, record.sealed
            yield SealedKind.IDS, record.sealed_ids
        case Attribution():
            yield SealedKind.NAMES, record.names
            yield SealedKind.ADDRESSES, record.addresses
            for place in record.placements:
                yield SealedKind.ADDRESS, place.address
        case Observation():
            return
        case _:
            yield SealedKind.IDS, record.sealed_ids


def _is_of(month: int, text: str) -> bool:
    """Return whether a month sealed a text; what was never sealed, none did."""
    try:
        return bool(text) and month_of(text) == month
    except NotSealed:
        return False
