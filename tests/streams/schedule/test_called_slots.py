"""Laws of the slots beside the timetable (docs/measurement.md, When it is probed)."""

from cases import START, case
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.closed_lists import Target
from schemas.moments import HOUR_MS
from streams.schedule.called_slots import called_for, term_slots
from streams.schedule.slots import slots
from streams.timetable import NO_JITTER_H

numbers = st.integers(0, 10**6)
ALL = (Target.URL, Target.MADE_UP_PATH, Target.ROOT)


@given(numbers, st.sampled_from([0.5, 1, 3, 12, 25.2, 30, 100]))
def test_an_orders_own_term_lies_between_two_slots(number, term_h):
    """One is 5 % of the term before its end, one as long after it, each spread by 0.5 % at most."""
    made = replace(case(number=number), order_terms=((START + 2 * HOUR_MS, int(term_h * 3_600)),))
    usual = [slot.at for slot in slots(case(number=number))]
    before, after = [slot for slot in slots(made) if slot.at not in usual]
    for slot, part in ((before, 0.95), (after, 1.05)):
        planned = START + round((2 + part * term_h) * HOUR_MS)
        assert planned - 1 <= slot.at <= planned + 0.005 * term_h * HOUR_MS + 1
        assert slot.targets == ALL
        for norm in NO_JITTER_H:
            assert (planned < START + norm * HOUR_MS) == (slot.at < START + norm * HOUR_MS)


def test_what_calls_for_nothing_has_no_slot():
    """An ordinary case has its timetable alone."""
    assert called_for(case()) == ((), (), ())


def test_an_answer_and_a_term_are_for_open_cases_alone():
    """A check and a word after an end bring their probe whatever the class."""
    at = [START + n * HOUR_MS for n in range(4)]
    made = replace(
        case(),
        answered=(at[3],),
        checked=(at[1],),
        told_again=(at[2],),
        order_terms=((at[0], 3_600),),
    )
    found = called_for(made)
    assert [slot.at for slot in found.always] == at[1:3]
    assert {slot.at for slot in found.while_open} == {*at[1:], *(s.at for s in term_slots(made))}
