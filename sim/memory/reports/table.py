"""What reports of whole worlds came to, as a table of Markdown."""

from collections.abc import Iterator, Sequence
from statistics import mean
from typing import NamedTuple

from sim.memory.reports.compared import HosterResult, WorldResult
from sim.memory.reports.field import JUDGED, NORM_S, THRESHOLD
from sim.memory.reports.truth import long_run
from sim.world.hosters import SimHoster
from streams.report.judged_minimum import NamingReason
from streams.statistics.sampling_weights import Z_95, wilson

_EXACT = 5e-7
"""Bounds are printed to six digits."""


class Coverage(NamedTuple):
    """How often what is published held the truth.

    Attributes:
        judged: rows with an interval.
        held: of them those whose interval held the share of the long run.
        beyond: those whose interval lay below it, the side that blames.
        bounded: those whose bounds held the share that happened in that world.
        named: those that name their hoster.
    """

    judged: int
    held: int
    beyond: int
    bounded: int
    named: int


def tally(rows: Sequence[HosterResult], share: float) -> Coverage:
    """Count rows of one hoster.

    Args:
        rows: of the worlds.
        share: its true share in the long run.
    """
    judged = [(row.interval, row.bounds, row) for row in rows if row.interval and row.bounds]
    return Coverage(
        judged=len(judged),
        held=sum(low <= share <= high for (low, high), _, _ in judged),
        beyond=sum(high < share for (_, high), _, _ in judged),
        bounded=sum(
            low - _EXACT <= row.happened <= high + _EXACT for _, (low, high), row in judged
        ),
        named=sum(row.reason is NamingReason.NAMED for row in rows),
    )


def table(worlds: Sequence[WorldResult]) -> str:
    """Return the table: a line for each hoster, and all together.

    Args:
        worlds: in any order.
    """
    ordered = sorted(worlds, key=lambda one: one.seed)
    return "".join(f"{line}\n" for line in _lines(ordered))


def _lines(worlds: Sequence[WorldResult]) -> Iterator[str]:
    yield (
        f"| hoster | true median | true share within {NORM_S // 3_600} h | judged, of"
        f" {len(worlds)} worlds | its interval held it | it lay below the truth | its bounds held"
        " what happened in that world | named | plain median of closed cases |"
    )
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    counts: list[Coverage] = []
    for place, hoster in enumerate(JUDGED):
        rows = [world.hosters[place] for world in worlds]
        share = long_run(hoster)
        one = tally(rows, share)
        counts.append(one)
        yield (
            f"| {hoster.id} | {_median(hoster)} | {100 * share:.1f} % | {one.judged} | {one.held} |"
            f" {one.beyond} | {one.bounded} | {one.named} | {_plain(rows)} |"
        )
    judged, held, beyond, bounded, named = (sum(column) for column in zip(*counts, strict=True))
    yield (
        f"| together | | | {judged} | {_share(held, judged)} | {_share(beyond, judged)} |"
        f" {bounded} | {named} | |"
    )
    cases = sum(world.cases for world in worlds)
    yield ""
    yield f"{cases:,} cases were published. Named is who lies below {100 * THRESHOLD:.0f} %."


def _median(hoster: SimHoster) -> str:
    parts = hoster.delay_mixture.parts
    return f"{parts[0][1].median_h:g} h" if parts else "never"


def _plain(rows: Sequence[HosterResult]) -> str:
    found = [row.plain_h for row in rows if row.plain_h is not None]
    return f"{mean(found):.1f} h" if found else "none was closed"


def _share(part: int, whole: int) -> str:
    """Return a count with its share, and Wilson's 95 % interval of that."""
    if not whole:
        return "0"
    low, high = wilson(part / whole, whole, Z_95)
    return f"{part}, {100 * part / whole:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
