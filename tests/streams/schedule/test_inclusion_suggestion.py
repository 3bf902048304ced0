"""The inclusion probability that is suggested: as high as the limit allows, and no higher."""

import pytest
from cases import at, case
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from schemas.closed_lists import CaseClass, Target
from schemas.moments import MINUTE_MS
from schemas.records.case import CaseSummary
from schemas.records.registry import InclusionEntry
from streams.norms.punctuality import ON_TIME_MS, slot_on_time
from streams.schedule.get_comparisons import has_get_comparison, requests_of
from streams.schedule.inclusion_suggestion import KEPT, LOAD, SAMPLED_MIN, suggest
from streams.schedule.sampling import sampling
from streams.schedule.slots import slots

PER_MINUTE = 30


def burst(count: int, minutes: float = 0.0, hoster: str = "acme") -> list[CaseSummary]:
    """Return cases that were reported and noticed within some minutes."""
    hours = [minutes / 60 * n / count for n in range(count)]
    return [case(number=n, hoster=hoster, reported=h, noticed=h) for n, h in enumerate(hours)]


def entry(probability: float) -> InclusionEntry:
    return InclusionEntry(id="acme", version=1, valid_from=0, probability=probability, seed="old")


def suggested(cases: list[CaseSummary], *held: InclusionEntry, per_minute: float = PER_MINUTE):
    return suggest({"acme": cases}, {one.id: one for one in held}, per_minute)


def latest_start_ms(cases: list[CaseSummary], probability: float, share: float = 0.0) -> int:
    """Return how long after its slot the last probe around a norm begins, one after another."""
    due = sorted(
        (slot.at, requests_of(Target.URL, get_comparison=has_get_comparison(one, slot, share)))
        for number, one in enumerate(cases)
        if sampling(entry(probability), f"{number:032x}").sampled
        for slot in slots(one)
        if slot.at < at(51) and slot_on_time(one.noticed_at, slot.at, 0)
    )
    free_at = worst = 0
    for slot_at, requests in due:
        begins = max(slot_at, free_at)
        worst = max(worst, begins - slot_at)
        free_at = begins + requests * MINUTE_MS // PER_MINUTE
    return worst


def test_probes_that_check_head_by_get_count_twice() -> None:
    """The more of them there are, the lower is what is suggested, and it still is kept."""
    cases = burst(4_000)
    (few,), (all_of_them,) = (
        suggest({"acme": cases}, {}, PER_MINUTE),
        suggest({"acme": cases}, {}, PER_MINUTE, 1.0),
    )
    assert all_of_them.probability < few.probability
    assert latest_start_ms(cases, all_of_them.probability, 1.0) <= ON_TIME_MS


@pytest.mark.parametrize("minutes", [0, 10, 120])
def test_of_a_burst_as_many_are_in_the_sample_as_are_probed_on_time(minutes: float) -> None:
    """Probes around norms go within 5 min; with a third more of them they would not, in a burst."""
    cases = burst(4_000, minutes)
    (found,) = suggested(cases)
    assert found.probability < 1
    assert latest_start_ms(cases, found.probability) <= ON_TIME_MS
    if not minutes:
        assert latest_start_ms(cases, found.probability * 1.4 / LOAD) > ON_TIME_MS


@settings(max_examples=15, deadline=None)
@given(st.integers(200, 1_500), st.floats(0, 600), st.integers(5, 60))
def test_more_cases_or_a_lower_limit_never_raise_it(
    count: int, minutes: float, per_minute: int
) -> None:
    """Twice as many in the same time, or half the limit, ask for no higher a probability."""
    hours = [minutes / 60 * n / count for n in range(count)]
    cases = [case(number=n, reported=h, noticed=h) for n, h in enumerate(hours)]
    twice = cases + [
        structs.replace(one, case_id=f"{n + count:024x}") for n, one in enumerate(cases)
    ]

    def fits(of: list[CaseSummary], limit: float) -> float:
        found = suggested(of, per_minute=limit)
        return found[0].probability if found and not found[0].tight else 1.0 if not found else 0.0

    base = fits(cases, per_minute)
    assert fits(twice, per_minute) <= base or not base
    assert fits(cases, per_minute / 2) <= base or not base


def test_who_has_room_for_all_is_not_proposed() -> None:
    """A hundred at one moment are on time; so are thousands that come over weeks."""
    assert suggested(burst(100)) == []
    month = 30 * 24 * 60
    assert suggested(burst(6_000, month)) == []


def test_what_is_no_hoster_is_not_proposed() -> None:
    """The rest of a URL's hosters has no entry that anybody would look up."""
    assert suggest({"overflow": burst(2_000)}, {}, PER_MINUTE) == []


def test_a_sample_is_large_enough_to_say_something() -> None:
    """Where the limit leaves room for fewer, that is said beside the suggestion."""
    (found,) = suggested(burst(1_000), per_minute=3)
    assert (found.tight, found.probability) == (True, SAMPLED_MIN / 1_000)
    assert found.sampled == SAMPLED_MIN
    (few,) = suggested(burst(40), entry(0.5), per_minute=1)
    assert (few.tight, few.probability) == (True, 1.0)


def test_what_holds_is_kept_unless_it_is_far_off() -> None:
    """Its seed always, so that samples are nested; its probability if the new one is near."""
    cases = burst(2_000)
    (fresh,) = suggested(cases)
    near, far = fresh.probability * (1 + KEPT / 2), fresh.probability * 2
    assert [one.probability for one in suggested(cases, entry(near))] == [near]
    (changed,) = suggested(cases, entry(far))
    assert (changed.probability, changed.seed, changed.held) == (fresh.probability, "old", far)
    assert fresh.seed == "acme"


def test_an_entry_that_is_needed_no_more_is_lifted() -> None:
    """With few cases, or none, every case is in the sample again."""
    for cases in ([], burst(20)):
        (found,) = suggested(cases, entry(0.1))
        assert (found.probability, found.open, found.held) == (1.0, len(cases), 0.1)


def test_cases_without_a_notice_count_by_when_they_were_opened() -> None:
    """They have no probes around norms, and so there is room for more of them."""
    told = burst(3_000)
    untold = [case(CaseClass.AWAITING, number=n, noticed=None) for n in range(3_000)]
    assert suggested(told)[0].probability < suggested(untold)[0].probability < 1


def test_what_is_said_beside_it() -> None:
    """Requests of the busiest hour, all targets counted, and what the limit allows."""
    (found,) = suggested(burst(500))
    assert (found.open, found.planned, found.allowed) == (500, 500 * (5 + 3), 60 * PER_MINUTE)
    assert found.sampled == round(500 * found.probability)
