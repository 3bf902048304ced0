"""The second reading of one observation says what the first one says, of every kind of answer."""

import pytest
from ledger_events import CONTROL, DEAD, GONE, LIMITED, NO_NAME, ONLINE, REFUSED, observation

from schemas.closed_lists import Verdict
from schemas.codec import FACT
from schemas.records.facts import Facts
from verify.ledger.facts import HttpAnswer, Observation, fact
from verify.method_9.verdict import VerdictContext, as_control, healthy, said


def seen(facts: Facts, **more) -> Observation:
    found = fact(FACT.encode(observation(1, facts, **more)[0]))
    assert isinstance(found, Observation)
    return found


def answer(facts: Facts) -> HttpAnswer:
    return seen(facts).answer


SOUND = VerdictContext(made_up_path=answer(CONTROL), root=answer(CONTROL))


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (ONLINE, Verdict.ONLINE),
        (GONE, Verdict.GONE_HARD),
        (REFUSED, Verdict.BLOCKED),
        (LIMITED, Verdict.BLOCKED),
        (DEAD, Verdict.UNREACHABLE),
        (NO_NAME, Verdict.DNS_GONE),
        (Facts(status=500), Verdict.UNREACHABLE),
        (Facts(status=200, suspended=True), Verdict.GONE_HARD),
        (Facts(status=200, parked=True), Verdict.GONE_SOFT),
        (Facts(status=200, challenge=True), Verdict.BLOCKED),
    ],
)
def test_what_an_answer_says_beside_sound_controls(facts: Facts, verdict: Verdict) -> None:
    """By its error, its status or its marks."""
    assert said(seen(facts), SOUND).verdict is verdict


def test_a_refusal_among_healthy_controls_is_of_the_url_alone() -> None:
    """Where the host's controls are healthy."""
    assert said(seen(REFUSED), SOUND).url_refused
    assert not said(seen(REFUSED), VerdictContext()).url_refused


def test_an_answer_like_any_path_s_says_nothing_at_first_and_gone_later() -> None:
    """Gone, where the sightings before were unlike it."""
    page = Facts(status=200, type="text/html", length=3_000)
    alike = VerdictContext(made_up_path=answer(page))
    assert said(seen(page), alike).verdict is Verdict.UNKNOWN
    before = alike._replace(earlier_answer=answer(ONLINE))
    assert said(seen(page), before).verdict is Verdict.GONE_SOFT
    assert as_control(answer(page), answer(page))


def test_at_the_last_known_address_gone_is_a_move_or_the_name_s_end() -> None:
    """By whether the name exists."""
    assert said(seen(GONE, old_address=True), SOUND).verdict is Verdict.MOVED
    gone = said(seen(GONE, old_address=True, nxdomain=True), SOUND)
    assert gone.verdict is Verdict.DNS_GONE


@pytest.mark.parametrize(
    ("facts", "sound"), [(CONTROL, True), (ONLINE, True), (REFUSED, False), (DEAD, False)]
)
def test_a_control_is_healthy_where_the_host_answers_as_anybody(facts: Facts, sound: bool) -> None:
    """A made-up path that is not there is healthy."""
    assert healthy(answer(facts)) is sound
    assert not healthy(None)
