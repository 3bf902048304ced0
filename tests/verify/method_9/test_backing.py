"""A sighting is backed where a control near it got another answer from the same vantage."""

import pytest
from ledger_events import CONTROL, DEAD, LIMITED, NORTH, ONLINE, SOUTH, observation

from schemas.closed_lists import Target
from schemas.codec import FACT
from schemas.records.facts import Facts
from verify.ledger.facts import Observation, fact
from verify.method_9.backing import unbacked

PAGE = Facts(status=200, type="text/html", length=3_000)
SHAPE = {(200, "image/jpeg", 13, "")}


def seen(hours: float, facts: Facts, vantage: str = NORTH, **more) -> Observation:
    """Return an observation as the ledger says it."""
    found = fact(FACT.encode(observation(hours, facts, vantage, **more)[0]))
    assert isinstance(found, Observation)
    return found


def control(hours: float, facts: Facts, vantage: str = NORTH, **more) -> Observation:
    """Return what a made-up path answered."""
    return seen(hours, facts, vantage, target=Target.MADE_UP_PATH, **more)


@pytest.mark.parametrize(
    ("controls", "backed"),
    [
        ([], False),
        ([control(5, CONTROL)], True),
        ([control(5, ONLINE)], False),
        ([control(5, ONLINE), control(6, CONTROL)], True),
        ([control(29.9, CONTROL)], True),
        ([control(30.1, CONTROL)], False),
        ([control(5, CONTROL, SOUTH)], False),
        ([control(5, CONTROL, canary_ok=False)], False),
        ([control(5, DEAD)], False),
        ([control(5, LIMITED)], False),
    ],
)
def test_another_answer_of_the_control_near_it_backs_a_sighting(controls, backed) -> None:
    """Of its own vantage, whose canary is healthy, within 25 h, and not silence."""
    one = seen(5, ONLINE)
    assert (unbacked([one], [one, *controls]) == set()) is backed


def test_controls_that_are_silent_again_and_again_hide_what_is_there() -> None:
    """Three times over half an hour at one vantage; one of them alike shows nothing hidden."""
    times = (5, 5.2, 5.6)
    observations = [seen(h, ONLINE) for h in times]
    silent = [control(h, DEAD) for h in times]
    assert unbacked(observations, [*observations, *silent]) == set()
    assert unbacked(observations[:2], [*observations, *silent[:2]]) == {ONLINE_SHAPE}
    assert unbacked(observations, [*observations, *silent, control(6, ONLINE)]) == {ONLINE_SHAPE}


def test_each_shape_is_backed_for_itself() -> None:
    """A page that any path gets is not backed by the picture that is."""
    observations = [seen(5, ONLINE), seen(6, PAGE)]
    near = [control(5, PAGE), control(6, PAGE)]
    assert unbacked(observations, [*observations, *near]) == {observations[1].answer[1:5]}


ONLINE_SHAPE = seen(5, ONLINE).answer[1:5]
