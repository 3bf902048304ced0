"""What becomes of a batch of an inbox that cannot be read: one outcome for all its records.

Nobody can say what the records were, and the batch itself may be gigabytes, so quarantine keeps the
place and a keyed digest. The hotline still has the records, and sends them again.
"""

from collections.abc import Callable

from schemas.closed_lists import Quarantine, Result
from schemas.records.processing import Origin, OutcomeRecord, Quarantined
from schemas.records.reports import HotlineId
from streams.intake.judgement import Judgement

_PURPOSE = "batch"


def unreadable_batch_judgement(
    hotline: HotlineId,
    origin: Origin,
    reason: Quarantine,
    digest: str,
    keyed: Callable[[str, str], str],
) -> Judgement:
    """Return the outcome of a batch that cannot be read, and what quarantine keeps of it.

    Args:
        hotline: whose inbox it stood in.
        origin: its first and last offset.
        reason: why it cannot be read.
        digest: hex SHA-256 of its bytes.
        keyed: the ledger's keyed hash of a text for a purpose.
    """
    place = f"{origin.topic}/{origin.partition}/{origin.offset}"
    return Judgement(
        outcome=OutcomeRecord(
            hotline=hotline,
            record_id=keyed(_PURPOSE, place),  # no record's: nobody knows their ids
            origin=origin,
            result=Result.QUARANTINED,
            reason=reason,
        ),
        quarantined=Quarantined(
            hotline=hotline,
            origin=origin,
            reason=reason,
            record="",
            digest=keyed(_PURPOSE, digest),
        ),
    )
