"""What a case expects is read off one observation and what its vantage saw before."""

from ledger_events import BOTH, CONTROL, GONE, MISSED, ONLINE, observation
from two_ways import OTHER, case_with, followed

from schemas import codec
from schemas.closed_lists import Expected, Target
from streams.lifecycle.events.expected_observations import NOTHING, effect
from streams.lifecycle.events.tracks import traits_of
from streams.lifecycle.evidence.controls import NewProbe
from streams.verdicts.fingerprints import fingerprint


def _asked(value, one):
    """Return what L moves to by an observation; None = it is not expected."""
    fact, at = one
    hot = codec.STATE.hot(value)
    (place,) = hot.tracks.hosters
    around = [track for track in place.tracks if track.vantage == fact.vantage]
    seen, traits = fingerprint(fact.facts), traits_of(fact, at)
    found = effect(NewProbe(hot, hot.expectations[0], fact, seen, traits, around))
    return None if found is None else found[0]


def test_a_sighting_like_all_before_moves_the_last_sighting_to_when_it_was_sent():
    """From each vantage: the case is as the last probe found it, and was seen once more."""
    value, answer, hours = case_with(Expected.SEEN)
    for vantage in BOTH:
        one = observation(hours, answer, vantage)
        assert _asked(value, one) == one[0].sent_at


def test_an_answer_of_another_shape_is_not_expected():
    """Nor is one that only this vantage goes on getting: another one was shown something else."""
    value, answer, hours = case_with(Expected.SEEN)
    assert _asked(value, observation(hours, OTHER)) is None
    value, _ = followed(value, observation(hours, OTHER, BOTH[1], canary_ok=False))
    assert codec.STATE.decode(value).expectations[0].expected is Expected.SEEN
    assert _asked(value, observation(hours + 1, answer, BOTH[0])) is None


def test_what_came_to_no_probe_moves_nothing():
    """A missed order, a canary, and a probe whose vantage's canary did not answer are expected."""
    value, answer, hours = case_with(Expected.SEEN)
    for one in (
        observation(hours, MISSED),
        observation(hours, answer, target=Target.CANARY),
        observation(hours, OTHER, canary_ok=False),
    ):
        assert _asked(value, one) == NOTHING


def test_a_removed_case_expects_gone_and_no_sighting():
    """Gone again moves nothing; what may be a sighting is judged with all others."""
    value, _, hours = case_with(Expected.ENDED)
    assert _asked(value, observation(hours, GONE)) == NOTHING
    assert _asked(value, observation(hours, ONLINE)) is None


def test_beside_a_newer_control_nothing_is_expected():
    """The control may speak of the observation, and of those before it."""
    value, answer, hours = case_with(Expected.SEEN)
    value, _ = followed(value, observation(hours + 1, CONTROL, target=Target.MADE_UP_PATH))
    assert _asked(value, observation(hours + 2, answer)) is not None
    assert _asked(value, observation(hours, answer)) is None
