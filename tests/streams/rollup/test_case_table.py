"""Laws of the table of cases: the newest state of a URL is all that counts."""

from cases import START, at, case
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace

from schemas.closed_lists import CaseClass, Role
from schemas.codec import STATE
from schemas.packing import json_of
from schemas.records.case import CaseSummary, Rechecks, Return, Sampling, UrlState
from schemas.records.case_observations import NormProbes
from streams.rollup.case_table import URL_CASES, CaseTable, UrlCases

HOSTERS = ("alpha", "beta")


def key(number: int) -> bytes:
    return number.to_bytes(16, "big")


def url(reports: int, *cases: CaseSummary) -> UrlCases:
    return UrlCases(reports=(Raw(b"[]"),) * reports, cases=cases)


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.none()
        | st.tuples(
            st.integers(0, 3),
            st.lists(st.tuples(st.sampled_from(HOSTERS), st.sampled_from(Role)), max_size=3),
        ),
    ),
    max_size=40,
)


@given(CHANGES)
def test_the_table_equals_one_filled_with_the_last_states_only(changes):
    """Whatever was there before, counts and groups are those of the newest states."""
    table, last = CaseTable(), {}
    for number, state in changes:
        if state is None:
            table.drop(key(number))
            last.pop(number, None)
            continue
        reports, places = state
        last[number] = url(reports, *(case(hoster=h, role=r) for h, r in places))
        table.put(key(number), last[number], START)
    fresh = CaseTable()
    for number, state in last.items():
        fresh.put(key(number), state, START)
    for name in ("cases", "reports", "pending_urls", "pending_reports"):
        assert getattr(table, name) == getattr(fresh, name)
    assert set(table.groups()) == set(fresh.groups())
    for group in table.groups():
        assert sorted(map(len, table.snapshot(group))) == sorted(map(len, fresh.snapshot(group)))
    assert table.cases == sum(len(state.cases) for state in last.values())


def test_a_change_touches_the_groups_before_and_after():
    """A case that leaves a hoster changes that hoster's figures too."""
    table = CaseTable()
    table.put(key(1), url(1, case(hoster="alpha")), START)
    table.take_touched()
    table.put(key(1), url(1, case(hoster="beta")), START)
    assert table.take_touched() == {("alpha", Role.HOSTING), ("beta", Role.HOSTING)}
    assert table.take_touched() == set()


def test_a_snapshot_is_not_reached_by_later_changes():
    """Figures are worked out in a thread while records keep coming."""
    table = CaseTable()
    table.put(key(1), url(1, case()), START)
    snapshot = table.snapshot(("alpha", Role.HOSTING))
    table.drop(key(1))
    assert len(snapshot) == 1
    assert table.snapshot(("alpha", Role.HOSTING)) == []


def test_a_record_is_taken_in_as_its_state_is():
    """Both ways hold the same, whichever form the record has, what is over left out."""
    told = case(CaseClass.REMOVED, reported=0, noticed=1, seen=3, gone=4)
    cases = (
        told,
        replace(
            told,
            role=Role.PROXY,
            sampling=Sampling(0.3, sampled=False),
            norm_probes=NormProbes(0x3C, 0x03, conclusive=True, blocked=True),
        ),
        replace(told, rechecks=Rechecks(2, 1), noticed_at=None, delay=None),
        replace(told, returns=(Return(at(3), at(4), at(30)),), naming=False),
    )
    state = UrlState(url_key=key(0).hex(), cases=cases)
    for as_of in (START, at(50), at(24 * 40)):
        for raw in (STATE.encode(state), json_of(state)):
            one, two = CaseTable(), CaseTable()
            one.put(key(0), URL_CASES.decode(raw), as_of)
            two.put_record(key(0), raw, as_of)
            assert set(one.groups()) == set(two.groups()) == {(told.hoster, r) for r in Role}
            for group in one.groups():
                assert one.snapshot(group) == two.snapshot(group)
            assert (one.cases, one.reports) == (two.cases, two.reports) == (4, 0)
    (held,) = two.snapshot((told.hoster, Role.PROXY))[0]
    assert held.delay is None  # in no window any more
    assert len(held.phases) == 1
