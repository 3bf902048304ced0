"""One case as its probes tell it: states in order, sightings by what backs them."""

from schemas.closed_lists import CaseClass
from verify.method_9.case_history import CaseHistory


def history(*states: tuple[int, CaseClass]) -> CaseHistory:
    return CaseHistory(0, [(0, CaseClass.ONLINE), *states])


def test_a_state_begins_never_before_the_one_before_it() -> None:
    """The same again is no new one."""
    of = history((10, CaseClass.SUSPECT))
    of.becomes(5, CaseClass.REMOVED)
    of.becomes(20, CaseClass.REMOVED)
    assert of.states[2:] == [(10, CaseClass.REMOVED)]
    assert of.state is CaseClass.REMOVED


def test_doubt_began_with_the_first_of_its_states_running() -> None:
    """Suspicion and doubt are one stretch."""
    assert history().doubted_since() is None
    of = history((10, CaseClass.SUSPECT), (20, CaseClass.DOUBTED))
    assert of.doubted_since() == 10
    assert history((10, CaseClass.DOUBTED), (20, CaseClass.ONLINE)).doubted_since() is None


def test_sightings_are_kept_by_what_backs_them() -> None:
    """L is the last of all; a norm rests on those of what was there at first."""
    of = history()
    of.saw(5, changed=False, unbacked=False)
    of.saw(7, changed=False, unbacked=True)
    of.saw(9, changed=True, unbacked=False)
    assert (of.first_at, of.last_at, of.backed_at) == (5, 9, 5)
    assert (of.backed_of_any, of.unbacked) == ([5, 9], [7])


def test_a_person_is_asked_where_somebody_sees_something_else() -> None:
    """Or where one was asked for."""
    of = history()
    assert not of.unproven
    of.changed.add("north")
    assert of.unproven
