"""One moment of everything that is shown: the page and /metrics are rendered from this alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.closed_lists import Result, Role
from schemas.moments import Instant
from streams.rollup.figures import HosterFigures
from streams.rollup.intake_counts import IntakeCount


@dataclass(frozen=True, slots=True, kw_only=True)
class HosterInfo:
    """What the registry says of a hoster."""

    name: str
    country: str = "??"
    group: str = ""
    type: str = "hosting"


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogSamples:
    """A hoster's backlog over time.

    Attributes:
        at: instants, ascending.
        backlog: at each of them, as it was known then.
    """

    hoster: str
    role: Role
    at: tuple[Instant, ...]
    backlog: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is known at one moment.

    Attributes:
        ready: the whole table was read once; figures before that would be too low.
        stale: the ledger position of a partition stands still, or there is none.
        as_of: the newest instant a position names; all figures hold for it.
        ledger_at: the oldest instant among the partitions' newest positions; None = no position.
        positions: next offsets by ledger topic, added up over partitions.
        figures: every hoster in every role.
        shown: the ones with a name, and the rest as `other`.
        totals: all hosters of each role.
        hosters: what the registry says of hosters.
        hotlines: ids of those in the registry.
        intake: what became of the hotlines' records.
        cases, reports: how many the table holds.
        pending_urls, pending_reports: reports whose URL has no case yet.
        backlog_samples: backlog over time of the hosters shown.
        code, method: versions the table was made with.
        cost_s: wall seconds the last full round of figures took.
    """

    ready: bool = False
    stale: bool = True
    as_of: Instant = 0
    ledger_at: Instant | None = None
    positions: Mapping[str, int] = field(default_factory=dict)
    figures: tuple[HosterFigures, ...] = ()
    shown: tuple[HosterFigures, ...] = ()
    totals: tuple[HosterFigures, ...] = ()
    hosters: Mapping[str, HosterInfo] = field(default_factory=dict)
    hotlines: frozenset[str] = frozenset()
    intake: tuple[IntakeCount, ...] = ()
    cases: int = 0
    reports: int = 0
    pending_urls: int = 0
    pending_reports: int = 0
    backlog_samples: tuple[BacklogSamples, ...] = ()
    code: str = ""
    method: str = ""
    cost_s: float = 0.0

    def received(self, result: Result | None = None) -> int:
        """Return how many intake records had an outcome, or were received at all."""
        return sum(line.count for line in self.intake if result in (None, line.result))
