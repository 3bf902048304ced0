"""What `hostwatch judge` needs beside the rules: the second reading, and a real case's ledger."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from agents.config import Settings
from agents.errors import UserError
from agents.tools.verification import read
from agents.tools.verification.broker import opened as broker_of
from agents.tools.verification.published import State
from agents.tools.verification.signed import signed
from schemas.codec import DECISION, FACT, LEDGER, STATE, Codec, Rejected
from schemas.moments import Instant
from schemas.records.case import UrlState
from schemas.records.facts import Attribution, Decision, Observation
from schemas.topics import CASES, DECISIONS, FACTS, REPORTS
from streams.history.from_ledger import history_of
from streams.history.records import URL_KEY
from streams.lifecycle.events.fold import Happened
from verify.cases.cases import cases
from verify.compared.compare import Difference, cases_differ
from verify.ledger.records import Written, url_records

_CODECS: Final[dict[str, Codec[Any]]] = {
    REPORTS.name: LEDGER,
    FACTS.name: FACT,
    DECISIONS.name: DECISION,
}


def second_reading(
    happened: Sequence[Happened], state: UrlState | None, as_of: Instant
) -> list[Difference]:
    """Return where the second program says otherwise than the fold.

    Args:
        happened: the records that were known at the instant.
        state: the fold of them; None = there are none.
        as_of: the instant.
    """
    written = [_written(n, record, at) for n, (record, at) in enumerate(happened)]
    mine = cases(url_records(URL_KEY, written), as_of)
    theirs = State.of(STATE.encode(state)).cases(as_of) if state is not None else []
    return list(cases_differ(URL_KEY, mine, theirs))


def _written(offset: int, record: Any, appended_at: Instant) -> Written:
    if isinstance(record, Attribution | Observation):
        return Written(FACTS.name, offset, appended_at, FACT.encode(record))
    if isinstance(record, Decision):
        return Written(DECISIONS.name, offset, appended_at, DECISION.encode(record))
    return Written(REPORTS.name, offset, appended_at, LEDGER.encode(record))


async def case_history(settings: Settings, case_id: str) -> dict[str, Any]:
    """Return the history of the URL that a case is of, without the URL.

    Args:
        settings: with `kafka.bootstrap` set.
        case_id: the case.

    Raises:
        UserError: there is no such case, or its ledger cannot be read.
        KafkaError, TimeoutError: the broker failed.
    """
    async with broker_of(settings) as broker:
        topics = await broker.topics()
    if CASES.name not in topics:
        raise UserError("the broker has no cases: check kafka.bootstrap and kafka.topic_prefix")
    holds = await signed(settings, topics)
    for partition in range(topics[CASES.name]):
        table = await read.table(settings, partition, holds)
        for url_key, value in table.states.items():
            if _has(value, case_id):
                ledger = await read.ledger(settings, partition, holds)
                return _history(ledger.by_url.get(url_key, ()))
    raise UserError(f"--from-ledger: there is no case {case_id}")


def _has(value: bytes, case_id: str) -> bool:
    try:
        return any(case.case_id == case_id for case in STATE.decode(value).cases)
    except Rejected:
        return False


def _history(written: Sequence[Written]) -> dict[str, Any]:
    try:
        happened = [(_CODECS[one.topic].decode(one.value), one.appended_at) for one in written]
        return history_of(happened)
    except (Rejected, msgspec.DecodeError, ValueError):
        raise UserError(
            "--from-ledger: a record of that case cannot be read; `hostwatch verify` names it"
        ) from None
