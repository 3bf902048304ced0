"""An observation that may change what was judged: all of them are judged again."""

import pytest
from ledger_events import (
    BOTH,
    CONTROL,
    DEAD,
    GONE,
    LIMITED,
    MISSED,
    NORTH,
    ONLINE,
    REFUSED,
    SOUTH,
    WEST,
    at,
    check,
    notice,
    observation,
    place,
    placed,
    report,
    slot,
    slots,
)
from msgspec import structs
from two_ways import AGED, HIDDEN, HOME, OTHER, case_with, followed, moved, open_since, record

from schemas import codec
from schemas.closed_lists import Expected, Role, Target


@pytest.mark.parametrize("expected", Expected)
@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (OTHER, {}),
        (DEAD, {}),
        (None, {"asked": (NORTH,)}),
        (None, {"vantage": WEST}),
        (None, {"hoster": "other"}),
        (None, {"role": Role.PROXY}),
        (None, {"late_h": 25}),
    ],
    ids=str,
)
def test_what_is_not_expected_is_folded_whole(expected, seen, said):
    """Another answer, vantage, hoster or role, and what was appended too late, is judged anew."""
    value, answer, hours = case_with(expected)
    _, short = followed(value, observation(hours, seen or answer, **said))
    assert not short


def test_what_is_not_the_newest_is_folded_whole():
    """One between others, and the same observation once more, are judged with all others."""
    value, answer, hours = case_with(Expected.SEEN)
    value, short = followed(value, observation(hours, answer))
    assert short
    for at_h in (hours, hours - 0.5):
        _, short = followed(value, observation(at_h, answer))
        assert not short


def test_what_other_rules_judged_is_judged_again():
    """After a change of a rule the next observation brings every case up to it."""
    value, answer, hours = case_with(Expected.SEEN)
    older = codec.STATE.encode(structs.replace(codec.STATE.decode(value), evaluated_by="0.0"))
    after, short = followed(older, observation(hours, answer))
    assert not short
    assert codec.STATE.decode(after).evaluated_by == codec.STATE.decode(value).evaluated_by


def test_a_slot_that_is_not_the_newest_is_folded_whole():
    """Whatever was complete last: one of an earlier slot, and a result after a miss."""
    value, answer, hours = case_with(Expected.SEEN)
    value, _ = followed(value, observation(hours, answer))
    _, short = followed(value, moved(observation(hours - 0.5, answer), 3_600_000, 0))
    assert not short
    value, _ = followed(value, observation(hours + 1, MISSED))
    value, short = followed(value, moved(observation(hours + 1, answer), 1_000, 0))
    assert not short
    tracks = codec.STATE.decode(value).tracks
    (observations,) = (
        t.observations for t in tracks if (t.vantage, t.target) == (NORTH, Target.URL)
    )
    assert len(observations) == 5


def test_a_sighting_past_a_norm_is_judged():
    """What makes the case late is no repetition, nor is what makes that public; the rest is."""
    value, answer, _ = case_with(Expected.SEEN)
    for at_h, vantage, expected in (
        (24.5, NORTH, True),
        (24.6, NORTH, False),
        (24.8, NORTH, False),
        (25, SOUTH, False),
        (26, NORTH, True),
        (48.5, NORTH, True),
        (48.6, NORTH, False),
    ):
        value, short = followed(value, observation(at_h, answer, vantage))
        assert short is expected, at_h


@pytest.mark.parametrize("target", [Target.URL, Target.MADE_UP_PATH])
def test_doubt_is_judged_once_it_can_end(target):
    """Gone ones of less than half an hour confirm nothing; from then on any observation may."""
    value, answer, _ = case_with(Expected.DOUBTED)
    seen = answer if target is Target.URL else CONTROL
    for minutes, expected in ((10, True), (29, True), (30, False)):
        value, short = followed(value, observation(1 + minutes / 60, seen, target=target))
        assert short is expected, minutes


@pytest.mark.parametrize("answer", [ONLINE, LIMITED, REFUSED, DEAD])
def test_what_is_not_gone_is_judged_in_doubt(answer):
    """It is said against the gone observations, or makes them another doubt."""
    seen = [slot(0, ONLINE), slot(0.1, answer), slot(0.2, ONLINE)]
    value = record(report(seen=0), placed(), *seen, slot(1, GONE))
    assert codec.STATE.decode(value).expectations[0].expected is Expected.DOUBTED
    assert not followed(value, observation(1.1, answer))[1]


def test_first_controls_of_a_case_that_was_gone_are_judged():
    """What a vantage saw against the others counts if its answer differs from its control's."""
    seen = [observation(h, ONLINE, SOUTH) for h in (1, 1.3, 1.6)]
    value = open_since(
        observation(0, ONLINE), observation(0.9, GONE), *seen[:2], observation(1.5, ONLINE), seen[2]
    )
    assert codec.STATE.decode(value).expectations[0].expected is Expected.SEEN
    assert not followed(value, observation(2, CONTROL, SOUTH, target=Target.MADE_UP_PATH))[1]


def test_a_first_probe_of_an_earlier_slot_is_folded_whole():
    """All rows count from the earliest slot."""
    value = open_since(observation(2, ONLINE))
    late = moved(observation(1, ONLINE, SOUTH), 4_000_000, 0)
    assert not followed(value, late)[1]
    assert followed(value, observation(2.1, ONLINE, SOUTH))[1]


def test_a_copy_older_than_all_sightings_is_judged():
    """A cached copy moves L no further than its age lets it, and one may be the first sighting."""
    front = placed(0, place(behind=True), place("shield", role=Role.PROXY))
    value = record(report(), front, notice(0.5), slot(1, ONLINE), slots([2, 3], AGED))
    for at_h, answer in ((4, AGED), (5, ONLINE), (6, AGED)):  # the last shows hour 4, L is hour 5
        value, short = followed(value, observation(at_h, answer))
        assert short
    _, short = followed(value, observation(7, structs.replace(AGED, age_s=36_000)))
    assert not short


def test_a_control_that_answers_otherwise_is_judged():
    """It may be the nearest to observations that were judged against another."""
    value = open_since(slots([0, 1, 2], ONLINE), observation(2.5, ONLINE))
    _, short = followed(value, observation(2.6, ONLINE, target=Target.MADE_UP_PATH))
    assert not short


def test_a_control_after_a_long_time_is_judged():
    """Observations that had none near them have one now."""
    value = open_since(
        slot(0, ONLINE, control=ONLINE), observation(30, ONLINE), observation(31, ONLINE)
    )
    assert codec.STATE.decode(value).cases[0].last_seen_at > at(30)
    value, short = followed(value, observation(32, ONLINE, target=Target.MADE_UP_PATH))
    assert not short
    assert codec.STATE.decode(value).cases[0].last_seen_at < at(30)


def test_an_answer_of_one_of_several_shapes_is_judged():
    """Which of them the material has is not known from the newest alone."""
    seen = [
        slot(0, OTHER),
        slot(1, ONLINE),
        observation(1.2, ONLINE),
        observation(1.3, ONLINE, SOUTH),
    ]
    assert not followed(open_since(*seen), observation(1.5, ONLINE, SOUTH))[1]


def test_a_control_that_came_to_nothing_counts_for_none():
    """A probe that was missed says nothing of the host; the control before it does."""
    seen = [slot(0.5, REFUSED), slot(0.6, ONLINE), slots([1, 2, 3], LIMITED)]
    value = open_since(
        slot(0, ONLINE), *seen, observation(3.2, MISSED, SOUTH, target=Target.MADE_UP_PATH)
    )
    assert codec.STATE.decode(value).expectations[0].expected is Expected.UNAVAILABLE
    _, short = followed(value, observation(3.3, REFUSED, SOUTH))
    assert not short


def test_an_answer_that_became_the_home_page_s_is_judged():
    """What it says depends on what sightings answered before it."""
    roots = [observation(h, OTHER, v, target=Target.ROOT) for h in (0, 1, 2) for v in BOTH]
    value = open_since(slots([0, 1, 2], ONLINE, control=None), roots)
    assert codec.STATE.decode(value).expectations[0].expected is Expected.SEEN
    _, short = followed(value, observation(3, OTHER))
    assert not short


def test_what_sends_to_another_host_s_root_is_judged():
    """A person is asked."""
    value = open_since(slot(0, ONLINE), slots([1, 2, 3], GONE))
    assert codec.STATE.decode(value).expectations[0].expected is Expected.ENDED
    _, short = followed(value, observation(4, structs.replace(HOME, left_host=True)))
    assert not short


def test_a_root_is_folded_whole():
    """Of a root no answer is told from others."""
    value = open_since(slot(0, ONLINE), slots([1, 2, 3], GONE), root=True)
    assert codec.STATE.decode(value).expectations == ()
    assert not followed(value, observation(4, GONE))[1]


def test_an_end_that_a_person_found_is_folded_whole():
    """Probes may still make R earlier."""
    value = open_since(slot(0, ONLINE), slot(3, GONE), check(4))
    assert codec.STATE.decode(value).expectations == ()
    value, short = followed(value, observation(5.5, GONE))
    assert not short


def test_another_shape_of_another_vantage_is_folded_whole():
    """Seen twice running it is unlike those before the notice, and a person is asked."""
    value = open_since(slots([0, 0.4, 1], ONLINE, (NORTH,)))
    value, short = followed(value, observation(1.5, OTHER, SOUTH))
    assert not short
    assert not followed(value, observation(2, OTHER, SOUTH))[1]


def test_a_hoster_of_two_stays_is_folded_whole():
    """It was joined with another that had a case too: an observation for it speaks of both."""
    places = placed(0, place(), place("beta", group="owner"))
    joined = placed(1.5, place(group="owner"), vantage=NORTH)
    value = record(report(seen=0), places, joined, notice(0.5), slots([0, 1, 2], ONLINE))
    assert len(codec.STATE.decode(value).cases) == 2
    assert not followed(value, observation(3, ONLINE))[1]


def test_a_stay_of_two_hosters_is_folded_whole():
    """The controls of both count for the observations at each."""
    places = placed(0, place(group="owner"), place("beta", group="owner"))
    value = record(report(seen=0), places, notice(0.5), slots([0, 1, 2], ONLINE))
    control = observation(2.9, ONLINE, target=Target.MADE_UP_PATH, hoster="beta")
    assert not followed(followed(value, control)[0], observation(3, ONLINE))[1]


def test_an_end_in_question_is_folded_whole():
    """An observation that says gone once more can end the doubt."""
    value = open_since(slot(0, ONLINE), slots([1, 2, 3], GONE), observation(4, ONLINE))
    assert not followed(value, observation(4.3, GONE))[1]


@pytest.mark.parametrize("facts", [GONE, ONLINE, LIMITED])
def test_a_hidden_re_check_is_folded_whole(facts):
    """It is counted, or puts an end in question; who is asked takes the fast path after it."""
    value = open_since(slot(0, ONLINE), slots([1, 1.2, 1.4, 1.6], GONE))
    value, short = followed(value, observation(9, facts, HIDDEN))
    assert not short
    value, short = followed(value, observation(9.5, facts, HIDDEN))
    assert not short
    if facts is not ONLINE:
        assert followed(value, observation(10, GONE))[1]


def test_blocked_after_gone_is_folded_whole():
    """A control can be what a removal waited for."""
    gone = [observation(h, GONE, v) for h in (1, 1.3, 1.7) for v in BOTH]
    canaries = [observation(25.5, LIMITED, v) for v in BOTH]
    control = observation(0.9, CONTROL, target=Target.MADE_UP_PATH)
    value = open_since(slot(0, ONLINE), control, gone, canaries)
    value, short = followed(value, observation(25.8, CONTROL, target=Target.MADE_UP_PATH))
    assert not short
    assert codec.STATE.decode(value).cases[0].gone_at is not None
