"""What a mistyped name was meant to be."""

import pytest

from agents.spelling import meant


@pytest.mark.parametrize(("typed", "there"), [("lifecycel", "lifecycle"), ("probes", "probe")])
def test_the_nearest_name_is_offered(typed: str, there: str) -> None:
    """A slip of the hand is answered with the name that is there."""
    assert f"did you mean {there}?" in meant(typed, ("intake", "lifecycle", "probe"))


def test_nothing_is_offered_for_what_is_like_no_name() -> None:
    """A name that resembles none gets the list of all, and no proposal that would mislead."""
    assert meant("zzzzzzzz", ("probe", "intake")) == " (there are: intake, probe)"
