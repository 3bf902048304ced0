"""Controls that change no verdict: both ways of the fold come to the same beside them."""

from random import Random

from law_examples import examples
from ledger_events import (
    CONTROL,
    GONE,
    ONLINE,
    observation,
)
from two_ways import (
    both_ways,
    case_with,
    followed,
    tellings,
)
from unbacked import unbacked

from schemas.closed_lists import Expected, Target


def test_a_control_long_after_an_end_takes_the_fast_path():
    """What is gone by itself is gone beside any control; what may be the material is judged."""
    for answer, expected in ((GONE, True), (ONLINE, False)):
        value, _, _ = case_with(Expected.ENDED)
        value, _ = followed(value, observation(40, answer))
        value, short = followed(value, observation(41, CONTROL, target=Target.MADE_UP_PATH))
        assert short is expected, answer


def test_both_ways_are_equal_where_controls_are_wanting():
    """One late, silent once more or of a dead canary's time may tell of old observations."""
    for seed in range(examples(150)):
        value = None
        for one in unbacked(Random(seed)):
            after, whole = both_ways(value, one)
            assert after.record_value == whole
            assert after.result in tellings(value, after)
            value = after.record_value
