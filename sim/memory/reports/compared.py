"""A report of a world beside the truth about its hosters."""

import time
from statistics import median

from msgspec import Struct

from schemas.moments import HOUR_MS
from sim.memory.reports.field import COHORT, JUDGED, REQUEST
from sim.memory.reports.made import PlayedReport, play
from sim.memory.reports.truth import happened
from streams.report.judged_minimum import NamingReason
from streams.report.published_case import PublishedCase


class HosterResult(Struct, frozen=True, kw_only=True):
    """What a report of one world says of a hoster, beside what happened there.

    Attributes:
        hoster: its id.
        n, incidents: that count.
        reason: why it is named or not.
        bounds, interval: of its share; None = it is not judged.
        happened: its true share in this world.
        plain_h: plain median of the cases closed when the period ended, hours; None = none was.
    """

    hoster: str
    n: int
    incidents: int
    reason: NamingReason
    bounds: tuple[float, float] | None
    interval: tuple[float, float] | None
    happened: float
    plain_h: float | None


class WorldResult(Struct, frozen=True, kw_only=True):
    """One world.

    Attributes:
        seed: of it.
        cases: that its report publishes.
        hosters: those of the field, in its order.
        cpu_s: what it cost.
    """

    seed: int
    cases: int
    hosters: tuple[HosterResult, ...]
    cpu_s: float


def world_result(seed: int) -> WorldResult:
    """Play a world of the field and return what its report came to.

    Args:
        seed: of the world.
    """
    began_s = time.process_time()
    played = play(REQUEST, seed)
    return compared(seed, played, time.process_time() - began_s)


def compared(seed: int, played: PlayedReport, cpu_s: float) -> WorldResult:
    """Return what a world's report says beside what is true.

    Args:
        seed: of the world.
        played: world and report.
        cpu_s: what it cost.
    """
    report, true = played.report, happened(played.world.material(COHORT.as_of), COHORT)
    rows = {row.hoster: row for row in report.hosters.rows}
    found = []
    for hoster in JUDGED:
        row = rows[hoster.id]
        own = [case for case in report.cases if case.hoster == hoster.id]
        found.append(
            HosterResult(
                hoster=hoster.id,
                n=row.n,
                incidents=row.incidents,
                reason=row.reason,
                bounds=row.bounds,
                interval=row.interval,
                happened=true[hoster.id],
                plain_h=_plain_h(own),
            )
        )
    return WorldResult(seed=seed, cases=len(report.cases), hosters=tuple(found), cpu_s=cpu_s)


def _plain_h(cases: list[PublishedCase]) -> float | None:
    """Return the plain median of what is closed, as it is usually told: when the period ends."""
    closed = [
        (case.gone_at - case.noticed_at) / HOUR_MS
        for case in cases
        if case.gone_at is not None and case.gone_at <= COHORT.to_at
    ]
    return median(closed) if closed else None
