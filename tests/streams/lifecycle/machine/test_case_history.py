"""One case's history: spells, the ends that stand, and what was said of it when."""

from schemas.closed_lists import CaseClass
from schemas.moments import HOUR_MS
from streams.lifecycle.machine.case_history import CaseHistory, EarlierEnd, End, ends_of

H = HOUR_MS


def end(hours: int, state: CaseClass = CaseClass.REMOVED, **said) -> End:
    return End(state, (hours - 1) * H, hours * H, hours * H, **said)


def history(**said) -> CaseHistory:
    return CaseHistory(0, [(0, CaseClass.ONLINE)], **said)


def test_a_case_that_goes_on_is_one_open_spell() -> None:
    """From its opening to no end."""
    (spell,) = history(last_seen_at=5 * H).spells()
    assert (spell.from_at, spell.end, spell.last_seen_at) == (0, None, 5 * H)


def test_each_end_that_a_return_followed_ends_a_spell() -> None:
    """The next one begins with the first sighting after it."""
    gone = end(10)
    first, second = history(
        earlier_ends=(EarlierEnd(gone, 9 * H, 40 * H, 41 * H),), last_seen_at=41 * H
    ).spells()
    assert (first.end, first.gone_at, first.backed_at) == (gone, 10 * H, 9 * H)
    assert (second.from_at, second.returned_at, second.end) == (40 * H, 41 * H, None)


def test_an_end_in_question_is_kept_beside_a_spell_that_goes_on() -> None:
    """It may stand yet, so it is among the ends."""
    (spell,) = history(end=end(10), suspect=True).spells()
    assert (spell.end, spell.end_in_question) == (None, end(10))
    assert ends_of([spell]) == ([10 * H], [10 * H], 10 * H)
    (settled,) = history(end=end(10)).spells()
    assert (settled.end, settled.end_in_question) == (end(10), None)
    assert settled.ended_as(CaseClass.REMOVED)
    assert not spell.ended_as(CaseClass.REMOVED)
    assert ends_of([settled]) == ([10 * H], [10 * H], 10 * H)


def test_an_end_that_was_followed_is_not_the_last_one() -> None:
    """The material is there again, so no end stands."""
    spells = history(earlier_ends=(EarlierEnd(end(10), 9 * H, 40 * H, 41 * H),)).spells()
    assert ends_of(spells) == ([10 * H], [10 * H], None)


def test_what_was_seen_long_after_an_end_is_no_spell_of_it() -> None:
    """It is another case's."""
    gone = end(10)
    found = history(end=gone, earlier_ends=(EarlierEnd(gone, None, 90 * H, None),)).spells()
    assert len(found) == 1


def test_in_time_rests_on_a_removal_that_both_kinds_of_vantages_saw() -> None:
    """What announced vantages alone saw gone, or a single one, and a move are none."""
    assert end(10).norm_removed_at == 10 * H
    assert end(10, announced_only=True).norm_removed_at is None
    assert end(10, single_vantage=True).norm_removed_at is None
    assert end(10, CaseClass.MOVED).norm_removed_at is None


def test_a_sighting_moves_l_and_only_a_backed_one_what_a_norm_rests_on() -> None:
    """What is not backed moves L alone."""
    of = history()
    of.note(5 * H, backed=True)
    of.note(7 * H, backed=False)
    of.note(8 * H, backed=False)
    of.note(3 * H, backed=True)
    assert (of.first_seen_at, of.last_seen_at, of.last_backed_at) == (3 * H, 8 * H, 5 * H)


def test_what_the_probes_had_said_by_an_instant() -> None:
    """From the instant on that a state began."""
    of = CaseHistory(0, [(0, CaseClass.ONLINE), (10, CaseClass.SUSPECT), (20, CaseClass.REMOVED)])
    said = [of.state_at(at) for at in (-1, 0, 10, 19, 20, 99)]
    assert said == [
        *(CaseClass.ONLINE, CaseClass.ONLINE, CaseClass.SUSPECT, CaseClass.SUSPECT),
        *(CaseClass.REMOVED, CaseClass.REMOVED),
    ]
