"""What `hostwatch judge` needs beside the rules: the second reading, and a real case's ledger."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from agents.config import Settings
from agents.errors import UserError
from agents.tools.verification import read
from schemas.closed_lists import NormVerdict
from schemas.codec import DECISION, FACT, REPORTS_ENTRY, STATE, Rejected
from schemas.moments import HOUR_MS, Instant
from schemas.records.facts import Attribution, Decision, Observation
from schemas.topics import DECISIONS, FACTS, OF_A_URL, REPORTS
from streams.history.from_ledger import history_of
from streams.history.judge import ReadHistory
from streams.history.made_probe import URL_KEY
from streams.history.outcome import HOUR_DIGITS, graded
from verify.compared.record import Case
from verify.ledger.records import LedgerRecord, url_records
from verify.method_10.cases import cases


class Disagreement(NamedTuple):
    """One value of a case that the two programs say differently, each as JSON."""

    case: str
    what: str
    fold: str
    second: str


def second_reading(told: ReadHistory, as_of: Instant) -> list[Disagreement]:
    """Return where the second program says otherwise than the fold.

    Args:
        told: the history.
        as_of: the instant.
    """
    fold = outcomes(told, as_of)
    second = second_outcome(told, as_of)
    if len(fold) != len(second):
        return [Disagreement("", "cases", str(len(fold)), str(len(second)))]
    return [
        Disagreement(one["hoster"], name, _text(one[name]), _text(value))
        for one, other in zip(fold, second, strict=True)
        for name, value in other.items()
        if one[name] != value
    ]


def outcomes(told: ReadHistory, as_of: Instant) -> list[dict[str, Any]]:
    """Return the cases that the fold finds at an instant, with what their L and R rest on."""
    found = msgspec.json.decode(msgspec.json.encode(told.at(as_of)))["cases"]
    state = told.state(as_of)
    return [
        case | {"l_by": by.seen_by, "r_by": by.gone_by}
        for case, by in zip(found, graded(state, as_of), strict=True)
    ]


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def second_outcome(told: ReadHistory, as_of: Instant) -> list[dict[str, Any]]:
    """Return the cases that the second program finds at an instant, as an outcome names them.

    It has no next slot and no windows.
    """
    written = [_written(n, record, at) for n, (record, at) in enumerate(told.known(as_of))]
    found = [(c, c.case_class) for c in cases(url_records(URL_KEY, written), as_of) if c.case_class]
    found.sort(key=lambda one: (one[0].opened_at, one[0].group, one[0].role))
    return [_outcome(case, outcome.value, told.start_at) for case, outcome in found]


def _outcome(case: Case, outcome: str, start_at: Instant) -> dict[str, Any]:
    def hours(at: Instant | None) -> float | None:
        return None if at is None else round((at - start_at) / HOUR_MS, HOUR_DIGITS)

    def norms(verdicts: Sequence[NormVerdict]) -> dict[str, str]:
        named = zip(case.norms_s, verdicts, strict=False)
        return {f"{norm_s / 3_600:g}": verdict.value for norm_s, verdict in named}

    return {
        "hoster": case.hoster,
        "role": case.role.value,
        "class": outcome,
        "opened_h": hours(case.opened_at),
        "noticed_h": hours(case.noticed_at),
        "clock": case.clock or None,
        "l_h": hours(case.last_seen_at),
        "r_h": hours(case.gone_at),
        "verdicts": {} if case.noticed_at is None else norms(case.verdicts),
        "order": None if case.order_verdict is None else case.order_verdict.value,
        "again": norms(case.again_verdicts),
        "public_late": case.public_late,
        "naming": case.naming,
        "overdue": case.overdue,
        "flags": sorted(map(str, case.flags)),
        "reappearances": len(case.returns),
        "l_by": case.seen_by,
        "r_by": case.gone_by,
    }


def _written(offset: int, record: Any, appended_at: Instant) -> LedgerRecord:
    if isinstance(record, Attribution | Observation):
        return LedgerRecord(FACTS.name, offset, appended_at, FACT.encode(record))
    if isinstance(record, Decision):
        return LedgerRecord(DECISIONS.name, offset, appended_at, DECISION.encode(record))
    return LedgerRecord(REPORTS.name, offset, appended_at, REPORTS_ENTRY.encode(record))


async def case_history(settings: Settings, case_id: str) -> dict[str, Any]:
    """Return the history of the URL that a case is of, without the URL.

    Args:
        settings: with `kafka.bootstrap` set.
        case_id: the case.

    Raises:
        UserError: there is no such case, or its ledger cannot be read.
        KafkaError, TimeoutError: the broker failed.
    """
    there = await read.tables(settings)
    for partition in there.partitions:
        table = await read.table(settings, partition, there.signed)
        for url_key, value in table.states.items():
            if _has(value, case_id):
                ledger = await read.ledger(settings, partition, there.signed)
                return _history(ledger.by_url.get(url_key, ()))
    raise UserError(f"there is no case {case_id}: see `hostwatch cases list`")


def _has(value: bytes, case_id: str) -> bool:
    try:
        return any(case.case_id == case_id for case in STATE.decode(value).cases)
    except Rejected:
        return False


def _history(written: Sequence[LedgerRecord]) -> dict[str, Any]:
    try:
        happened = [(OF_A_URL[one.topic].decode(one.value), one.appended_at) for one in written]
        return history_of(happened)
    except (Rejected, msgspec.DecodeError, ValueError):
        raise UserError(
            "--from-ledger: a record of that case cannot be read; `hostwatch verify` names it"
        ) from None
