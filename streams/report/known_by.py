"""Which records of the ledger a report counts: those that stood there when the watch ended.

The ledger is append-only and the broker dates each record. So a report of a period has the same
figures whenever it is made (docs/measurement.md, 14.2). Without this rule, a probe of the day after
could void a removal, and a new report could make a self-report count. A decision counts whenever
it was made: two persons signed it to correct what was measured.
"""

from schemas.moments import Instant
from schemas.topics import DECISIONS


def is_known_by(topic: str, appended_at: Instant, as_of: Instant) -> bool:
    """Return whether a report counts a record of the ledger.

    Args:
        topic: the record's, without prefix.
        appended_at: when the broker took it.
        as_of: when the watch ended.
    """
    return appended_at <= as_of or topic == DECISIONS.name
