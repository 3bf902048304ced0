"""When a case is publicly late (docs/measurement.md, Norm verdicts)."""

import pytest

from schemas.moments import DAY_MS, HOUR_MS
from streams.norms.publicly_late import ControlledSighting, PublicVerdict, publicly_late

NOON = 20_000 * DAY_MS + 12 * HOUR_MS
NOTHING = PublicVerdict(public=False, cloaked=False)
PUBLIC = PublicVerdict(public=True, cloaked=False)
CLOAKED = PublicVerdict(public=False, cloaked=True)


def north(hours):
    return ControlledSighting(NOON + round(hours * HOUR_MS), "north", announced=True)


def south(hours):
    return ControlledSighting(NOON + round(hours * HOUR_MS), "south", announced=False)


@pytest.mark.parametrize(
    ("sightings", "expected"),
    [
        ([], NOTHING),
        ([north(0)], NOTHING),
        ([north(0), north(1), north(2)], NOTHING),
        ([north(0), south(5)], PUBLIC),
        ([north(0), north(24)], NOTHING),
        ([north(0), north(24), north(48)], PUBLIC),
        ([north(0), north(13), north(36.5)], PUBLIC),
        ([south(0)], CLOAKED),
        ([south(0), south(24), south(48)], CLOAKED),
        ([south(0), south(24), south(48), north(49)], PUBLIC),
    ],
)
def test_what_is_asked_for_beside_the_verdict(sightings, expected):
    """Two vantages, or one on three UTC days, and never unannounced ones alone."""
    assert publicly_late(sightings, []) == expected


@pytest.mark.parametrize(
    ("check_h", "expected"), [(1, PUBLIC), (-1, PUBLIC), (1.01, CLOAKED), (-1.01, CLOAKED)]
)
def test_a_person_s_check_within_an_hour_settles_it(check_h, expected):
    """It confirms what one vantage saw, an unannounced one too."""
    assert publicly_late([south(0)], [NOON + round(check_h * HOUR_MS)]) == expected


def test_of_checks_any_near_one_counts():
    """However many were made long before or after."""
    checks = [NOON + h * HOUR_MS for h in (-50, -20, 1, 30)]
    assert publicly_late([north(0)], checks) == PUBLIC


def test_a_check_alone_is_no_lateness_in_public():
    """It has to agree with a vantage."""
    assert publicly_late([], [NOON]) == NOTHING
