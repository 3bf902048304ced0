"""What a hidden vantage compares with is what the others saw before it first probed."""

import pytest

from schemas.closed_lists import Role, Target
from schemas.records.case_observations import Fingerprint, Track
from streams.lifecycle.evidence.baseline import NO_BASELINE, BaselineSighting, baseline, rechecking
from streams.verdicts.answer_shape import shape_of

PRINTS = [Fingerprint(None, 200, "image/jpeg", size, "", "", 0) for size in (10, 12, 14)]


def track(vantage: str, asked: tuple[str, ...], target: Target = Target.URL) -> Track:
    return Track("acme", Role.HOSTING, vantage, target, asked, ())


def test_who_was_not_asked_is_a_hidden_vantage() -> None:
    """By its probes of the URL; a control's asks nobody."""
    tracks = [
        track("north", ("north", "south")),
        track("hidden", ("north", "south")),
        track("canary", ("north",), Target.ROOT),
        track("old", ()),
    ]
    assert rechecking(tracks) == {"hidden"}


def test_the_last_sighting_that_differed_is_what_it_compares_with() -> None:
    """Whoever saw it, in order of time; one that was like its control tells nothing."""
    seen = [
        BaselineSighting(30, 2, differs=False),
        BaselineSighting(10, 0, differs=True),
        BaselineSighting(20, 1, True),
    ]
    found = baseline(seen, 40, PRINTS)
    assert found.before == 1
    assert found.shapes == {shape_of(one) for one in PRINTS}


@pytest.mark.parametrize(("first_at", "before"), [(10, None), (11, 0), (20, 0), (21, 1)])
def test_what_is_seen_later_is_no_baseline(first_at: int, before: int | None) -> None:
    """What it sees itself may have taken the content's place."""
    seen = [BaselineSighting(10, 0, differs=True), BaselineSighting(20, 1, differs=True)]
    assert baseline(seen, first_at, PRINTS).before == before


def test_nothing_seen_is_nothing_to_compare_with() -> None:
    """Then nothing is unlike it."""
    assert baseline([], 40, PRINTS) == NO_BASELINE
