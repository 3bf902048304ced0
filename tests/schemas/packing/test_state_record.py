"""The packed form of states: nothing is lost, damage is refused, a probe leaves the rest alone."""

from base64 import urlsafe_b64encode
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_events import (
    BOTH,
    GONE,
    ONLINE,
    check,
    decision,
    fold,
    notice,
    place,
    placed,
    report,
    slots,
    withdrawal,
)
from msgspec import json, structs

from schemas import codec, contract
from schemas.closed_lists import Expected, Quarantine, Role, Target
from schemas.contract.__main__ import write
from schemas.packing import rest_bytes, state_record
from schemas.packing.sealed_texts import to_bytes, to_text
from schemas.packing.tracks import hot_tracks, latest
from schemas.records.case import Expectation, Rechecks, Sampling
from schemas.records.case_observations import NormProbes, PackedObservation, Track

FULL = fold(
    report(seen=0),
    report(2, hotline="beta", id="r2"),
    placed(0, place(), place("other", group="owner")),
    notice(1),
    slots([1, 2, 3], GONE),
    slots([30, 31], ONLINE),
    slots([60, 61, 62], GONE, BOTH),
    notice(31),
    check(40),
    withdrawal(50, hotline="beta"),
    decision(51, "confirm_backdated"),
)
FULL = structs.replace(FULL, expectations=(Expectation(0, Expected.SEEN, 1 << 40),))
numbers = st.integers(-(2**40), 2**40)
times = st.one_of(st.integers(0, 90_000), st.integers(0, 2**33), numbers)
observations = st.lists(
    st.builds(
        PackedObservation, numbers, times, times, st.integers(0, 3), st.integers(0, 63), times
    ),
    max_size=6,
)


def tracks_of(found):
    places = product(("acme", "other"), ("north", "south"), Target)
    return tuple(
        Track(hoster, Role.HOSTING, vantage, target, asked, tuple(seen))
        for (hoster, vantage, target), (asked, seen) in zip(places, found, strict=False)
    )


def test_all_of_a_state_comes_back():
    """Every part of a state survives the packed form, and none was empty here."""
    assert codec.STATE.decode(codec.STATE.encode(FULL)) == FULL
    unsaid = {name for name, value in structs.asdict(FULL).items() if not value}
    assert unsaid == {"literal", "root", "answers", "sealed_at"}
    later = structs.replace(FULL, sealed_at=1 << 41)
    assert codec.STATE.decode(codec.STATE.encode(later)) == later


def test_a_state_of_an_older_release_has_the_text_of_its_earliest_report():
    """It does not say so; one of a single report has the newest one's too."""
    hot, texts, rest = state_record.parted(codec.STATE.encode(structs.replace(FULL, tracks=())))
    older = json.encode(json.decode(rest_bytes.inflated(rest))[:-1])
    state = codec.STATE.decode(state_record.joined(hot, texts, older))
    assert state.sealed_at == FULL.reports[0].received_at
    single = structs.replace(FULL, tracks=(), reports=FULL.reports[:1])
    hot, texts, rest = state_record.parted(codec.STATE.encode(single))
    older = json.encode(json.decode(rest_bytes.inflated(rest))[:-1])
    assert codec.STATE.decode(state_record.joined(hot, texts, older)).sealed_at == 0


def test_what_sampling_and_rechecks_say_comes_back_and_reaches_the_figures():
    """What is unusual of a case survives; what is usual takes a byte each."""
    usual = codec.STATE.encode(FULL)
    said = {
        "sampling": Sampling(0.25, sampled=False),
        "norm_probes": NormProbes(0xFF, 0x29, conclusive=True),
        "rechecks": Rechecks(3, 1),
    }
    state = structs.replace(
        FULL,
        cases=tuple(structs.replace(case, **said) for case in FULL.cases),
        placements=tuple(
            structs.replace(one, inclusion=0.25, sampled=False) for one in FULL.placements
        ),
    )
    raw = codec.STATE.encode(state)
    assert codec.STATE.decode(raw) == state
    _, cases = codec.STATE.figures(raw)
    assert {tuple(getattr(case, name) for name in said) for case in cases} == {tuple(said.values())}
    head = state_record.hot_of(usual)
    assert {(c.sampling, c.rechecks) for c in head.cases} == {(None, None)}


@given(st.lists(st.tuples(st.sampled_from([(), ("north",), BOTH]), observations), max_size=8))
def test_tracks_come_back_whatever_their_numbers(found):
    """Rows are as wide as their numbers ask for, and runs as long as observations are alike."""
    state = structs.replace(FULL, tracks=tracks_of(found))
    assert codec.STATE.decode(codec.STATE.encode(state)) == state


@given(
    st.one_of(
        st.text(max_size=40),
        st.binary(max_size=40).map(bytes.hex),
        st.binary(max_size=40).map(lambda raw: urlsafe_b64encode(raw).decode().rstrip("=")),
        st.binary(max_size=40).map(lambda raw: urlsafe_b64encode(raw).decode()),
        st.text("0123456789abcdefABCDEF=-_+/", min_size=16, max_size=40),
    )
)
def test_a_text_comes_back_whatever_it_is(text):
    """Hexadecimal and base64url are held as their bytes; what only looks like them is not."""
    assert to_text(to_bytes(text)) == text


def test_texts_that_write_bytes_are_held_as_these():
    """A sealed text takes three quarters of its letters, a hash half."""
    assert len(to_bytes(bytes(range(93)).hex())) == 94
    assert len(to_bytes(urlsafe_b64encode(bytes(range(93))).decode())) == 94


@given(
    observations.map(lambda found: sorted(found, key=structs.astuple)), st.sets(st.integers(0, 3))
)
def test_the_observation_sent_last_is_found_from_the_end(found, passed_over):
    """The same as if all were read, whatever the width of the rows and the order of sending."""
    hot = hot_tracks([Track("acme", Role.HOSTING, "north", Target.URL, (), tuple(found))])
    (place,) = hot.hosters
    counting = [k for k in found if k.print not in passed_over]
    expected = min(((-k.slot_at - k.sent_ms, k.print) for k in counting), default=None)
    said = latest(place.tracks[0], hot.from_at, passed_over)
    assert said == (None if expected is None else (-expected[0], expected[1]))


@pytest.mark.parametrize(
    "read", [codec.STATE.decode, codec.STATE.figures, codec.STATE.hot, codec.STATE.named_cases]
)
def test_damage_is_refused_with_a_closed_reason(read):
    """Cut short anywhere, or with a byte changed, a packed state is refused or another one."""
    raw = codec.STATE.encode(FULL)
    damaged = [raw[:size] for size in range(1, len(raw))]
    damaged += [raw[:at] + bytes([raw[at] ^ 0x55]) + raw[at + 1 :] for at in range(1, len(raw))]
    refused = 0
    for one in damaged:
        try:
            read(one)
        except codec.Rejected as rejected:
            refused += rejected.reason is Quarantine.MALFORMED
    assert refused > len(raw) / 2


def test_the_rest_is_copied_unread():
    """A hot part put in place of itself changes nothing, and no byte behind it is read."""
    raw = codec.STATE.encode(FULL)
    hot = state_record.hot_of(raw)
    assert state_record.with_hot(raw, hot) == raw
    assert state_record.with_hot(raw[:-5] + b"other", hot) == raw[:-5] + b"other"


def test_the_dictionary_is_part_of_the_contract(tmp_path):
    """Readers in other languages find the bytes that rests are deflated against."""
    write(tmp_path)
    kept = rest_bytes.DICTIONARY
    assert (tmp_path / contract.DICTIONARY_NAME).read_bytes() == kept
    assert (Path(contract.__file__).parent / contract.DICTIONARY_NAME).read_bytes() == kept
