"""What a report says of each hotline's own part: verdicts on its word alone, reports withdrawn.

Both are shares of cases, not means over incidents: they are about what a hotline did, case by case.
"""

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct

from schemas.closed_lists import NormVerdict
from schemas.moments import SECOND_MS
from streams.report.figures.counted import Counted, divided, part, rounded
from streams.report.published_case import ON_CHECK, PublishedCase


class HotlineFigures(Struct, frozen=True, kw_only=True):
    """What is said of a hotline; if it is too small to be judged it carries no share.

    Attributes:
        verdicts: cases in time or late, those of a sample that are in it.
        on_check: share of these that are in time because a person's check alone says that the
            material was gone; None = too few.
        noticed: its cases, also those whose report was withdrawn; each counts once.
        again: share of these whose report was withdrawn after the norm had run out and made again;
            None = too few, or the norm is the term of each order.
    """

    hotline: str
    verdicts: int
    on_check: float | None
    noticed: int
    again: float | None


def hotline_figures(
    cases: Sequence[Counted], with_told_end: Sequence[PublishedCase], norm_s: int | None
) -> list[HotlineFigures]:
    """Return what is said of each hotline, in the order of their ids.

    Args:
        cases: that count.
        with_told_end: these, and those that moved or whose report was withdrawn.
        norm_s: the norm, seconds; None = the terms of orders.
    """
    there: dict[str, list[PublishedCase]] = defaultdict(list)
    for case in with_told_end:
        there[case.hotline].append(case)
    own = divided(cases, lambda case: case.hotline)
    return [_of(name, own.get(name, []), there[name], norm_s) for name in sorted(there) if name]


def _of(
    hotline: str, own: Sequence[Counted], noticed: Sequence[PublishedCase], norm_s: int | None
) -> HotlineFigures:
    decided = [
        one for one in own if one.case.weight and one.verdict is not NormVerdict.UNDETERMINED
    ]
    said = part(hotline, own).bounds is not None
    again = sum(_is_again(case, norm_s) for case in noticed)
    return HotlineFigures(
        hotline=hotline,
        verdicts=len(decided),
        on_check=_on_check(decided) if said and decided else None,
        noticed=len(noticed),
        again=rounded(again / len(noticed)) if said and norm_s is not None else None,
    )


def _on_check(decided: Sequence[Counted]) -> float:
    """Return the share that rests on a check; a late verdict never does, it takes a probe (9.8)."""
    on_check = sum(
        one.case.weight
        for one in decided
        if one.verdict is NormVerdict.IN_TIME and ON_CHECK in one.case.flags
    )
    return rounded(on_check / sum(one.case.weight for one in decided))


def _is_again(case: PublishedCase, norm_s: int | None) -> bool:
    """Return whether a case's report was taken back after the norm had run out, and made again."""
    if norm_s is None or case.withdrawn_at is None or case.reported_again_at is None:
        return False
    return case.withdrawn_at > case.noticed_at + norm_s * SECOND_MS
