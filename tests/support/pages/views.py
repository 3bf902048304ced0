"""A view of a small world, as the rollup would make it: for tests of what is rendered."""

from dataclasses import replace
from functools import cache

from cases import at, case

from schemas.closed_lists import CaseClass, Quarantine, Result, Role
from schemas.records.case import CaseSummary
from streams.rollup.case_figures import figures, grouped_for_display, totals
from streams.rollup.figures import HosterFigures
from streams.rollup.intake_counts import IntakeCount
from streams.views.backlog_samples import BacklogRings
from streams.views.view import HosterInfo, View

SAMPLED = {"shield": 0.5}
"""Hosters of whose cases only a sample is promised probes on time."""


def cases_of(hoster: str, role: Role, size: int, pace: float) -> list[CaseSummary]:
    """Return cases of a hoster that removes within `pace` hours, or never from 48 on."""
    found = []
    for i in range(size):
        noticed = 96.0 * i / size
        took = pace * (0.4 + 1.2 * ((i * 7) % 10) / 10)
        gone = noticed + took
        if gone < 99 and pace < 48:
            outcome, seen, ends = CaseClass.REMOVED, gone - 0.3, gone
        elif i % 5 == 4:
            outcome, seen, ends = CaseClass.UNAVAILABLE, noticed + 1, None
        else:
            outcome, seen, ends = CaseClass.ONLINE, max(noticed, 98.0), None
        found.append(
            case(
                outcome,
                hoster=hoster,
                role=role,
                reported=noticed,
                noticed=noticed,
                seen=seen,
                gone=ends,
                number=i,
                inclusion=SAMPLED.get(hoster, 1.0),
                sampled=hoster not in SAMPLED or i % 2 == 0,
            )
        )
    found.append(
        case(
            CaseClass.AWAITING,
            hoster=hoster,
            role=role,
            noticed=None,
            reported=97,
            inclusion=SAMPLED.get(hoster, 1.0),
        )
    )
    return found


WORLD = (
    ("alpha", Role.HOSTING, 420, 3.0, "Alpha Hosting", "NL"),
    ("beta", Role.HOSTING, 260, 20.0, "Beta Datacenter Services International", "DE"),
    ("gamma", Role.HOSTING, 90, 60.0, "Gamma", "RO"),
    ("delta", Role.HOSTING, 12, 9.0, "Delta Web", "FR"),
    ("epsilon", Role.HOSTING, 3, 1.0, "Epsilon", "US"),
    ("shield", Role.PROXY, 150, 30.0, "Shield CDN", "US"),
)


@cache
def counted() -> tuple[list[HosterFigures], BacklogRings]:
    """Return the figures of hour 100 and the backlog since hour 60; nobody changes them."""
    backlog = BacklogRings()
    parts = []
    owned = [(id, role, cases_of(id, role, size, pace)) for id, role, size, pace, _, _ in WORLD]
    for hours in range(60, 101, 4):
        parts = [figures(id, role, cases, at(hours)) for id, role, cases in owned]
        backlog.remember(parts)
    return parts, backlog


def sample_view(*, shown_max: int = 64) -> View:
    """Return the view at hour 100, with a backlog remembered since hour 60."""
    parts, backlog = counted()
    shown = grouped_for_display(parts, shown_max, ())
    return View(
        ready=True,
        stale=False,
        as_of=at(100),
        ledger_at=at(99.99),
        positions={"facts.v1": 71_222, "reports.v1": 1_871},
        figures=tuple(parts),
        shown=tuple(shown),
        totals=tuple(totals(parts, at(100))),
        hosters={id: HosterInfo(name=name, country=land) for id, _, _, _, name, land in WORLD},
        intake=(
            IntakeCount("north", "report", Result.ACCEPTED, None, 611),
            IntakeCount("north", "notice", Result.ACCEPTED, None, 611),
            IntakeCount("north", "report", Result.DUPLICATE, None, 40),
            IntakeCount("south", "report", Result.ACCEPTED, None, 330),
            IntakeCount("south", "", Result.QUARANTINED, Quarantine.BAD_URL, 3),
            IntakeCount("south", "", Result.QUARANTINED, Quarantine.MALFORMED, 1),
        ),
        cases=941,
        reports=941,
        pending_urls=2,
        pending_reports=3,
        backlog_samples=backlog.samples(shown),
        code="0.1.0",
        method="1",
    )


def many_hosters(view: View, count: int) -> View:
    """Return the view with one hoster's figures under `count` ids.

    It is one whose figures are estimated from a sample: nobody has more series.
    """
    (richest,) = (one for one in view.shown if one.hoster in SAMPLED)
    shown = tuple(replace(richest, hoster=f"hoster-{i}") for i in range(count))
    return replace(view, shown=shown, figures=shown)
