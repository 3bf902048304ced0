"""Whether a case could be measured, and was probed beside its norms (rules 5.3 and 7.7)."""

from collections.abc import Iterator, Sequence
from typing import Final

from schemas.closed_lists import NO_PROBE, CaseClass, Target
from schemas.moments import DAY_MS, MINUTE_MS, Instant
from verify.ledger.records import UrlRecords
from verify.method_10.clock import CaseClock
from verify.method_10.observations import JudgedObservation
from verify.method_10.owner import HostingSpell
from verify.method_10.result.timetable import BESIDE_NORMS_MS, DAILY_SLOTS_MS

LONG_MS: Final = DAY_MS
ON_TIME_MS: Final = 5 * MINUTE_MS
PLANNED_IN: Final = (CaseClass.ONLINE, CaseClass.UNAVAILABLE)


def unmeasurable(
    seen: Sequence[JudgedObservation],
    clock: CaseClock,
    due_at: Instant | None,
    classes: Sequence[tuple[Instant, CaseClass]],
    as_of: Instant,
) -> bool:
    """Return whether it was unavailable for a day, or blocked or silent around its norm (5.3).

    Args:
        seen: what was seen at its owner.
        clock: its clock.
        due_at: when the first of its norms runs out; None = it has none.
        classes: its classes, and from when on.
        as_of: the instant.
    """
    held = [(at, case_class) for at, case_class in classes if at <= as_of]
    if not held:
        return False
    dark = held[-1][1] is CaseClass.DARK
    if not dark and any(ms >= LONG_MS for ms in _unavailable_ms(held, as_of)):
        return True
    near = _near(clock, due_at)
    if near is None or as_of < near[1]:
        return False
    observations = [
        s
        for s in seen
        if not s.is_control
        and s.observation.canary_ok
        and near[0] <= s.observation.slot_at <= near[1]
    ]
    blocked_or_silent = any(s.unavailable and not s.judgement.url_refused for s in observations)
    return blocked_or_silent and not any(s.online or s.gone for s in observations)


def _unavailable_ms(held: Sequence[tuple[Instant, CaseClass]], as_of: Instant) -> Iterator[int]:
    began_at: Instant | None = None
    for at, case_class in held:
        if case_class is CaseClass.UNAVAILABLE:
            began_at = at if began_at is None else began_at
        elif began_at is not None:
            yield at - began_at
            began_at = None
    if began_at is not None:
        yield as_of - began_at


def _near(clock: CaseClock, due_at: Instant | None) -> tuple[Instant, Instant] | None:
    """Return from the last slot before the norm to the second after it, its spread included."""
    if clock.at is None or due_at is None:
        return None
    due_ms = due_at - clock.at
    before = [from_ms for from_ms, _ in DAILY_SLOTS_MS if from_ms < due_ms]
    later = [slot for slot in DAILY_SLOTS_MS if slot[0] > due_ms]
    if not before or len(later) < 2:
        return None
    return clock.at + before[-1], clock.at + later[1][1]


def on_time(records: UrlRecords, spell: HostingSpell) -> list[Instant]:
    """Return the slots in which somebody probed the URL at an owner, and on time (7.7)."""
    return [
        observation.slot_at
        for observation, _ in records.observations
        if observation.target is Target.URL
        and spell.served(observation.hoster, observation.sent_at)
        and observation.role is spell.role
        and observation.canary_ok
        and observation.answer.error not in NO_PROBE
        and observation.sent_at - observation.slot_at <= ON_TIME_MS
    ]


def missed(
    observed: Sequence[Instant],
    clock: CaseClock,
    opened_at: Instant,
    classes: Sequence[tuple[Instant, CaseClass]],
    as_of: Instant,
) -> int:
    """Return how many slots beside a norm were planned, are over, and were missed (rule 7.7)."""
    if clock.at is None or clock.notice is None:
        return 0
    known_at = max(opened_at, clock.notice.received_at)
    count = 0
    for from_ms, until_ms in BESIDE_NORMS_MS:
        first_at, last_at = clock.at + from_ms, clock.at + until_ms
        held = [case_class for at, case_class in classes if at <= first_at]
        planned = held and held[-1] in PLANNED_IN and first_at >= known_at
        over = last_at + ON_TIME_MS <= as_of
        count += bool(planned and over and not any(first_at <= at <= last_at for at in observed))
    return count
