"""Hidden re-checks: observations of a vantage that was not asked put a removal in question."""

import pytest
from ledger_events import (
    BOTH,
    CONTROL,
    DEAD,
    GONE,
    NORTH,
    ONLINE,
    REFUSED,
    SOUTH,
    at,
    check,
    class_of,
    fold,
    notice,
    observation,
    place,
    placed,
    report,
    slots,
    told,
)

from schemas.closed_lists import Flag, NormVerdict, Role, Target
from schemas.records.facts import Facts

HIDDEN = "hidden"
ALL = (*BOTH, HIDDEN)
TEN_MIN = 1 / 6
REMOVAL = [
    *slots([1.1, 2, 3], ONLINE),
    *slots([4 + step * TEN_MIN for step in range(4)], GONE),
]
"""Seen until hour 3; confirmed gone half an hour after hour 4, when each vantage missed it."""


def hidden(hours: float, facts: Facts, *, asked=BOTH, control=CONTROL, **said):
    """Return a hidden observation with its control."""
    found = [observation(hours, facts, HIDDEN, asked=asked, announced=False, **said)]
    if control is not None:
        found += [
            observation(hours, control, HIDDEN, target=target, asked=asked, announced=False, **said)
            for target in (Target.MADE_UP_PATH, Target.ROOT)
        ]
    return found


def doubted(hours: float, count: int = 4, facts: Facts = ONLINE):
    """Return what follows a disagreement: all vantages are asked, the hidden one sees `facts`."""
    found = []
    for step in range(1, count + 1):
        then = hours + step * TEN_MIN
        found += slots([then], GONE, BOTH, asked=ALL) + hidden(then, facts, asked=ALL)
    return found


def test_a_removal_is_confirmed_without_the_hidden_vantage() -> None:
    """It is not asked, so nobody waits for it, and R is what those who are asked saw."""
    case = told(*REMOVAL)
    assert class_of(case, 5) == "removed"
    assert (case.rechecks.rechecked, case.rechecks.disagreed) == (0, 0)


@pytest.mark.parametrize(
    ("facts", "counted"), [(GONE, 1), (REFUSED, 0), (DEAD, 0), (Facts(status=500), 0)]
)
def test_a_hidden_probe_that_sees_nothing_changes_nothing(facts, counted) -> None:
    """A re-check that agrees is counted; one that came to nothing is not. The removal stands."""
    before, after = told(*REMOVAL), told(*REMOVAL, *hidden(12, facts))
    assert (after.rechecks.rechecked, after.rechecks.disagreed) == (counted, 0)
    assert after.phases == before.phases
    assert (after.last_seen_at, after.gone_at) == (before.last_seen_at, before.gone_at)
    assert after.verdicts == before.verdicts


def test_a_hidden_sighting_takes_the_case_out_of_removed_at_once() -> None:
    """From its answer on the case is open again, its norm verdict undetermined, R in question."""
    case = told(*REMOVAL, *hidden(12, ONLINE))
    assert class_of(case, 11.9) == "removed"
    assert class_of(case, 12.1) == "suspect"
    assert (case.rechecks.rechecked, case.rechecks.disagreed) == (1, 1)
    assert NormVerdict.IN_TIME not in case.verdicts


def test_a_hidden_sighting_alone_undoes_the_end_and_is_doubt() -> None:
    """Sighted is sighted; unconfirmed the doubt ends after 24 h as unavailable (4.10)."""
    case = told(*REMOVAL, *hidden(12, ONLINE))
    assert class_of(case, 36.1) == "unavailable"
    assert case.gone_at is None


def test_another_page_that_the_hidden_vantage_is_shown_is_no_sighting() -> None:
    """Like no sighting before, it may be anything: a person is asked, and the removal stands."""
    page = Facts(status=200, type="text/html", length=9_000, requests=1)
    before, after = told(*REMOVAL), told(*REMOVAL, *hidden(12, page), *hidden(40, page))
    assert after.phases == before.phases
    assert (after.verdicts, after.gone_at) == (before.verdicts, before.gone_at)
    assert (after.rechecks.rechecked, after.rechecks.disagreed) == (0, 0)
    assert before.naming
    assert Flag.UNPROVEN in after.flags


def test_what_the_hidden_vantage_takes_back_is_removed_anew() -> None:
    """Seen once and then gone for all who are asked, it is gone from after that sighting on."""
    case = told(*REMOVAL, *hidden(12, ONLINE), *doubted(12, 4, GONE))
    assert class_of(case, 12.7) == "removed"
    assert case.gone_at == at(12 + TEN_MIN) + 300
    assert (case.rechecks.rechecked, case.rechecks.disagreed) == (1, 1)


@pytest.mark.parametrize(("back_h", "returns", "cases"), [(12, 0, 1), (60, 1, 1), (24 * 10, 1, 2)])
def test_confirmed_it_comes_back_as_by_any_vantage(back_h, returns, cases) -> None:
    """Void within a day of R, a reappearance within 7 d, a new case after.

    The hidden vantage had found it gone too, so what it sees later is a return.
    """
    state = fold(
        *(report(seen=0), placed(), notice(), REMOVAL, hidden(8, GONE)),
        *(hidden(back_h, ONLINE), doubted(back_h)),
    )
    assert len(state.cases) == cases
    assert (len(state.cases[0].returns), state.cases[0].rechecks.disagreed) == (returns, 1)
    assert class_of(state.cases[-1], back_h + 0.6) == ("online" if cases == 1 else "awaiting")
    assert state.cases[-1].last_seen_at == at(back_h + 4 * TEN_MIN) + 100
    if cases == 1:
        assert Flag.SPLIT in state.cases[0].flags
        assert state.cases[0].gone_at is None


@pytest.mark.parametrize(("back_h", "returns", "cases"), [(12, 0, 1), (60, 1, 1), (240, 1, 2)])
def test_seen_in_hiding_again_and_again_it_is_seen(back_h, returns, cases) -> None:
    """Void within a day of R, a return after, whatever those say who are asked (6.1, 6.2)."""
    found = fold(
        report(seen=0), placed(), notice(), REMOVAL, hidden(back_h, ONLINE), doubted(back_h)
    ).cases
    assert len(found) == cases
    assert len(found[0].returns) == returns
    assert Flag.SPLIT in found[-1].flags
    assert (NormVerdict.IN_TIME in found[0].verdicts) is bool(returns)


def test_a_removal_that_the_others_see_undone_stands() -> None:
    """Where those who were asked see it again as well it was gone, and came back."""
    back = [
        one
        for step in range(1, 5)
        for one in (
            *hidden(60 + step * TEN_MIN, ONLINE, asked=ALL),
            *slots([60 + step * TEN_MIN], ONLINE, BOTH, asked=ALL),
        )
    ]
    case = told(*REMOVAL, *hidden(60, ONLINE), *back)
    assert len(case.returns) == 1
    assert case.first_end is not None


def test_a_server_that_lies_to_those_it_knows_is_not_believed_again() -> None:
    """Once found out its 404 to the others confirms no removal while the hidden vantage sees it."""
    lies = [
        one
        for step in range(9)
        for one in (
            *hidden(14 + step * TEN_MIN, ONLINE, asked=ALL),
            *slots([14 + step * TEN_MIN], GONE, BOTH, asked=ALL),
        )
    ]
    case = told(*REMOVAL, *hidden(12, ONLINE), *doubted(12), *lies)
    assert class_of(case, 40) == "online"
    honest = [
        one
        for step in range(5)
        for one in (
            *hidden(20 + step * TEN_MIN, GONE, asked=ALL),
            *slots([20 + step * TEN_MIN], GONE, BOTH, asked=ALL),
        )
    ]
    case = told(*REMOVAL, *hidden(12, ONLINE), *doubted(12), *lies, *honest)
    assert class_of(case, 40) == "removed"
    assert case.gone_at == at(20) + 300


def test_a_dead_canary_silences_the_hidden_vantage() -> None:
    """As for any vantage: what it says counts for nothing, in the figures too."""
    case = told(*REMOVAL, *hidden(12, ONLINE, canary_ok=False))
    assert (class_of(case, 13), case.rechecks.rechecked) == ("removed", 0)


def test_only_probes_after_an_end_are_re_checks() -> None:
    """A probe that was under way when the case was open, or open again, is no re-check."""
    case = told(*slots([1.1, 2], ONLINE), *hidden(2.5, ONLINE), *REMOVAL)
    assert (case.rechecks.rechecked, case.rechecks.disagreed) == (0, 0)


def test_an_old_copy_from_a_cache_is_no_disagreement() -> None:
    """A cached answer of a registered proxy, made before R, says of the time before it."""
    old = Facts(status=200, type="image/jpeg", length=5_000, cached=True, age_s=9 * 3_600)
    front = placed(0, place(behind=True), place("shield", role=Role.PROXY))
    cases = fold(report(seen=0), front, notice(), REMOVAL, hidden(12, old)).cases
    (case,) = [one for one in cases if one.role is Role.HOSTING]
    assert (class_of(case, 13), case.rechecks.disagreed) == ("removed", 0)


def test_presence_is_not_judged_by_hidden_probes() -> None:
    """One old word of a vantage that probes seldom does not keep a case from having moved."""
    back = slots([30], ONLINE)
    there = [placed(h, vantage=v) for h in (0.1, 0.2) for v in BOTH]
    gone_to = {"old_address": True, "hosters": ("other",)}
    left = slots([*(40 + step * TEN_MIN for step in range(4)), 55], GONE, **gone_to)
    case = fold(
        report(seen=0), placed(), notice(), *there, REMOVAL, hidden(12, GONE), back, left
    ).cases[0]
    assert (class_of(case, 41), class_of(case, 56)) == ("doubted", "moved")


def test_without_anybody_against_it_a_hidden_sighting_re_opens() -> None:
    """A person's word alone, no vantage having missed it, does not stand against a sighting."""
    case = told(*slots([1.1, 2], ONLINE, (NORTH, SOUTH)), check(10), *hidden(12, ONLINE))
    assert class_of(case, 11) == "removed"
    assert (class_of(case, 12.1), case.rechecks.disagreed) == ("online", 1)


SOFT = Facts(status=200, type="text/html", length=150)


def test_a_page_for_everything_is_what_it_was_to_those_who_saw_the_content() -> None:
    """Where a host answers 200 to what is not there, the hidden vantage agrees with the others.

    It has seen nothing before, so it goes by what they saw; no person is asked for.
    """
    removal = [
        *slots([1.1, 2, 3], ONLINE, control=SOFT),
        *slots([4 + step * TEN_MIN for step in range(4)], SOFT, control=SOFT),
    ]
    case = told(*removal, *hidden(12, SOFT, control=SOFT))
    assert (class_of(case, 13), case.rechecks.rechecked, case.rechecks.disagreed) == (
        "removed",
        1,
        0,
    )
    assert Flag.UNPROVEN not in case.flags


def test_another_page_than_the_content_asks_for_a_person() -> None:
    """What only the hidden vantage sees, and is no more what was seen, is no reappearance."""
    page = Facts(status=200, type="text/html", length=9_000)
    content, other = (
        told(*REMOVAL, *hidden(60, seen), *doubted(60, facts=seen)) for seen in (ONLINE, page)
    )
    assert (content.gone_at is None, Flag.UNPROVEN in content.flags) == (True, False)
    assert (len(other.returns), Flag.UNPROVEN in other.flags) == (0, True)
    assert other.first_end is not None


def test_what_is_seen_later_is_no_baseline() -> None:
    """A hidden vantage goes by what was known when it first probed, whatever comes after."""
    later = slots([30], Facts(status=200, type="text/html", length=9_000))
    first, both = told(*REMOVAL, *hidden(12, SOFT)), told(*REMOVAL, *hidden(12, SOFT), *later)
    assert (first.rechecks.rechecked, first.rechecks.disagreed) == (
        both.rechecks.rechecked,
        both.rechecks.disagreed,
    )


def test_a_hidden_sighting_contradicts_no_check() -> None:
    """Only probes of vantages that are asked speak against a person (4.14)."""
    start = [*slots([1.1, 2], ONLINE), *hidden(9.5, ONLINE)]
    assert class_of(told(*start, check(10)), 10.1) == "removed"
    assert class_of(told(*start, *slots([9.4], ONLINE), check(10)), 10.1) == "suspect"
