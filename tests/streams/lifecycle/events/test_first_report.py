"""The fast path of a first report and its placement gives the bytes of judging all there is."""

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ledger_events import BOTH, KEY, START, at, check, notice, observation, place, placed, report
from ledger_events import ONLINE as SEEN
from msgspec import structs

from schemas import codec
from schemas.closed_lists import Confidence, HotlineMode, Role
from schemas.identity.ids import case_id
from schemas.packing import PLACES_MAX
from schemas.records.facts import Attribution, Placement
from schemas.records.reports import ReportAccepted
from streams import lifecycle
from streams.lifecycle import FoldResult
from streams.lifecycle.events.first_report import first_placed

near = st.sampled_from([-90_000_000, -3_600_000, -1, 0, 1, 3_600_000, 90_000_000])
ends = st.sampled_from([0, (1 << 32) - 1, 1 << 32, 1 << 62])
"""Where the width of a number changes, and where it is too large to be filled in."""

moments = st.one_of(*[near.map(lambda away: START + away)] * 9, ends)
maybe = st.one_of(st.none(), moments)
usual = st.floats(0, 1).map(lambda chance: chance < 0.8)

reports = st.builds(
    ReportAccepted,
    url_key=st.just(KEY),
    hotline=st.sampled_from(["alpha", "beta"]),
    record_id=st.sampled_from(["r1", "r2"]),
    received_at=moments,
    reported_at=moments,
    seen_at=maybe,
    mode=st.sampled_from(HotlineMode),
    sealed=st.sampled_from(["", "sealed", "a" * 40, "AQ" * 30 + "-"]),
    literal=st.booleans(),
    root=st.booleans(),
    origin=st.sampled_from([None, "acme"]),
    self_report=st.booleans(),
    norms_s=st.sampled_from([(), (3_600,), (3_600, 86_400)]),
    sector_norm_s=st.sampled_from([3_600, 86_400]),
    source_online=st.sampled_from([None, None, None, True, False]),
    last_online_at=st.one_of(st.none(), st.none(), moments),
)
places = st.builds(
    Placement,
    hoster=st.sampled_from(["acme", "other", "unknown"]),
    group=st.sampled_from(["acme", "owner", "unknown"]),
    role=st.sampled_from([Role.HOSTING, Role.PROXY]),
    country=st.sampled_from(["NL", "??", "%b"]),
    asn=st.sampled_from([0, 64_500]),
    confidence=st.sampled_from(Confidence),
    contested=st.booleans(),
    address_key=st.sampled_from(["", "key", "other"]),
    address=st.sampled_from(["", "sealed", "other"]),
    inclusion=st.sampled_from([1.0, 0.25]),
    sampled=st.booleans(),
)
attributions = st.builds(
    Attribution,
    url_key=st.just(KEY),
    vantage=st.sampled_from(["attribution", "attribution", "attribution", BOTH[0]]),
    at=moments,
    answered=st.booleans(),
    nxdomain=st.booleans(),
    placements=st.lists(places, max_size=10).map(tuple),
)


def folded(value, *happened):
    """Return the record after events, having found both ways equal."""
    after = lifecycle.update_record(KEY, value, list(happened))
    before = None if value is None else codec.STATE.decode(value)
    state = lifecycle.advance(KEY, before, happened)
    assert after.state == state
    assert after.record_value == codec.STATE.encode(state)
    assert (after.result is FoldResult.REPEATED) == (after.record_value == value)
    return after.record_value


@given(reports, attributions, st.lists(st.one_of(reports, attributions), max_size=2))
@example(*[one for one, _ in (report(seen=0), placed())], [])
@example(structs.replace(report()[0], seen_at=0), placed()[0], [])
@example(report(reported=90 * 24 * 400)[0], placed()[0], [])
@example(report(source_online=True, last_online_at=START)[0], placed()[0], [])
@example(report(seen=0)[0], placed(0, place(), structs.replace(place("b"), country="%b"))[0], [])
def test_both_ways_give_equal_bytes(first, where, more):
    """Whatever was reported and found, in one list or one after the other, and what follows."""
    one = folded(None, (first, START))
    two = folded(one, (where, START))
    assert folded(None, (first, START), (where, START)) == two
    assert folded(None, (where, START), (first, START)) == two
    assert folded(folded(None, (where, START)), (first, START)) == two
    for event in more:
        two = folded(two, (event, START))


@pytest.mark.parametrize("seen", [None, 0, -5])
@pytest.mark.parametrize("mode", [HotlineMode.DELIVERY, HotlineMode.SENT_ONLY])
def test_what_is_usual_takes_the_fast_path(seen, mode):
    """A report and its placement, at one hoster or at a proxy and a hoster behind it."""
    told, where = report(seen=seen, mode=mode), placed(0.1, place(), place("edge", role=Role.PROXY))
    reported = first_placed(KEY, None, [told])
    assert reported is not None
    record, state = first_placed(KEY, reported[0], [where])
    assert (record, state) == first_placed(KEY, None, [where, told])
    assert lifecycle.update_record(KEY, None, [told]).result is FoldResult.OPENED
    assert lifecycle.update_record(KEY, reported[0], [where]).result is FoldResult.OPENED
    assert [case.case_id for case in state.cases] == [
        case_id(KEY, "acme", Role.HOSTING, 0),
        case_id(KEY, "edge", Role.PROXY, 0),
    ]


def test_urls_of_a_kind_have_instants_and_identities_of_their_own():
    """Cases of a kind that was judged before are those of their own report."""
    other = "f" * 32
    for hours in (0, 7, 400):
        told, where = report(hours, seen=hours - 1), placed(hours + 0.1)
        mine = [(structs.replace(one, url_key=other), then) for one, then in (told, where)]
        record, state = first_placed(other, None, mine)
        assert state == lifecycle.advance(other, None, mine)
        assert record == codec.STATE.encode(state)
        (case,) = state.cases
        assert (case.opened_at, case.last_seen_at) == (at(hours), at(hours - 1))
        assert case.case_id == case_id(other, "acme", Role.HOSTING, 0)


@pytest.mark.parametrize(
    "happened",
    [
        [report(), report(id="r2")],
        [placed(), placed(1)],
        [report(), notice()],
        [report(), placed(), notice()],
        [report(), placed(vantage=BOTH[0])],
        [report(mode=HotlineMode.ON_REPORT), placed()],
        [report(seen=5), placed()],
        [report(reported=5), placed()],
        [report(source_online=False), placed()],
        [check(1)],
        [observation(1, SEEN)],
        [placed()],
    ],
)
def test_whatever_else_happened_is_judged(happened):
    """Two reports, notices, clocks that run, what a source or a vantage says: all is judged."""
    assert first_placed(KEY, None, happened) is None


@pytest.mark.parametrize(
    "more", [notice(), placed(), report(id="r2"), check(1), observation(1, SEEN)]
)
def test_whatever_else_is_known_is_judged(more):
    """A state that holds more than one report is judged whole at its placement."""
    record = codec.STATE.encode(lifecycle.advance(KEY, None, [report(), more]))
    assert first_placed(KEY, record, [placed()]) is None


def test_what_cannot_be_taken_apart_is_judged():
    """Another URL's record, one of other rules, in JSON or damaged, is not for the fast path."""
    record, state = first_placed(KEY, None, [report(seen=0)])
    where = [placed()]
    assert first_placed(KEY, record, where) is not None
    other = structs.replace(state, evaluated_by="0.0")
    assert first_placed(KEY, codec.STATE.encode(other), where) is None
    assert first_placed("f" * 32, record, where) is None
    assert first_placed(KEY, record.replace(b"\x97\x01", b"\x97\x02"), where) is None
    assert first_placed(KEY, msgspec.json.encode(state), where) is None
    for end in range(len(record)):
        assert first_placed(KEY, record[:end], where) is None


@pytest.mark.parametrize("many", [PLACES_MAX, PLACES_MAX + 1])
def test_many_placements_are_packed_alike(many):
    """Up to so many placements a record is filled in, beyond them packed."""
    where = placed(0.1, *[place(f"acme-{number}", sealed=f"s{number}") for number in range(many)])
    reported = folded(None, report(seen=0))
    assert codec.STATE.decode(folded(reported, where)).placements


@pytest.mark.parametrize("id", ["1333333333333", "as1444444444444", "1111111111111"])
def test_words_like_the_numbers_that_are_filled_in_stay(id):
    """A hoster or a hotline may be called like any number."""
    told, at = report(id=id, seen=0)
    told = structs.replace(told, hotline=id, origin=id)
    reported = folded(None, (told, at))
    (case,) = codec.STATE.decode(folded(reported, placed(0.1, place(id)))).cases
    assert (case.hoster, case.hotlines) == (id, (id,))


@pytest.mark.parametrize("id", ["%", "%b", '"', "],[],[],[],[],[],[],[]]", ",[],[", "ä"])
def test_ids_of_reports_are_taken_as_they_are(id):
    """Whatever a hotline calls its report stands in the record as it was written."""
    reported = folded(None, report(id=id, seen=0))
    (told,) = codec.STATE.decode(folded(reported, placed())).reports
    assert told.record_id == id
