"""Reads the samples of each figure's metric from a `View`."""

from collections.abc import Callable
from itertools import product
from typing import Final

from agents.edges.metric_types.declaration import SampleReader, Samples
from schemas.closed_lists import CaseClass, Flag, NormVerdict, Role
from streams.norms.maturity import AUTHORITY_ORDER
from streams.rollup.case_figures import OTHER
from streams.rollup.figures import HosterFigures, NoticeCohort, RemovalTimeReading
from streams.views.view import View

SHOWN_FLAGS: Final = (
    *(Flag.BOUNCED, Flag.MISDIRECTED),  # somebody has to send again
    *(Flag.SPLIT, Flag.UNPROVEN, Flag.ANNOUNCED_ONLY, Flag.CLOAKED),  # somebody has to act
)
"""Those that ask something of a person; the others stand with their cases."""


def each_of(value: Callable[[HosterFigures], float | None]) -> SampleReader:
    """Read one number of each hoster shown; None = no sample."""

    def read(view: View) -> Samples:
        for figures in view.shown:
            number = value(figures)
            if number is not None:
                yield (figures.hoster, figures.role.value), number

    return read


def one_of(value: Callable[[View], float | None]) -> SampleReader:
    """Read one number of the view; None = no sample."""

    def read(view: View) -> Samples:
        number = value(view)
        if number is not None:
            yield (), number

    return read


def classes(view: View) -> Samples:
    """Give the cases of each hoster by class, at 0 too."""
    for figures in view.shown:
        for case_class in CaseClass:
            yield (
                (figures.hoster, figures.role.value, case_class.value),
                figures.classes[case_class],
            )


def flags(view: View) -> Samples:
    """Give the cases of each hoster that ask something of a person, by flag."""
    for figures in view.shown:
        for flag in SHOWN_FLAGS:
            yield (figures.hoster, figures.role.value, flag.value), figures.flags.get(flag, 0)


def norm_label(norm_s: int) -> str:
    """Return a norm as a label: `order`, whole hours as `24h`, anything else as `90s`."""
    if norm_s == AUTHORITY_ORDER:
        return "order"
    hours, rest = divmod(norm_s, 3_600)
    return f"{norm_s}s" if rest else f"{hours}h"


PERCENTILES: Final = {"0.5": "50", "0.9": "90"}
"""What `quantile` was called before; the label `percentile` goes with the release after next."""


def norms(view: View) -> Samples:
    """Give the verdicts on each norm."""
    for figures in view.shown:
        for norm in figures.norms:
            head = (figures.hoster, figures.role.value, norm_label(norm.norm_s))
            yield (*head, "in_time"), norm.in_time
            yield (*head, "late"), norm.late
            yield (*head, "undetermined"), norm.undetermined


def second(view: View) -> Samples:
    """Give the second verdicts on each norm, those of what followed a return."""
    for figures in view.shown:
        norms_s = {norm.norm_s for norm in figures.norms if norm.norm_s != AUTHORITY_ORDER}
        for norm_s, verdict in product(sorted(norms_s), NormVerdict):
            head = (figures.hoster, figures.role.value, norm_label(norm_s))
            yield (*head, verdict.value), figures.second.get((norm_s, verdict), 0)


def estimates(view: View) -> Samples:
    """Give the percentiles that were reached, in seconds."""
    for figures in view.shown:
        for unavailable, cohort in product(RemovalTimeReading, NoticeCohort):
            estimate = figures.estimate(unavailable, cohort)
            head = (figures.hoster, figures.role.value)
            of = (unavailable.value, cohort.value)
            for quantile, ms in (("0.5", estimate.p50_ms), ("0.9", estimate.p90_ms)):
                if ms is not None:
                    yield (*head, quantile, PERCENTILES[quantile], *of), ms / 1_000


def intervals(view: View) -> Samples:
    """Give the limits of estimated shares."""
    for figures in view.shown:
        for norm in figures.norms:
            if norm.interval is not None:
                head = (figures.hoster, figures.role.value, norm_label(norm.norm_s))
                for limit, share in zip(("low", "high"), norm.interval, strict=True):
                    yield (*head, limit), share


def windows(view: View) -> Samples:
    """Give what happened in each window."""
    for figures in view.shown:
        for event, windows in figures.windows.items():
            for window, count in windows.items():
                yield (figures.hoster, figures.role.value, event.value, window.value), count


def folded(view: View) -> Samples:
    """Give how many hosters of each role have no series of their own."""
    for role in Role:
        shown = sum(f.role is role and f.hoster != OTHER for f in view.shown)
        yield (role.value,), sum(f.role is role for f in view.figures) - shown


def intake(view: View) -> Samples:
    """Give hotlines' records by what became of them."""
    found: dict[tuple[str, ...], float] = {}
    for line in view.intake:
        labels = (line.hotline, line.result.value, line.reason.value if line.reason else "none")
        found[labels] = found.get(labels, 0) + line.count
    yield from sorted(found.items())


def seconds(ms: int | None) -> float | None:
    """Return milliseconds as seconds; None stays."""
    return None if ms is None else ms / 1_000
