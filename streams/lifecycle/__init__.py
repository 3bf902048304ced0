"""The fold of a URL's events and what it means: cases, classes, verdicts.

`advance(url_key, state, happened)` adds ledger records to the set a URL's state is, and
evaluates it.

May import `schemas`, `streams.verdicts`, `streams.norms` and the leaf modules of `streams`; no
other stage.
"""

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeGuard

import msgspec
from msgspec.structs import replace

from schemas import packing
from schemas.codec import STATE
from schemas.moments import Instant
from schemas.packing import ColdPart
from schemas.records.case import UrlState
from schemas.records.facts import Observation
from streams.lifecycle.events.event_set import pack, unpack
from streams.lifecycle.events.event_union import Happened, add_events
from streams.lifecycle.events.fast_path import add_expected, append
from streams.lifecycle.events.first_report import first_placed
from streams.lifecycle.events.tracks import with_observations
from streams.lifecycle.evidence.owner import Owner
from streams.lifecycle.result.cases import evaluate, evaluate_cases
from streams.lifecycle.result.expected_probes import EVALUATION_VERSION, newest_at
from streams.lifecycle.result.url_statements import UrlStatements, statements_of
from streams.lifecycle.state_table import METHOD_VERSION

__all__ = ["METHOD_VERSION", "FoldResult", "RecordUpdate", "advance", "evaluate", "update_record"]


STATEMENTS_KEPT: Final = 256
"""Cold parts of records that are kept decoded; the least recently used go first. A cold part that
changed is decoded anew."""

ENTRIES_KEPT_MAX: Final = 400
"""A URL with more entries of probes keeps none between two folds. 20 days have some 120, a day in
doubt some 600. With half a KB for each, all that is kept takes at most some 50 MB."""


def advance(url_key: str, state: UrlState | None, happened: Sequence[Happened]) -> UrlState:
    """Return the state of a URL after records of the ledger, its cases evaluated.

    Args:
        url_key: the URL.
        state: what was stored; None = nothing yet.
        happened: records with their append times, in any order, repeated or not.
    """
    packed = UrlState(url_key=url_key) if state is None else state
    other_records = [(record, at) for record, at in happened if not isinstance(record, Observation)]
    if other_records:
        events = unpack(packed)
        add_events(events, other_records)
        packed = pack(events, packed)
    packed = with_observations(
        packed, [(record, at) for record, at in happened if isinstance(record, Observation)]
    )
    return _evaluated(replace(packed, newest_at=newest_at(packed)), None)


def _evaluated(state: UrlState, statements: UrlStatements | None) -> UrlState:
    """Return a state with its cases; `statements` are those about its URL, if they are known."""
    cases, expectations = evaluate_cases(state, statements)
    if statements is not None and statements.entries_kept() > ENTRIES_KEPT_MAX:
        statements.forget_probes()
    return replace(state, cases=cases, expectations=expectations, evaluated_by=EVALUATION_VERSION)


@lru_cache(maxsize=STATEMENTS_KEPT)
def kept_statements(cold: bytes) -> tuple[ColdPart, UrlStatements | None]:
    """Read the cold part of a URL's record, which most probes leave as it is.

    Beside it what is stated of the URL; None = nothing, or it rests on probes as well.
    """
    found = STATE.cold_part(cold)
    try:
        statements = statements_of(found.state, _ask_probes) if found.state.reports else None
    except _AsksProbes:
        statements = None
    return found, statements


class _AsksProbes(Exception):
    """Whether a case was open when its owner was joined with another, only probes say."""


def _ask_probes(_owner: Owner, _at: Instant) -> bool:
    raise _AsksProbes


class FoldResult(StrEnum):
    """What records of the ledger told of a URL."""

    REPEATED = "repeated"  # nothing: its record stays as it was
    STEADY = "steady"  # all is as the last probe found it
    OPENED = "opened"  # its first report, or where it is, and nothing else is known of it
    JUDGED = "judged"  # something new: all that is known of it was judged again


class RecordUpdate(msgspec.Struct, frozen=True, gc=False):
    """A URL after records of the ledger.

    Attributes:
        record_value: its record in `cases.v1`.
        state: the same decoded; None = its cases ask for the same probes as before.
        result: what the records told of it.
    """

    record_value: bytes
    state: UrlState | None
    result: FoldResult


def update_record(
    url_key: str, record_value: bytes | None, happened: Sequence[Happened]
) -> RecordUpdate:
    """Return a URL's record after records of the ledger.

    The same bytes as `advance` between decoding and encoding; first reports, placements and probes
    that tell nothing new take the fast path.

    Args:
        url_key: the URL.
        record_value: its record as it stands; None = there is none yet.
        happened: records with their append times, in any order, repeated or not.

    Raises:
        Rejected: the record that stands is damaged.
    """
    if record_value is not None and _are_observations(happened) and packing.is_packed(record_value):
        return _observed(record_value, happened)
    made = first_placed(url_key, record_value, happened)
    if made is not None:
        return RecordUpdate(*made, FoldResult.OPENED)
    if record_value is None or not packing.is_packed(record_value):
        before = None if record_value is None else STATE.decode(record_value)
        state = advance(url_key, before, happened)
        return _update(record_value, STATE.encode(state), state)
    decoded = STATE.decode_before(record_value, STATE.hot(record_value))
    state = advance(url_key, decoded.state, happened)
    return _update(record_value, STATE.encode_after(state, decoded), state)


def _observed(record_value: bytes, happened: Sequence[tuple[Observation, Instant]]) -> RecordUpdate:
    """Return a URL's record after probes, as `update_record` does."""
    hot = STATE.hot(record_value)
    evaluated_alike = hot.evaluated_by == EVALUATION_VERSION
    rest = sorted(happened, key=_done_at, reverse=True)
    while evaluated_alike and rest and add_expected(hot, *rest[-1]):
        rest.pop()
    if evaluated_alike and not rest:
        after = packing.with_hot(record_value, hot)
        return RecordUpdate(after, None, _result(record_value, after, FoldResult.STEADY))
    rest = [one for one in rest if not append(hot, *one)]
    cold, statements = kept_statements(packing.cold_part_of(record_value))
    decoded = STATE.decode_before(record_value, hot, cold)
    state = decoded.state
    if rest or not evaluated_alike:
        state = with_observations(state, rest)
        state = replace(state, newest_at=newest_at(state))
    state = _evaluated(state, statements)
    return _update(record_value, STATE.encode_after(state, decoded), state)


def _done_at(one: tuple[Observation, Instant]) -> Instant:
    return one[0].done_at


def _update(before: bytes | None, after: bytes, state: UrlState) -> RecordUpdate:
    return RecordUpdate(after, state, _result(before, after, FoldResult.JUDGED))


def _result(before: bytes | None, after: bytes, new: FoldResult) -> FoldResult:
    return FoldResult.REPEATED if after == before else new


def _are_observations(
    happened: Sequence[Happened],
) -> TypeGuard[Sequence[tuple[Observation, Instant]]]:
    return {type(record) for record, _ in happened} <= {Observation}
