"""From cases to figures: nothing is counted on the way, everything is read off the summaries.

Figures of an instant are a function of the summaries and the instant. What time alone changes
(overdue, dark, expired) therefore needs no event, and a replay gives the same figures.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from schemas.closed_lists import Flag, Role
from schemas.moments import Instant
from streams.case_class import phase_at
from streams.rollup.case_row import CaseRow
from streams.rollup.figures import HosterFigures, merged
from streams.rollup.tally import Tally
from streams.rollup.windows import Window, WindowEvent

OTHER: Final = "other"
TOTAL: Final = "total"

WATCHED_EVENTS: Final = 10
"""A backlog cannot grow by more than this, the least growth the alert speaks of, without as
many notices and returns; a hoster with more of them in a week is shown by name, so that its
series is there before an alert on it can be due. The alerts on norms need more notices."""

WATCHED_OPEN: Final = 10
"""Every alert on a backlog needs as many open cases at least."""

WATCHED_FOLLOWED: Final = 10
"""Cases of four weeks that the alert on hosters that cannot be measured needs; none of them has
to be open or of the last week."""

WATCHED_RETURNS: Final = 3
"""Returns within a week that the alert on reappearances needs."""


def figures(hoster: str, role: Role, cases: Iterable[CaseRow], as_of: Instant) -> HosterFigures:
    """Work out what is said of one hoster in one role.

    Args:
        hoster: whose cases they are, for the record only.
        role: the role of all of them.
        cases: its cases, in any order.
        as_of: the instant the figures hold for; cases that begin later are left out.
    """
    tally = Tally(as_of)
    for case in cases:
        phase = phase_at(case, as_of)
        if phase is not None:
            tally.add(case, phase)
    return tally.figures(hoster, role)


def totals(parts: Sequence[HosterFigures], as_of: Instant) -> list[HosterFigures]:
    """Add up all hosters, each role by itself."""
    return [merged(TOTAL, role, as_of, [p for p in parts if p.role is role]) for role in Role]


def watched(figures: HosterFigures) -> bool:
    """Say whether an alert may become due for this hoster: those of deploy/prometheus/rules."""
    returned = figures.windows[WindowEvent.REAPPEARED][Window.WEEK]
    return (
        figures.backlog >= WATCHED_OPEN
        or figures.windows[WindowEvent.NOTICED][Window.WEEK] + returned > WATCHED_EVENTS
        or returned >= WATCHED_RETURNS
        or figures.disagreed > 0
        or 2 * figures.unmeasurable > figures.followed >= WATCHED_FOLLOWED
        or any(figures.flags.get(flag, 0) for flag in (Flag.BOUNCED, Flag.MISDIRECTED))
    )


def grouped_for_display(
    parts: Sequence[HosterFigures], shown_max: int, alerting: Collection[tuple[str, Role]]
) -> list[HosterFigures]:
    """Return figures of the hosters with the largest backlogs, and `other` for the rest of a role.

    Args:
        parts: figures of all hosters.
        shown_max: how many are shown by themselves over both roles. Alerting ones take their
            places first and are all shown, beyond it too if they alone are more.
        alerting: hosters that are always shown: an alert speaks of a hoster's own figure.

    Returns:
        Those shown, largest backlog first, then `other` of each role that has any.
    """
    ranked = sorted(parts, key=lambda p: (-p.backlog, -p.overdue_unseen, -p.reported, p.hoster))
    spare = shown_max - sum((p.hoster, p.role) in alerting for p in ranked)
    shown = []
    for part in ranked:
        if (part.hoster, part.role) in alerting:
            shown.append(part)
        elif spare > 0:
            shown.append(part)
            spare -= 1
    kept = {(p.hoster, p.role) for p in shown}
    for role in Role:
        rest = [p for p in ranked if p.role is role and (p.hoster, p.role) not in kept]
        if rest:
            shown.append(merged(OTHER, role, rest[0].as_of, rest))
    return shown
