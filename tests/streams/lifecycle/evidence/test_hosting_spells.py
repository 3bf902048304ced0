"""Laws of presence: where a case opens, and when it has moved.

Rules 1.2 and 1.3 of docs/measurement.md.
"""

import pytest
from ledger_events import (
    BOTH,
    DEAD,
    GONE,
    MIN,
    NO_NAME,
    NORTH,
    ONLINE,
    SOUTH,
    at,
    class_of,
    fold,
    notice,
    observation,
    place,
    placed,
    report,
    slot,
    slots,
    told,
)

from schemas.closed_lists import Flag, NormVerdict, ProbeError, Role
from schemas.records.facts import Facts

AWAY = {"hosters": ("other",), "old_address": True}
RUN = [5, 5 + 10 * MIN, 5 + 20 * MIN, 5 + 31 * MIN]
DAY_LATER = 30.5
"""No name server has named the hoster for 24 h."""


def opened(*happened):
    return {case.hoster: case.opened_at for case in fold(report(seen=0), *happened).cases}


def test_a_case_opens_at_the_first_attribution():
    """Every hoster of the first attribution has a case from the report on."""
    assert opened(placed(0.1, place(), place("other"))) == {"acme": at(0), "other": at(0)}


def test_a_later_hoster_needs_two_resolutions_of_one_vantage():
    """One resolution opens nothing, two of one vantage within 24 h open from the first of them."""
    first = placed(0.1)
    to_other = [placed(h, place("other"), vantage=NORTH) for h in (5, 6)]
    assert "other" not in opened(first, to_other[0])
    assert "other" not in opened(first, to_other[0], placed(6, place("other"), vantage=SOUTH))
    assert opened(first, *to_other)["other"] == at(5)
    late = placed(29.1, place("other"), vantage=NORTH)
    assert "other" not in opened(first, to_other[0], late)


def test_answers_that_alternate_open_a_case():
    """What a vantage is told between the two does not matter."""
    between = placed(5.5, vantage=NORTH)
    to_other = [placed(h, place("other"), vantage=NORTH) for h in (5, 6)]
    assert opened(placed(0.1), to_other[0], between, to_other[1])["other"] == at(5)


def test_a_move_within_a_group_is_none():
    """Two hosters of one owner are one case."""
    state = fold(
        report(),
        placed(0, place("acme", group="g")),
        placed(5, place("b", group="g"), vantage=NORTH),
        placed(6, place("b", group="g"), vantage=NORTH),
    )
    assert [case.hoster for case in state.cases] == ["acme"]


@pytest.mark.parametrize(
    ("sold", "shown"),
    [(None, "acme"), ("acme", "b"), ("b", "acme")],
)
def test_a_group_s_case_is_shown_under_a_hoster_that_is_still_in_it(sold, shown):
    """The first of them, whoever was there first; who left has a case of its own (rule 1.6)."""

    def both(hours):
        owner = {name: "big" if name == sold and hours > 6 else "g" for name in ("acme", "b")}
        places = (place(name, group=group) for name, group in owner.items())
        return placed(hours, *places, vantage=NORTH)

    state = fold(report(), placed(0, place("acme", group="g")), *map(both, (5, 6, 11, 12)))
    cases = {case.group: case.hoster for case in state.cases}
    assert cases == {"g": shown} | ({} if sold is None else {"big": sold})


def test_moved_when_dns_left_and_the_old_address_has_it_no_more():
    """All resolutions of 24 h lack the hoster, and the old address says gone."""
    case = told(slot(2, ONLINE), slots(RUN, GONE, **AWAY))
    assert class_of(case, 6) == "doubted"
    case = told(slot(2, ONLINE), slots([*RUN, DAY_LATER], GONE, **AWAY))
    assert class_of(case, 30) == "unavailable"
    assert (class_of(case, 31), case.gone_at) == ("moved", at(5) + 300)


def test_a_move_is_dated_when_both_were_true():
    """Gone at the old address only after the name had left: R there; before: the resolution."""
    served = slots([5, 26], ONLINE, **AWAY)
    case = told(slot(2, ONLINE), served, slots([h + 22 for h in RUN], GONE, **AWAY))
    assert (class_of(case, 28), case.gone_at) == ("moved", at(27) + 300)
    observations = [*slots([4, 4.2], GONE), *slots([5, 5.3, DAY_LATER], GONE, **AWAY)]
    case = told(slot(2, ONLINE), observations)
    assert (class_of(case, 31), case.gone_at) == ("moved", at(5) + 300)


def test_a_retired_vantage_holds_no_move_up():
    """What a vantage saw that is asked no more neither shows nor bars a move."""
    three = {"asked": (*BOTH, "west")}
    case = told(
        slot(2, ONLINE, (*BOTH, "west"), **three),
        slot(4, ONLINE, ("west",), **three),
        slots([*RUN, DAY_LATER], GONE, **AWAY),
    )
    assert class_of(case, 31) == "moved"


def test_one_name_server_that_names_it_within_the_day_bars_a_move():
    """The newest two of every vantage lack it, an older one of the last 24 h does not."""
    seen = observation(29, DEAD, NORTH)
    case = told(slot(2, ONLINE), slots(RUN, GONE, **AWAY), seen, slots([30, 30.5], GONE, **AWAY))
    assert class_of(case, 31) == "unavailable"


def test_an_answer_with_more_hosters_than_it_names_lacks_none():
    """Who is not among those that are kept may be among the others."""
    more = [placed(h, place("other"), vantage=v, more=True) for h in (5, 20, 30.6) for v in BOTH]
    observations = slots(RUN, GONE, hosters=("acme",), old_address=True)
    case = next(
        c
        for c in fold(
            report(seen=0), placed(), notice(1), more, slot(2, ONLINE), observations
        ).cases
        if c.hoster == "acme"
    )
    assert class_of(case, 31) != "moved"


def test_blocked_or_silent_at_the_old_address_is_not_moved():
    """DNS alone moves nothing."""
    case = told(slot(2, ONLINE), slots(RUN, DEAD, **AWAY), slot(40, DEAD, **AWAY))
    assert class_of(case, 41) == "unavailable"


def test_still_served_at_the_old_address_is_online():
    """Where the old address still has it, the case goes on there."""
    assert class_of(told(slot(2, ONLINE), slots(RUN, ONLINE, **AWAY)), 6) == "online"


def test_the_new_hosters_answer_says_nothing_about_the_old_one():
    """A 404 at the address of another hoster confirms nothing."""
    case = told(slot(2, ONLINE), slots(RUN, GONE, hosters=("other",)))
    assert case.gone_at is None


def test_every_answering_vantage_must_lack_it():
    """While one vantage's DNS still names the hoster it is no move, and of the other no removal.

    What was gone at the old address alone is none of a removal's gone verdicts (4.1).
    """
    case = told(slot(2, ONLINE), slots(RUN, GONE, (NORTH,), **AWAY), slots(RUN, GONE, (SOUTH,)))
    assert class_of(case, 6) == "doubted"


def test_a_name_that_flickers_makes_no_removal_of_a_move():
    """Observations at the old address while the name led elsewhere are none of a removal's 3."""
    away = slots((5, 5 + 10 * MIN, 5 + 20 * MIN), GONE, **AWAY)
    flicker = observation(5 + 25 * MIN, DEAD, NORTH)
    once = observation(5 + 31 * MIN, GONE, SOUTH, **AWAY)
    case = told(slot(2, ONLINE), away, flicker, once)
    assert class_of(case, 6) == "doubted"
    settled = told(slot(2, ONLINE), away, flicker, once, slots((5.6, 30), GONE, **AWAY))
    assert class_of(settled, 31) == "moved"


def test_r_of_a_removal_is_found_where_the_name_led():
    """The name led elsewhere at first: R is the first gone answer at the hoster named."""
    case = told(slot(2, ONLINE), slot(5, GONE, **AWAY), slots([6, 6.2, 6.4, 6.6], GONE), notice_h=1)
    assert class_of(case, 7) == "removed"
    assert case.gone_at == at(6) + 300


def test_a_name_that_does_not_exist_for_once_bars_no_move():
    """One NXDOMAIN in a run that found it gone elsewhere makes no end by DNS of it."""
    none = slot(5 + 5 * MIN, NO_NAME, (NORTH,), nxdomain=True, old_address=True, hosters=())
    case = told(
        slot(2, ONLINE), slot(5, GONE, **AWAY), none, slots([*RUN[1:], DAY_LATER], GONE, **AWAY)
    )
    assert class_of(case, 31) == "moved"


def test_a_vantage_without_dns_has_no_say_in_a_move():
    """What its name servers said before they fell silent neither shows nor bars a move."""
    three = {"asked": (*BOTH, "west")}
    silent = Facts(error=ProbeError.DNS_FAILURE)
    case = told(
        slot(2, ONLINE, (*BOTH, "west"), **three),
        slot(4.9, silent, ("west",), hosters=(), **three),
        slots([*RUN, DAY_LATER], GONE, **AWAY, **three),
    )
    assert class_of(case, 31) == "moved"
    alone = told(
        slot(2, ONLINE, (*BOTH, "west"), **three),
        slots(RUN, silent, ("west",), hosters=(), **three),
        slots(RUN, GONE, **three),
    )
    assert class_of(alone, 6) == "removed"


def test_back_within_a_week_continues_the_old_case():
    """A round-robin name is no way out: same case, same notice. Within a day the move is
    void; later it is a reappearance, and the second clock waits for a notice.
    """
    gone = slots([*RUN, 26.5], GONE, **AWAY)
    void = told(slot(2, ONLINE), gone, slot(28, ONLINE))
    assert (class_of(void, 27), class_of(void, 29)) == ("moved", "online")
    assert (void.noticed_at, void.returns) == (at(1), ())
    case = told(slot(2, ONLINE), slots([*RUN, DAY_LATER], GONE, **AWAY), slot(50, ONLINE))
    assert class_of(case, 49) == "moved"
    assert class_of(case, 51) == "online"
    assert (case.noticed_at, case.first_end, case.again_noticed_at) == (at(1), None, None)
    assert [back.moved for back in case.returns] == [True]
    assert NormVerdict.IN_TIME not in case.verdicts


def test_a_hoster_found_later_takes_over_from_unknown():
    """What was unknown at first belongs to the hoster found, from the report on."""
    unknown = place("unknown", sealed="")
    found = [placed(h, place(), vantage=NORTH) for h in (2, 3)]
    (case,) = fold(
        report(seen=0), placed(0, unknown), slot(1, ONLINE, hoster="unknown"), *found
    ).cases
    assert (case.hoster, case.opened_at, case.first_seen_at) == ("acme", at(0), at(0))
    assert case.last_seen_at == at(1) + 100


def test_roles_are_cases_of_their_own():
    """A proxy and the hosting behind it are never one case."""
    state = fold(report(), placed(0, place(), place("acme", role=Role.PROXY)))
    assert [case.role for case in state.cases] == [Role.HOSTING, Role.PROXY]


def test_more_than_sixteen_places_overflow_into_one():
    """No report is without a case: the rest share one flagged `overflow`."""
    made = [
        placed(0, *(place(f"h{i:02}-{k}") for i in range(8)), vantage=vantage)
        for k, vantage in enumerate((*BOTH, "west"))
    ]
    cases = fold(report(seen=0), notice(1), *made).cases
    assert len(cases) == 17
    assert [case.hoster for case in cases if Flag.OVERFLOW in case.flags] == ["overflow"]


def test_twenty_hosters_of_one_answer_are_eight_cases_and_the_overflow():
    """What is beyond 8 addresses of an answer goes into one case, flagged."""
    cases = fold(
        report(seen=0), notice(1), placed(0, *(place(f"h{i:02}") for i in range(20)))
    ).cases
    assert len(cases) == 9
    assert [case.hoster for case in cases if Flag.OVERFLOW in case.flags] == ["overflow"]
    few = fold(report(seen=0), placed(0, *(place(f"h{i:02}") for i in range(8)))).cases
    assert (len(few), [case for case in few if Flag.OVERFLOW in case.flags]) == (8, [])
    told_so = fold(report(seen=0), placed(0, place(), more=True)).cases
    assert {case.hoster for case in told_so} == {"acme", "overflow"}


def test_probes_at_the_overflow_count_and_it_is_where_its_places_are():
    """Probes made for it see it removed; resolutions that name its places do not lack it."""
    made = [placed(0, *(place(f"h{i:02}-{k}") for i in range(8))) for k in range(3)]
    named = [placed(h, place("h07-2"), vantage=v) for h in (1, 2) for v in BOTH]
    there = {"hoster": "overflow", "hosters": ("overflow",)}
    left = there | {"old_address": True, "hosters": ("other",)}
    observations = [*slots([1, 3], ONLINE, **there), *slots([5, 5.3, 5.6], GONE, **left)]
    last = fold(report(seen=0), *made, *named, observations).cases[-1]
    assert last.hoster == "overflow"
    assert last.gone_at == at(5) + 300
    after = [placed(h, place("h07-2"), vantage=v) for h in (5.1, 5.2, 5.4) for v in BOTH]
    again = fold(report(seen=0), *made, *named, observations, *after).cases[-1]
    assert class_of(again, 6) == "ended_without_notice"
