"""The figures of one hoster in one role, and how figures of several are added up.

Everything here can be added, so that hosters sum to the total: counts as they are, estimates by
joining the spans they were made from. Roles are never added to each other.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final

from schemas.moments import Instant
from schemas.reasons import OPEN, Flag, Outcome, Role
from streams.survival import Curve, kaplan_meier
from streams.windows import Event, Window

REMOVAL_BOUNDS_S: Final = (
    900, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200,
    86_400, 172_800, 259_200, 432_000, 604_800, 1_209_600, 3_628_800,
)  # fmt: skip
"""Upper bounds of the removal-time histogram; 1, 12, 24 and 48 h are among them, so the share
within each norm is read off and not interpolated."""

NORMS_S: Final = (3_600, 43_200, 86_400, 172_800)
"""Norms that are always shown; others appear with the first case they hold for."""


class Unavailable(StrEnum):
    """What an unavailable case is taken for; both are published (DESIGN 3.4)."""

    ENDED = "ended"  # as if it had been removed when it became unavailable
    ONLINE = "online"  # as if it were still there


@dataclass(frozen=True, slots=True, kw_only=True)
class NormCount:
    """Verdicts on one norm, of noticed cases that the norm can be asked of.

    Attributes:
        norm_s: the norm.
        in_time, late, undetermined: cases by verdict.
    """

    norm_s: int
    in_time: int = 0
    late: int = 0
    undetermined: int = 0

    @property
    def n(self) -> int:
        """Return the number of cases judged."""
        return self.in_time + self.late + self.undetermined

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Return [in_time / n, (n - late) / n], or None without a case (DESIGN 3.8)."""
        if not self.n:
            return None
        return self.in_time / self.n, (self.n - self.late) / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Removal time with open cases counted as not yet removed.

    Attributes:
        n, ended: cases, and those of them that ended.
        p50_ms, p90_ms: median and 90th percentile; None = not reached.
        p50_low_ms, p50_high_ms: 95 % interval of the median; None = not reached.
    """

    n: int
    ended: int
    p50_ms: int | None
    p90_ms: int | None
    p50_low_ms: int | None
    p50_high_ms: int | None


@dataclass(frozen=True)
class Spans:
    """Durations from notice to the end or the last sighting, packed: 8 bytes a case.

    Attributes:
        packed: 64-bit integers, ascending: duration in ms times 2, plus 1 where the case ended.
    """

    packed: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, spans: Iterable[tuple[int, bool]]) -> "Spans":
        """Pack pairs of duration in ms and whether it ended."""
        return cls(array("q", sorted(2 * ms + ended for ms, ended in spans)).tobytes())

    @classmethod
    def joined(cls, parts: Iterable["Spans"]) -> "Spans":
        """Put the spans of several hosters together."""
        codes = array("q")
        for part in parts:
            codes.frombytes(part.packed)
        return cls(array("q", sorted(codes)).tobytes())

    def curve(self) -> Curve:
        """Return the survival curve of these spans, in ms."""
        codes = array("q")
        codes.frombytes(self.packed)
        return kaplan_meier([code >> 1 for code in codes], [bool(code & 1) for code in codes])

    @cached_property
    def estimate(self) -> Estimate:
        """The estimate made from them; worked out once."""
        curve = self.curve()
        low, high = curve.median_interval()
        return Estimate(
            n=curve.n,
            ended=sum(curve.events),
            p50_ms=curve.quantile(0.5),
            p90_ms=curve.quantile(0.9),
            p50_low_ms=low,
            p50_high_ms=high,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HosterFigures:
    """What is said of one hoster in one role at one instant.

    Attributes:
        hoster, role: whose figures; `other` for folded ones, `total` for all of a role.
        as_of: the instant they hold for.
        outcomes: cases by class, every class present; their sum is `reported`.
        noticed: cases with a delivered notice.
        overdue: open ones sighted past their norm; overdue_unseen: past it, not sighted since.
        oldest_open_at: notice of the oldest open case, None without one.
        norms: verdicts per norm, ascending.
        removal_counts: removed cases per bucket of `REMOVAL_BOUNDS_S`, the last one above all.
        removal_sum_ms: their removal times added up.
        spans: per meaning of unavailable, what the estimates are made from.
        windows: what happened in the last hour, day, week and four weeks.
        reappearances: removed cases seen again, since the beginning.
        not_naming: cases that feed no naming, no public lateness and no norm alert.
        flags: cases by what must be said beside them; a case can carry several.
    """

    hoster: str
    role: Role
    as_of: Instant
    outcomes: dict[Outcome, int]
    noticed: int
    overdue: int
    overdue_unseen: int
    oldest_open_at: Instant | None
    norms: tuple[NormCount, ...]
    removal_counts: tuple[int, ...]
    removal_sum_ms: int
    spans: dict[Unavailable, Spans]
    windows: dict[Event, dict[Window, int]]
    reappearances: int
    not_naming: int
    flags: dict[Flag, int]

    @property
    def reported(self) -> int:
        """Return the number of cases."""
        return sum(self.outcomes.values())

    @property
    def open(self) -> int:
        """Return the backlog: open cases with a delivered notice."""
        return sum(self.outcomes[outcome] for outcome in OPEN) - self.awaiting

    @property
    def awaiting(self) -> int:
        """Return the number of open cases without a delivered notice."""
        return self.outcomes[Outcome.AWAITING]

    @property
    def unavailable(self) -> int:
        """Return the number of open cases that block or do not answer."""
        return self.outcomes[Outcome.UNAVAILABLE]

    @property
    def removed(self) -> int:
        """Return the number of removed cases."""
        return self.outcomes[Outcome.REMOVED]

    def norm(self, norm_s: int) -> NormCount:
        """Return the verdicts on one norm, zeros where no case has it."""
        return next((n for n in self.norms if n.norm_s == norm_s), NormCount(norm_s=norm_s))

    def estimate(self, unavailable: Unavailable) -> Estimate:
        """Return the removal-time estimate under one meaning of unavailable."""
        return self.spans[unavailable].estimate


def merged(
    hoster: str, role: Role, as_of: Instant, parts: Sequence[HosterFigures]
) -> HosterFigures:
    """Add up figures of several hosters in one role.

    Args:
        hoster: the name of the sum, `other` or `total`.
        role: the role of all of them.
        as_of: the instant they hold for.
        parts: the figures; none gives zeros.

    Raises:
        ValueError: one of them is in another role.
    """
    if any(part.role is not role for part in parts):
        raise ValueError("roles are never summed")
    oldest = [part.oldest_open_at for part in parts if part.oldest_open_at is not None]
    width = len(REMOVAL_BOUNDS_S) + 1
    return HosterFigures(
        hoster=hoster,
        role=role,
        as_of=as_of,
        outcomes={o: sum(part.outcomes[o] for part in parts) for o in Outcome},
        noticed=sum(part.noticed for part in parts),
        overdue=sum(part.overdue for part in parts),
        overdue_unseen=sum(part.overdue_unseen for part in parts),
        oldest_open_at=min(oldest, default=None),
        norms=_norms(parts),
        removal_counts=tuple(sum(part.removal_counts[i] for part in parts) for i in range(width)),
        removal_sum_ms=sum(part.removal_sum_ms for part in parts),
        spans={u: Spans.joined(part.spans[u] for part in parts) for u in Unavailable},
        windows={
            event: {w: sum(part.windows[event][w] for part in parts) for w in Window}
            for event in Event
        },
        reappearances=sum(part.reappearances for part in parts),
        not_naming=sum(part.not_naming for part in parts),
        flags={flag: sum(part.flags[flag] for part in parts) for flag in Flag},
    )


def _norms(parts: Sequence[HosterFigures]) -> tuple[NormCount, ...]:
    known = {norm.norm_s for part in parts for norm in part.norms} | set(NORMS_S)
    return tuple(
        NormCount(
            norm_s=norm_s,
            in_time=sum(part.norm(norm_s).in_time for part in parts),
            late=sum(part.norm(norm_s).late for part in parts),
            undetermined=sum(part.norm(norm_s).undetermined for part in parts),
        )
        for norm_s in sorted(known)
    )
