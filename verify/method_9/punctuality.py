"""Whether a case was probed on time beside the norms (docs/measurement.md).

Between two slots of the timetable each stand 1, 12, 24 and 48 h after the notice. A slot was missed
if it was planned, is over, and nobody probed in it on time.
"""

from collections.abc import Sequence
from typing import Final

from schemas.closed_lists import NO_PROBE, CaseClass, Target
from schemas.moments import MINUTE_MS, Instant
from verify.ledger.records import UrlRecords
from verify.method_9.hosting_spells import HostingSpell
from verify.method_9.notice_times import NoticeTimes

ON_TIME_MS: Final = 5 * MINUTE_MS

SLOTS_MIN: Final = (
    (54, 12),
    (66, 54),
    (690, 60),
    (750, 330),
    (1_410, 60),
    (1_470, 330),
    (2_850, 60),
    (2_910, 1_410),
)
"""Minutes after the notice, and until the next slot of the timetable."""

_SPREAD_ONE_IN: Final = 20
_PLANNED_IN: Final = (CaseClass.ONLINE, CaseClass.UNAVAILABLE)


def on_time(records: UrlRecords, spell: HostingSpell) -> list[Instant]:
    """Return the slots in which somebody probed the URL at a spell, and on time."""
    return [
        observation.slot_at
        for observation, _ in records.observations
        if observation.target is Target.URL
        and observation.hoster in spell.hosters
        and observation.role is spell.role
        and observation.canary_ok
        and observation.answer.error not in NO_PROBE
        and observation.sent_at - observation.slot_at <= ON_TIME_MS
    ]


def missed(
    observed: Sequence[Instant],
    times: NoticeTimes,
    opened_at: Instant,
    classes: Sequence[tuple[Instant, CaseClass]],
    as_of: Instant,
) -> int:
    """Return how many slots beside a norm were planned, are over at an instant, and were missed.

    Args:
        observed: slots in which somebody probed on time.
        times: the clocks of the case.
        opened_at: when it opened.
        classes: its classes, and from when on.
        as_of: the instant.
    """
    noticed_at = times.noticed_at
    if noticed_at is None:
        return 0
    known_at = max(opened_at, times.received_at)
    count = 0
    for minutes, step in SLOTS_MIN:
        first_at = noticed_at + minutes * MINUTE_MS
        last_at = first_at + step * MINUTE_MS // _SPREAD_ONE_IN
        held = [case_class for at, case_class in classes if at <= first_at]
        planned = held and held[-1] in _PLANNED_IN and first_at >= known_at
        over = last_at + ON_TIME_MS <= as_of
        count += bool(planned and over and not any(first_at <= at <= last_at for at in observed))
    return count
