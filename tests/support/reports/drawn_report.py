"""Draws the cases of a whole report: hosters of every kind, seen through the timetable's probes."""

from bisect import bisect_left
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from agents.tools.report.context import MethodChange, ReportContext
from agents.tools.report.sections.made import ReportParts
from schemas.closed_lists import CaseClass, Role
from schemas.moments import DAY_MS, HOUR_MS
from streams.report.cohort import Cohort
from streams.report.figures.counted import Counted, counted
from streams.report.figures.of_report import figures
from streams.report.hosters_of_report import judged
from streams.report.published_case import (
    NOT_MEASURABLE,
    ON_CHECK,
    PublishedCase,
    has_told_end,
    is_matured,
    public_verdict,
)
from streams.timetable import TIMETABLE_H

FROM: Final = 1_767_225_600_000  # 2026-01-01
DAYS: Final = 90
COHORT: Final = Cohort(FROM, FROM + DAYS * DAY_MS, 86_400)
SPREAD: Final = 1.1
FIELD_SEED: Final = 1
THRESHOLD: Final = 0.8


class HosterKind(NamedTuple):
    """A hoster: median hours to removal, incidents, country, owner."""

    median_h: float
    incidents: int
    country: str
    group: str


FIELD: Final[dict[str, HosterKind]] = {
    "acme": HosterKind(3, 60, "NL", "acme"),
    "bulk-hosting": HosterKind(70, 45, "NL", "bulk"),
    "cloudy": HosterKind(8, 40, "DE", "cloudy"),
    "delta": HosterKind(18, 30, "NL", "bulk"),
    "evergreen": HosterKind(200, 30, "BG", "evergreen"),
    "fastnet": HosterKind(2, 25, "NL", "fastnet"),
    "gamma": HosterKind(30, 25, "NL", "gamma"),
    **{
        f"small-{i:02}": HosterKind(12 + i, 3 + i % 4, "NL" if i % 3 else "RO", "")
        for i in range(12)
    },
}


def drawn_report(
    seed: int = 1, field: dict[str, HosterKind] | None = None, cohort: Cohort = COHORT
) -> list[PublishedCase]:
    """Return the cases of a report, in the order of their names.

    Args:
        seed: of the draws.
        field: the hosters.
        cohort: the period.
    """
    chance = np.random.default_rng(seed)
    found: list[PublishedCase] = []
    for hoster, kind in sorted((field or FIELD).items()):
        for number in range(kind.incidents):
            begun = cohort.from_at + int(chance.integers(0, cohort.to_at - cohort.from_at))
            size = min(int(2 * (chance.pareto(2.2) + 1)), 40)
            shift = chance.normal(0, SPREAD / 2)
            for _ in range(size):
                said = _seen(chance, kind, shift, begun, cohort.as_of)
                found.append(
                    PublishedCase(
                        case=f"{len(found):08x}",
                        hoster=hoster,
                        role=Role.HOSTING,
                        hotline=("alpha", "beta", "gamma")[number % 3],
                        incident=f"{hoster}/{number}",
                        category=("csam", "malware", "")[number % 3],
                        site_type=("image_host", "forum")[number % 2],
                        noticed_at=begun,
                        weight=1.0,
                        as_of=cohort.as_of,
                        group=kind.group or hoster,
                        country=kind.country,
                        **said | _checked(said, len(found)),
                    )
                )
    return [_judged(one, cohort.norm_s) for one in found]


def _checked(said: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the flags of a case; one removal in fifty is known from a check alone."""
    return {"flags": (*said["flags"], *((ON_CHECK,) if not number % 50 else ()))}


def _judged(case: PublishedCase, norm_s: int | None) -> PublishedCase:
    if norm_s is None or not is_matured(case, norm_s):
        return case
    return msgspec.structs.replace(case, verdict=public_verdict(case, norm_s))


def _seen(
    chance: "np.random.Generator", kind: HosterKind, shift: float, begun: int, as_of: int
) -> dict[str, Any]:
    """Return what probes saw of a case that was noticed then."""
    took_h = kind.median_h * float(np.exp(chance.normal(shift, SPREAD / 2)))
    drawn, flags = chance.random(), ()
    place = bisect_left(TIMETABLE_H, took_h)
    if place >= len(TIMETABLE_H) or begun + TIMETABLE_H[place] * HOUR_MS > as_of:
        seen = max(h for h in TIMETABLE_H if begun + h * HOUR_MS <= as_of)
        return {
            "last_seen_at": begun + round(seen * HOUR_MS),
            "gone_at": None,
            "case_class": CaseClass.ONLINE,
            "flags": flags,
        }
    seen_at = begun + round(TIMETABLE_H[max(place - 1, 0)] * HOUR_MS)
    gone_at = begun + round(TIMETABLE_H[place] * HOUR_MS)
    said: dict[str, Any] = {"last_seen_at": seen_at, "gone_at": gone_at}
    if drawn < 0.03:
        return said | {
            "case_class": CaseClass.MOVED,
            "flags": (),
            "moved_to": "" if drawn < 0.01 else "cloudy",
        }
    if drawn < 0.05:
        return said | {
            "gone_at": None,
            "case_class": CaseClass.UNAVAILABLE,
            "flags": (NOT_MEASURABLE,),
        }
    if drawn < 0.06:
        return said | {"case_class": CaseClass.DARK, "flags": ()}
    back = gone_at + 9 * DAY_MS if drawn > 0.96 else None
    return said | {
        "case_class": CaseClass.REMOVED,
        "flags": (),
        "back_at": None if back is None or back > as_of else back,
    }


@cache
def drawn_made(language: str = "en") -> ReportParts:
    """Return a whole report of the drawn cases, worked out once in each process.

    Args:
        language: that is spoken.
    """
    cases = drawn_report(FIELD_SEED)
    field = judged(cases, COHORT.norm_s, THRESHOLD)
    context = ReportContext(
        language=language,
        names={"acme": "Acme B.V."},
        methods=(MethodChange(method="10", from_at=0, summary="matured norms"),),
        left_out={"self_report": 12, "other": 3},
    )
    return ReportParts(COHORT, THRESHOLD, field, figures(cases, field, COHORT), context)


def drawn_followed() -> list[PublishedCase]:
    """Return the drawn cases whose ends are told, also those that moved before the norm."""
    return [case for case in drawn_report(FIELD_SEED) if has_told_end(case)]


def drawn_counted() -> list[Counted]:
    """Return the drawn cases that count."""
    return counted(drawn_report(FIELD_SEED), COHORT.norm_s)
