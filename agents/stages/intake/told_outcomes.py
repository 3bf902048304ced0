"""What intake itself tells a hotline: of records that were not accepted, and so reach no ledger.

What became of an accepted record is told by the stage feedback, from the ledger.
"""

from collections.abc import Iterable

from agents.engine.stage import Send
from schemas.closed_lists import Result
from schemas.codec import HOTLINE_OUT as CODEC
from schemas.moments import moment
from schemas.records.feedback import Feedback
from schemas.records.processing import OutcomeRecord
from schemas.records.reports import OWN_PAGE
from schemas.topics import HOTLINE_OUT
from streams.feedback.record_ids import repeatable


def told_outcomes(keys: Iterable[bytes], outcomes: Iterable[OutcomeRecord]) -> list[Send]:
    """Return what hotlines are told of outcomes.

    Args:
        keys: the Kafka keys that the records came with: the hotlines' own ids. A batch that cannot
            be read has an empty one, and an id that may hold an address is not repeated.
        outcomes: of these records. Of a hoster's own answer no hotline is told.
    """
    sends = []
    for key, outcome in zip(keys, outcomes, strict=True):
        if outcome.result is Result.ACCEPTED or outcome.hotline == OWN_PAGE:
            continue
        id = repeatable(key.decode("latin-1"))
        if id is None:
            continue
        said = Feedback(
            id=id,
            result=outcome.result,
            reason=outcome.reason,
            as_of=moment(outcome.origin.appended_at),
        )
        sends.append(Send(HOTLINE_OUT.named(outcome.hotline), key, CODEC.encode(said)))
    return sends
