"""Short histories of owners, sources and ends: two readings of the rules once differed in each."""

import pytest
from both_readings import held
from histories import BROKEN, OTHER, SOFT
from ledger_events import (
    CONTROL,
    GONE,
    ONLINE,
    SOUTH,
    at,
    check,
    class_of,
    notice,
    observation,
    place,
    placed,
    report,
    slot,
    slots,
    withdrawal,
)

from schemas.closed_lists import Basis, CheckResult, Flag, HotlineMode, Target
from schemas.moments import HOUR_MS
from schemas.records.facts import Facts

REMOVED = slots([5.2, 5.5, 5.8], GONE)


def archived(hours=0.0, **said):
    """Return a row of an authoritative source."""
    return report(hours, hotline="archive", id="s", mode=HotlineMode.HISTORIC, **said)


def test_sixteen_owners_have_cases_of_their_own_and_the_rest_share_one():
    """What is beyond goes into one case flagged `overflow` (1.8)."""
    first = placed(0, *[place(f"host{n}") for n in range(8)])
    second = placed(0, *[place(f"more{n}") for n in range(8)])
    found = held(first, second, placed(0), report(5))
    assert len(found) == 17
    (beyond,) = [case for case in found if Flag.OVERFLOW in case.flags]
    assert beyond.hoster == "overflow"


def test_a_group_that_a_hoster_left_is_another_owners():
    """A notice to who was in it once is none to who joins it later (1.6, 2.1)."""
    inside = placed(131, place(group="owner"), vantage="south")
    left = placed(183, place(), vantage="south")
    other = placed(241, place("other", group="owner"))
    (case,) = held(report(0), placed(0, place("other")), notice(19), inside, left, other)
    assert case.noticed_at is None


def test_a_name_has_not_left_while_the_first_attribution_of_the_last_day_led_there():
    """All resolutions of the last 24 h have to lack the owner (1.3)."""
    elsewhere = slots([1, 2, 3], GONE, old_address=True, hosters=("other",))
    (case,) = held(report(0, seen=0), placed(0.5), elsewhere)
    assert case.gone_at is None


def test_what_a_source_saw_last_ends_a_doubt():
    """It sets L alone, as a check does (4.14)."""
    row = archived(source_online=True, last_online_at=at(5))
    (case,) = held(row, placed(0.5), observation(2, GONE, "south"), notice(19.6))
    assert case.last_seen_at == at(5)
    assert case.phases[-1].case_class == "expired"


def test_a_row_that_names_no_sighting_assumes_none():
    """A source says when it saw it last; the other report has no seen_at (2.10, 8.5)."""
    (case,) = held(
        archived(source_online=True, last_online_at=at(0)), report(0, hotline="beta"), placed(0)
    )
    assert Flag.ASSUMED_SEEN in case.flags
    (case,) = held(archived(source_online=True), placed(0))
    assert Flag.ASSUMED_SEEN not in case.flags


def test_a_case_that_was_seen_again_within_a_week_is_the_same_when_that_is_backed_later():
    """What nothing backs keeps it open, so it is open when it is seen again (6.2, 6.5)."""
    unbacked = slot(96, ONLINE, ["north"], control=None)
    backed = slots([204, 206], ONLINE)
    (case,) = held(report(0, seen=0), placed(0), notice(1), REMOVED, unbacked, backed)
    assert [at(204) <= one.back_at < at(204.1) for one in case.returns] == [True]


def test_an_old_case_is_not_withdrawn_when_the_next_one_opens():
    """A withdrawal after R changes nothing of it (2.3)."""
    old, new = held(
        report(0, seen=0),
        placed(0),
        check(211, "absent"),
        withdrawal(251),
        observation(445, ONLINE, "south"),
    )
    assert old.phases[-1].case_class == "ended_without_notice"
    assert new.phases[-1].case_class == "withdrawn"


def test_once_probes_confirm_what_a_person_found_another_page_there_opens_the_case():
    """What stands there now is not what the person saw (4.14)."""
    page = slot(9, OTHER, ["north"])
    gone = slots([6.2, 6.5, 6.8], GONE)
    seen = [report(0, seen=0), placed(0), slots([1, 2], ONLINE), check(6, "absent")]
    (case,) = held(*seen, page)
    assert case.gone_at == at(6)
    (case,) = held(*seen, gone, page)
    assert case.gone_at is None


def test_what_a_vantage_sees_first_after_an_end_is_not_what_others_saw():
    """A page that took the place of the material is none (3.3)."""
    seen = observation(12, SOFT, "south")
    (case,) = held(
        report(0, seen=-1), placed(0), seen, check(185, "absent"), observation(430, ONLINE, "north")
    )
    assert case.gone_at == at(185)


def test_an_order_without_a_term_hides_no_case():
    """Around a norm that it does not set nothing can fail (5.3, 9.4)."""
    order = notice(8, basis=Basis.ORDER, reference="x")
    (case,) = held(report(0, seen=0), placed(0), notice(1), observation(10, BROKEN), order)
    assert case.order_verdict is None


def test_what_was_in_time_is_not_overdue_unseen_while_its_end_is_not_confirmed():
    """Overdue unseen is undetermined (9.6)."""
    seen = slots([20.2, 20.5, 30, 30.4], GONE)
    (case,) = held(report(0, seen=0), placed(0), notice(0), seen)
    assert set(case.verdicts) == {"in_time"}


def test_the_second_verdict_makes_nobody_publicly_late():
    """What follows a return is counted under its own name (6.3, 9.8)."""
    back = slots([112, 142], ONLINE)
    (case,) = held(
        report(0, seen=0), placed(0), notice(0.5), slots([1, 2], ONLINE), REMOVED, notice(113), back
    )
    assert case.again_verdicts[0] == "late"
    assert not case.public_late


def test_a_check_of_the_next_case_answers_nothing_of_the_old_one():
    """A person was asked what the root shows, and nobody did before it was gone (3.6, 6.5)."""
    said = [report(0, seen=-1, root=True), placed(0), slots([1], ONLINE), REMOVED]
    old, new = held(*said, check(295, "present"))
    assert Flag.UNPROVEN in old.flags
    assert Flag.UNPROVEN not in new.flags


def test_what_was_reported_later_says_nothing_of_an_owner_when_a_group_joined_it():
    """Of two owners the one whose case was open then goes on (1.6)."""
    both = placed(70, place(), place("other"), vantage="south")
    joined = placed(298, place(group="holding"), place("other", group="holding"), vantage="south")
    told = report(0.1, seen=0.1), report(709, id="r2", hotline="beta", seen=709)
    found = held(told[0], slots([14.3, 14.7, 14.9], GONE), both, joined, told[1])
    (other,) = [case for case in found if case.hoster == "other"]
    assert other.gone_at is None


@pytest.mark.parametrize("upheld", [True, False])
def test_a_withdrawal_while_an_end_is_in_question_changes_no_verdict_if_that_end_stands(upheld):
    """It is after R then; if the material is back, it was taken back before (2.3, 4.14)."""
    seen_again = [] if upheld else slots([36, 36.5, 37], ONLINE)
    gone = slots([33.4, 33.7, 34.6], GONE)
    present = check(34.7, CheckResult.PRESENT, who="bob")
    told = report(0.1), notice(3, hotline="beta"), report(1, id="r2", hotline="beta")
    (case,) = held(*told, placed(0.2), gone, present, withdrawal(34.8, hotline="beta"), seen_again)
    assert (case.noticed_at is not None) is upheld


def test_a_shape_that_a_person_vouched_for_speaks_against_a_check_that_it_is_gone():
    """So do probes that came before the person did (3.5, 4.14)."""
    other = Facts(status=200, type="video/mp4", length=90_000, etag_key="b")
    seen = observation(9.4, ONLINE, "north"), observation(13.3, other, "south")
    present = check(13.4, CheckResult.PRESENT, who="bob")
    (case,) = held(report(seen=0), placed(0.2), notice(1), *seen, present, check(13.8, who="bob"))
    assert case.gone_at is None


def test_refusals_that_count_as_gone_end_what_a_vantage_saw_against_the_others():
    """In the case after that it is alone anew, so its sighting is not believed (4.6)."""
    three = {"asked": ("north", "south", "west")}
    alone = (
        observation(2.7, GONE, "north"),
        slot(2.7, ONLINE, ("south",)),
        slot(4.5, ONLINE, ("south",)),
    )
    refused = slots([4.7, 4.9, 5.7], Facts(status=451), ("south", "west"), **three)
    back = slot(180, ONLINE, ("south",), **three)
    told = report(seen=0), placed(0.2), notice(1)
    found = held(
        *told, *alone, observation(5, CONTROL, "north", target=Target.MADE_UP_PATH), refused, back
    )
    assert not found[-1].flags or Flag.SPLIT not in found[-1].flags
    assert all(not case.returns for case in found)


def test_the_third_sighting_against_the_others_flags_the_case_that_it_opens():
    """It is the next case's sighting that counts, and not one of the case before (4.6, 6.8)."""
    seen = [slot(h, ONLINE, [SOUTH]) for h in (3.1, 4, 412)]
    told = [report(0.1, seen=0.1), placed(0.2), observation(2.1, GONE), seen[:2]]
    old, new = held(*told, check(12.3), seen[2])
    assert Flag.SPLIT not in old.flags
    assert Flag.SPLIT in new.flags


def test_a_withdrawal_after_an_end_that_a_check_disputes_changes_nothing():
    """Probes contradict that check, so R stands (2.3, 4.14)."""
    gone = [observation(h, GONE, asked=("north",)) for h in (1, 1.2, 1.6)]
    control = observation(1.4, CONTROL, asked=("north",), target=Target.ROOT)
    told = [report(0.1, seen=0.1), placed(0.2), gone, control, withdrawal(1.8), check(2, "present")]
    (case,) = held(*told, report(2.5, id="r2", seen=2.4), notice(46))
    assert (class_of(case, 2.2), class_of(case, 50)) == ("awaiting", "gone_before_notice")


def test_a_hotline_that_saw_it_at_the_instant_r_saw_it_before_the_end():
    """So it is a removal, L is that instant, and past a norm a person is asked (3.5, 8.3, 8.4)."""
    r = (at(5.2) + 300 - at(0)) / HOUR_MS
    (case,) = held(report(5, seen=r), placed(5.1), notice(5.15), REMOVED)
    assert case.gone_at == at(r)
    assert class_of(case, 7) == "removed"
    r = (at(50) + 300 - at(0)) / HOUR_MS
    again = report(51, hotline="beta", seen=r)
    (case,) = held(report(), again, placed(0.2), notice(1), slots([50, 50.5, 51], GONE))
    assert case.last_seen_at == case.gone_at == at(50) + 300
    assert Flag.UNPROVEN in case.flags
