"""Laws of what is known of a hosting spell beside what was seen (1.3)."""

from schemas.moments import HOUR_MS
from verify.method_10.fold.fold_context import FoldContext, led_back, stated_elsewhere

HOUR = HOUR_MS
ASKED = ("north", "south")


def resolved(*said):
    """Return resolutions of both vantages: (hour, whether the name led to the owner)."""
    return [(round(h * HOUR), vantage, here) for h, here in said for vantage in ASKED]


def test_a_name_has_left_after_two_resolutions_and_a_day_without_the_owner():
    """It is dated at the first one without it (1.3)."""
    told = FoldContext(resolved=resolved((1, True), (5, False), (6, False)))
    assert not told.left(ASKED, 20 * HOUR)
    assert told.left(ASKED, 26 * HOUR)
    assert told.first_without(26 * HOUR) == 5 * HOUR


def test_whoever_is_not_asked_or_has_no_answer_holds_nothing_up():
    """One vantage at least must have shown that the name has left (1.4)."""
    left = resolved((1, True), (5, False), (6, False))
    told = FoldContext(resolved=[*left, (20 * HOUR, "west", True)])
    assert told.left(ASKED, 31 * HOUR)
    assert not told.left((*ASKED, "west"), 31 * HOUR)
    assert told.left((*ASKED, "east"), 31 * HOUR)
    silent = FoldContext(resolved=[*left, (20 * HOUR, "west", True), (21 * HOUR, "west", None)])
    assert silent.left((*ASKED, "west"), 45 * HOUR)
    assert not silent.left(("east",), 45 * HOUR)


def test_two_resolutions_of_one_vantage_within_a_day_lead_back():
    """Those that lack the owner between them change nothing."""
    told = [(1 * HOUR, "a", True), (2 * HOUR, "b", True), (3 * HOUR, "a", False)]
    assert list(led_back(told)) == []
    assert list(led_back([*told, (25 * HOUR, "a", True)])) == [(25 * HOUR, HOUR)]
    assert list(led_back([*told, (26 * HOUR, "a", True)])) == []


def test_a_statement_of_another_origin_holds_until_one_names_the_owner():
    """Or until two resolutions lead back, from the first of them on."""
    stated = [(1, False), (2, False), (5, True), (8, False)]
    assert list(stated_elsewhere(stated, [])) == [(1, 5), (8, None)]
    assert list(stated_elsewhere(stated, [(4, 3), (12, 11)])) == [(1, 3), (8, 11)]


def test_the_newest_of_all_that_is_known():
    """A day of doubt is over by it (4.10)."""
    context = FoldContext(
        notices=[3], reported_or_noticed_at=[5], stated=[(4, True)], resolved=[(2, "north", True)]
    )
    assert context.newest_at() == 5
    assert FoldContext().newest_at() == 0
