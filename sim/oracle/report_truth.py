"""How near a report comes to the truth, beside the median of closed cases that is usually told.

`python -m sim.oracle.report_truth --draws 4000 --write docs/methods.md` draws hosters whose truth
is known and works out what a report says of each. It writes the table between its two marks. The
plain median is taken where it usually is: when the period ends, over the cases closed by then.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from math import log
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import numpy as np
from scipy.special import ndtr

from schemas.moments import DAY_MS, HOUR_MS
from sim.oracle.drawn_incidents import PERIOD_DAYS, SPREAD, Truth, drawn
from streams.report.figures.counted import counted
from streams.report.hosters_of_report import share_of
from streams.statistics.report.incident_shares import CONFIDENCE

SEED: Final = 20_261_128
NORM_H: Final = 24
TRUTHS: Final = tuple(Truth(hours, 30) for hours in (4, 12, 24, 72, 240))
BEGIN: Final = "<!-- truth: python -m sim.oracle.report_truth -->\n"
END: Final = "<!-- end of truth -->\n"


class DrawResult(NamedTuple):
    """What draws of one truth came to.

    Attributes:
        truth: median and incidents.
        share: true share within the norm.
        held: how often the interval of the share held it.
        beyond: how often it lay on the side that would blame the hoster.
        plain: mean of the plain medians of closed cases, hours.
        never: how often there was no closed case.
    """

    truth: Truth
    share: float
    held: float
    beyond: float
    plain: float
    never: float


def tried(truth: Truth, draws: int, seed: int = SEED) -> DrawResult:
    """Return what draws of one truth come to.

    Args:
        truth: of the hoster.
        draws: how many.
        seed: of the draws.
    """
    rng = np.random.default_rng(seed)
    share = float(ndtr(log(NORM_H / truth.median_h) / SPREAD))
    held = beyond = 0
    plain: list[float] = []
    for _ in range(draws):
        cases = counted(drawn(rng, truth), NORM_H * 3_600)
        low, high = share_of(cases).interval(CONFIDENCE)
        held += low <= share <= high
        beyond += high < share
        closed = [
            (one.case.gone_at - one.case.noticed_at) / HOUR_MS
            for one in cases
            if one.case.gone_at is not None and one.case.gone_at <= PERIOD_DAYS * DAY_MS
        ]
        plain += [median(closed)] if closed else []
    return DrawResult(
        truth,
        share,
        held / draws,
        beyond / draws,
        sum(plain) / len(plain) if plain else 0.0,
        1 - len(plain) / draws,
    )


def table(found: Sequence[DrawResult], draws: int) -> str:
    """Return the table of what draws came to.

    Args:
        found: of each truth.
        draws: of each.
    """
    return "".join(f"{line}\n" for line in _lines(found, draws))


def _lines(found: Sequence[DrawResult], draws: int) -> Iterator[str]:
    yield (
        f"| true median | true share within {NORM_H} h | its interval held it, of {draws:,} draws |"
        " it lay below the truth | plain median of closed cases |"
    )
    yield "| --- | --- | --- | --- | --- |"
    for one in found:
        yield (
            f"| {one.truth.median_h:g} h | {100 * one.share:.1f} % | {100 * one.held:.1f} % |"
            f" {100 * one.beyond:.1f} % | {one.plain:.1f} h |"
        )


def between(text: str, marks: tuple[str, str], new: str) -> str:
    """Return a document with a table in the place between its marks.

    Args:
        text: the document.
        marks: before and behind the place.
        new: the table.

    Raises:
        ValueError: it has no such marks.
    """
    before, begin, rest = text.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not begin or not end:
        raise ValueError("the document has no place for the table")
    return f"{before}{begin}{new}{end}{after}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw, and print the table or write it into a document."""
    parser = argparse.ArgumentParser(description="How near a report comes to the truth.")
    parser.add_argument("--draws", type=int, default=4_000, help="of each truth")
    parser.add_argument("--write", type=Path, help="the document that has the table")
    options = parser.parse_args(arguments)
    found = table([tried(truth, options.draws) for truth in TRUTHS], options.draws)
    if options.write is None:
        sys.stdout.write(found)
    else:
        options.write.write_text(between(options.write.read_text(), (BEGIN, END), found))


if __name__ == "__main__":
    main()
