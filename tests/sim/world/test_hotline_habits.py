"""Hotlines' habits: office hours hold notices back, and what goes astray starts no clock."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import codec
from schemas.closed_lists import Basis, CheckResult, Delivery, Result
from schemas.moments import DAY_MS, HOUR_MS, instant
from schemas.records.hotline import Answer, Check, Notice, Report, Withdrawal
from sim.memory.scenarios.catalogue import SCENARIOS
from sim.world.behaviour import Behaviour
from sim.world.hosters import ALL
from sim.world.hotline_habits import BUSY, PLAIN, released
from sim.world.hotline_records import UNTOLD_AT
from sim.world.material import FEED_DELAY_MS
from sim.world.world import WORLD_START, Plan, Surge, Tempo, World

END = WORLD_START + 14 * DAY_MS


@pytest.fixture(scope="module")
def world():
    tempo = Tempo(busy_days=14)
    made = World(Plan(seed=4, port=18_080, hotlines=BUSY, tempo=tempo))
    made.extend(END)
    return made


@pytest.fixture(scope="module")
def spoken(world):
    """Accepted records by URL; what is said after two weeks is left out."""
    found = {}
    for event in world.events(WORLD_START - 1, END):
        if event.result is Result.ACCEPTED:
            record = codec.decode_hotline(event.value)
            found.setdefault(record.url.lower(), []).append((event, record))
    return found


def told(world):
    """Return what has been reported by the end."""
    return world.material(END)


@given(at=st.integers(min_value=0, max_value=2_000_000_000_000))
def test_notices_leave_in_office_hours(at):
    """Nothing leaves at weekends, before 11:00, on Mondays before 12:00, on Fridays from 17:00 on;
    and what may leave leaves at once, 67 h later at most.
    """
    out = released(at)
    when = datetime.fromtimestamp(out / 1_000, UTC)
    assert when.weekday() < 5
    assert when.hour >= (12 if when.weekday() == 0 else 11)
    assert when.weekday() != 4 or when.hour < 17
    assert at <= out <= at + 67 * HOUR_MS
    assert released(out) == out
    assert out == at or released(out - 1) == out


def test_notices_of_a_desk_with_office_hours_lie_in_them(spoken):
    """Its first notice of each URL goes out in its hours; others' need not."""
    held, free = [], []
    for said in spoken.values():
        for event, record in said:
            if isinstance(record, Notice) and record.id.startswith("n-") and "-0-" not in record.id:
                (held if event.hotline == "south" else free).append(instant(record.sent_at))
    own = [at for at in held if released(at) == at]
    assert len(own) > 0.8 * len(held)  # the rest are a second hotline's, of a URL that was shared
    assert any(released(at) != at for at in free)


def test_what_goes_astray_starts_no_clock(world, spoken):
    """Bounced notices and those to somebody else come before the one that counts, or alone."""
    kinds = Counter()
    for item in told(world):
        said = spoken[item.url.lower()]
        hosters = {hoster.id: hoster for hoster in ALL}
        mine = hosters[item.hoster]
        notices = [record for _, record in said if isinstance(record, Notice)]
        arrived = [
            instant(n.delivered_at)
            for n in notices
            if n.result is Delivery.DELIVERED
            and n.recipient in (mine.id, mine.contact, mine.entry().name)
        ]
        if item.noticed_at == UNTOLD_AT:
            kinds["untold"] += 1
            assert not arrived
            assert item.removed_at is None
        elif arrived:
            assert min(arrived) == item.noticed_at
        kinds["bounced"] += any(n.result is Delivery.BOUNCED for n in notices)
        kinds["astray"] += len(arrived) < sum(n.result is Delivery.DELIVERED for n in notices)
    assert min(kinds["untold"], kinds["bounced"], kinds["astray"]) > 3


def test_records_come_late_and_out_of_order(spoken):
    """A belated record arrives hours after its own time; some notices overtake their reports."""
    late = overtaken = 0
    for said in spoken.values():
        reports = [e.at for e, r in said if isinstance(r, Report) and e.hotline == "west"]
        for event, record in said:
            if isinstance(record, Notice) and event.hotline == "west":
                late += event.at - instant(record.sent_at) > 10 * 60_000
                overtaken += bool(reports) and event.at < min(reports)
    assert late > 5
    assert overtaken > 0


def test_checks_and_withdrawals_say_what_is_so(world, spoken):
    """A person sees the truth; a withdrawal is the material's own; answers are of every kind."""
    items = {item.url.lower(): item for item in told(world)}
    checks, answers, withdrawn = Counter(), Counter(), 0
    for url, said in spoken.items():
        for _, record in said:
            if isinstance(record, Check):
                checks[record.result] += 1
                present = items[url].shown(instant(record.checked_at))
                assert present == (record.result is CheckResult.PRESENT)
            if isinstance(record, Withdrawal):
                withdrawn += 1
                assert instant(record.withdrawn_at) == items[url].withdrawn_at
            if isinstance(record, Answer):
                answers[record.answer] += 1
    assert set(checks) == {CheckResult.PRESENT, CheckResult.ABSENT}
    assert withdrawn > 3
    assert len(answers) == 4


def test_a_hoster_that_waits_for_the_second_notice_gets_one(world, spoken):
    """It removes nothing before it, and is reminded a day after the first."""
    waits = {h.id for h in ALL if h.behaviour is Behaviour.SECOND_NOTICE}
    seen = 0
    for item in told(world):
        if item.hoster in waits and item.noticed_at < END - 2 * DAY_MS:
            said = spoken[item.url.lower()]
            again = [instant(r.sent_at) for _, r in said if r.id.startswith("m-")]
            assert len(again) == 1
            assert item.removed_at > again[0] > item.noticed_at + DAY_MS
            seen += 1
    assert seen


def test_a_surge_changes_nothing_else():
    """What a hotline brings in a flood comes beside all that there is without it."""
    surge = Surge(
        hotline="west",
        begins_ms=DAY_MS,
        over_ms=HOUR_MS,
        count=20,
        hoster="amber",
        self_report=True,
        copies=2,
        broken=9,
    )
    calm = World(Plan(seed=3, port=18_080))
    flooded = World(Plan(seed=3, port=18_080, surges=(surge,)))
    before = calm.events(WORLD_START - 1, END)
    after = flooded.events(WORLD_START - 1, END)
    more = [event for event in after if event not in before]
    assert [event for event in after if event in before] == before
    assert {event.hotline for event in more} == {"west"}
    outcomes = Counter(event.result for event in more)
    assert outcomes[Result.QUARANTINED] == 9
    assert outcomes[Result.DUPLICATE] >= 2 * outcomes[Result.ACCEPTED]
    reports = [codec.decode_hotline(e.value) for e in more if e.type == "report" and not e.reason]
    assert len({report.id for report in reports}) == 20
    assert all(report.self_report for report in reports)


@given(rate=st.floats(min_value=5, max_value=500))
@settings(max_examples=12, deadline=None)
def test_a_rate_is_kept(rate):
    """A day's URLs are as many as asked for, up to the size of bursts."""
    tempo = Tempo(opens=False)
    plan = Plan(seed=1, port=1, rate=rate, tempo=tempo, hotlines=PLAIN)
    days = [len(plan.day(number).material) for number in range(6)]
    assert sum(days) / 6 == pytest.approx(rate, rel=0.2, abs=12)


def test_a_storm_has_orders_late_feeds_reports_after_removals_and_a_new_owner():
    """What the rules say of each is asked of every storm: so each has to happen in it."""
    scenario = SCENARIOS["storm"]
    world = World(scenario.plan(1, 80))
    told = [
        (event, codec.decode_hotline(event.value))
        for event in world.events(WORLD_START - 1, WORLD_START + 3 * DAY_MS)
        if event.result is Result.ACCEPTED
    ]
    orders = [one for _, one in told if isinstance(one, Notice) and one.basis is Basis.ORDER]
    assert {one.term_s for one in orders} == {3_600, 43_200}
    material = world.material(WORLD_START + 3 * DAY_MS)
    late = [item for item in material if item.notice_late_ms]
    assert any(item.notice_late_ms > FEED_DELAY_MS for item in late)
    assert all(item.clock_at == item.noticed_at for item in late)  # its feed explains it
    again = [event for event, one in told if one.id.startswith("r-again-")]
    removals = {item.url: item.removed_at for item in material}
    assert again
    assert all(event.at > removals[codec.decode_hotline(event.value).url] for event in again)
    assert any(item.withdrawn_at for item in material)
    owners = {one.group for one in scenario.registry() if one.id == "birch"}
    assert owners == {"", "grove"}
