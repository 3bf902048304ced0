"""What is true of a hoster at an instant, from the world's own knowledge.

The oracle must not ask the code it judges: where a rule is needed, `verify` is asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from schemas.moments import Instant
from sim.world.material import SECTOR_NORM_MS, Material
from verify.figures.kaplan_meier import CaseDuration, quantiles

_HALF: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedFigures:
    """Where a hoster stands, measured or in truth.

    Attributes:
        reported: URLs reported.
        noticed: URLs with a delivered notice.
        withdrawn: of those, what was withdrawn before its removal; counted in truth alone.
        matured: URLs that the share is over; counted in truth alone.
        backlog: noticed and there.
        overdue: noticed, there, and past the norm; where measured, seen past it.
        unseen: past the norm and not seen since; none in truth.
        unavailable, dark: the monitor gets no answer of use, dead to it for a week; none in truth.
        removed: removed after notice.
        back: put back after a removal.
        found_out: seen by a hidden re-check after a removal; in truth there is none.
        median_s: median time from notice to removal with open ones counted; None = not reached.
        share_24h: bounds of the share removed within 24 h; None without a noticed URL.
        late_24h: how many lasted longer than 24 h; of a sample, those of the sample.
    """

    reported: int
    noticed: int
    withdrawn: int = 0
    matured: int = 0
    backlog: int
    overdue: int
    unseen: int = 0
    unavailable: int = 0
    dark: int = 0
    removed: int
    back: int = 0
    found_out: int = 0
    median_s: float | None
    share_24h: tuple[float, float] | None
    late_24h: int = 0


def standing(material: Iterable[Material], as_of: Instant, told_until: Instant) -> ComparedFigures:
    """Return the truth about one hoster.

    Args:
        material: all of its URLs.
        as_of: the instant it is asked for.
        told_until: what hotlines would have sent after this instant they have not sent.
    """
    reported = [item for item in material if item.heard_at <= told_until]
    noticed = [item for item in reported if item.told_at <= told_until]
    judged = [item for item in noticed if not item.cancelled(told_until)]
    removed = [item for item in judged if item.gone(as_of)]
    matured = [item for item in judged if not item.gone_untold()]
    matured = [item for item in matured if item.matured(SECTOR_NORM_MS, as_of)]
    late = [item for item in matured if item.late(SECTOR_NORM_MS, as_of)]
    in_time = [item for item in matured if item.in_time(SECTOR_NORM_MS, as_of)]
    left = sum(item.left(as_of) for item in judged)
    n = len(matured)
    return ComparedFigures(
        reported=len(reported),
        noticed=len(noticed),
        withdrawn=len(noticed) - len(judged),
        matured=n,
        backlog=len(judged) - len(removed) - left,
        overdue=sum(item.overdue(SECTOR_NORM_MS, as_of) for item in judged),
        removed=len(removed),
        back=sum(item.back(as_of) for item in judged),
        median_s=_seconds(median_ms([_span(item, as_of) for item in judged])),
        share_24h=(len(in_time) / n, (n - len(late)) / n) if n else None,
        late_24h=len(late),
    )


def _span(item: Material, as_of: Instant) -> tuple[int, bool]:
    if item.removed_at is not None and item.gone(as_of):
        return item.removed_at - item.clock_at, True
    until = as_of if item.left_at is None else min(as_of, item.left_at)
    return until - item.clock_at, False


def _seconds(span_ms: int | None) -> float | None:
    return None if span_ms is None else span_ms / 1_000


def median_ms(spans: Sequence[tuple[int, bool]]) -> int | None:
    """Return the Kaplan-Meier median as the second reading has it; None = not reached.

    Args:
        spans: time watched in milliseconds, and whether it ended in a removal.
    """
    return quantiles((CaseDuration(*span) for span in spans), (_HALF,))[0]
