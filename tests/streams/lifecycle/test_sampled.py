"""A case says how it was sampled, and which probes around its norms were on time."""

import random

import pytest
from ledger_events import (
    BOTH,
    GONE,
    KEY,
    MISSED,
    NORTH,
    ONLINE,
    SOUTH,
    at,
    fold,
    notice,
    observation,
    place,
    placed,
    report,
    slots,
    told,
)
from msgspec import structs

from schemas import codec
from schemas.closed_lists import Flag, Target
from schemas.moments import MINUTE_MS
from schemas.records.case_observations import SLOTS
from streams import lifecycle
from streams.norms.punctuality import HOURS, RANGES_MS, norm_slots

RARE = {"inclusion": 0.1, "sampled": False}


def at_norm_slots(which, facts=ONLINE, vantage=NORTH, **said):
    """Return probes in the norm slots of a notice at hour 1."""
    return [observation(1 + HOURS[i], facts, vantage, **said) for i in which]


def test_a_case_keeps_the_inclusion_it_was_opened_with():
    """Another entry for its hoster, seen at a later resolution, leaves the weight as it was."""
    later = placed(5, place(inclusion=0.5, sampled=True), vantage=NORTH)
    for happened in ([placed(0, place(**RARE)), later], [later, placed(0, place(**RARE))]):
        (case,) = fold(report(), happened, notice(1)).cases
        assert (case.sampling.inclusion, case.sampling.sampled) == (0.1, False)
        assert Flag.SAMPLED in case.flags


def test_each_case_of_a_url_has_its_own():
    """Sampling is a hoster's; the one beside it is probed in full."""
    state = fold(report(), placed(0, place(**RARE), place("other")))
    assert {
        case.hoster: (case.sampling.inclusion, case.sampling.sampled) for case in state.cases
    } == {
        "acme": (0.1, False),
        "other": (1.0, True),
    }
    assert [Flag.SAMPLED in case.flags for case in state.cases] == [
        case.hoster == "acme" for case in state.cases
    ]


def test_one_address_sealed_twice_is_one_placement():
    """Only what differs but for the sealed text is another."""
    again = placed(2, place(sealed="other", **RARE), vantage=NORTH)
    state = fold(report(), placed(0, place(sealed="text", **RARE)), again)
    (kept,) = state.placements
    assert (kept.address, kept.inclusion, kept.sampled) == ("other", 0.1, False)


def test_probes_around_the_norms_are_noted_whoever_made_them():
    """One vantage's is enough; what came to nothing, or came late, is none."""
    case = told(at_norm_slots([0, 1, 3]), at_norm_slots([4], vantage=SOUTH))
    assert (case.norm_probes.on_time, case.norm_probes.unplanned) == (0b11011, 0)
    for fact in (
        at_norm_slots([2], MISSED),
        at_norm_slots([2], canary_ok=False),
        at_norm_slots([2], target=Target.ROOT),
        at_norm_slots([2], hoster="other"),
    ):
        assert told(at_norm_slots([0]), fact).norm_probes.on_time == 1
    late, appended_at = observation(1 + HOURS[2], ONLINE)
    late = structs.replace(
        late, sent_at=late.slot_at + 6 * MINUTE_MS, done_at=late.slot_at + 7 * MINUTE_MS
    )
    assert told((late, appended_at)).norm_probes.on_time == 0


def test_what_was_missed_follows_from_state_and_instant():
    """Nothing is recorded of it: the same state says more as time goes by."""
    case = told(at_norm_slots([0, 2]))
    ends = [at(1) + last for _, last in RANGES_MS]
    assert norm_slots(case, ends[0]) == (0, 0)
    assert norm_slots(case, ends[0] + 5 * MINUTE_MS) == (1, 0)
    assert norm_slots(case, ends[1] + 5 * MINUTE_MS) == (2, 1)
    assert norm_slots(case, ends[-1] + 5 * MINUTE_MS) == (SLOTS, SLOTS - 2)


def test_nothing_is_due_after_the_end():
    """A case that was removed before its first norm has nothing to miss but what came before."""
    case = told(slots([1.2, 1.5, 1.8], GONE))
    assert norm_slots(case, at(100)) == (0, 0)
    case = told(slots([9, 9.5, 10], GONE), at_norm_slots([0]))
    assert norm_slots(case, at(100)) == (2, 1)


def test_nothing_is_due_before_the_notice_came():
    """A notice that was received hours after its time says nothing of the prober."""
    (case,) = fold(report(), placed(), notice(1, received=14)).cases
    assert norm_slots(case, at(200)) == (4, 4)
    (case,) = fold(report(), placed(), notice(1, received=1)).cases
    assert norm_slots(case, at(200)) == (8, 8)


@pytest.mark.parametrize("seed", range(12))
def test_any_order_gives_the_same_bytes(seed):
    """Shuffled, in pieces and with repetitions, by the fast path and by judging all again."""
    chance = random.Random(seed)
    happened = [
        report(),
        placed(0, place(**RARE)),
        placed(3, place(inclusion=0.5), vantage=NORTH),
        notice(1),
        *[one for vantage in BOTH for one in at_norm_slots(range(SLOTS), vantage=vantage)],
        *at_norm_slots([1, 5], MISSED),
    ]
    expected = codec.STATE.encode(lifecycle.advance(KEY, None, happened))
    shuffled = [*happened, *chance.sample(happened, 6)]
    if seed:  # else in order, so that most observations take the fast path
        chance.shuffle(shuffled)
    value = None
    while shuffled:
        size = chance.randint(1, 5)
        value = lifecycle.update_record(KEY, value, shuffled[:size]).record_value
        del shuffled[:size]
    assert value == expected


def test_the_fast_path_notes_norm_slots():
    """Probes that tell nothing new are noted all the same, and none outside a norm slot is."""
    value = lifecycle.update_record(
        KEY, None, [report(), placed(), notice(1), observation(1, ONLINE), observation(1.2, ONLINE)]
    ).record_value
    for hour, noted in ((1 + HOURS[0], 1), (2.5, 1), (1 + HOURS[2], 0b101), (13, 0b101)):
        made = lifecycle.update_record(KEY, value, [observation(hour, ONLINE)])
        value = made.record_value
        (case,) = codec.STATE.decode(value).cases
        assert (case.norm_probes.on_time, made.state) == (noted, None)
