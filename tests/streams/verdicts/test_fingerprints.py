"""When two answers are the same one, and which parts of them count."""

import pytest
from msgspec import structs

from schemas.closed_lists import ProbeError
from schemas.records.case_observations import MARK_AGED, MARK_CHALLENGE, MARK_HEAD_DIFFERS
from schemas.records.facts import Facts
from streams.verdicts.fingerprints import (
    any_belies_head,
    fingerprint,
    healthy,
    may_be_same_answer,
    same_answer,
)

PAGE = Facts(status=200, type="text/html", length=9_000, etag_key="a")
MISSING = Facts(status=404, type="text/html", length=150)


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"etag_key": "b"}, True),
        ({"length": 9_001}, True),
        ({"length": 90_000}, False),
        ({"type": "text/plain"}, False),
        ({"location_key": "p"}, False),
        ({"status": 203}, False),
        ({"error": ProbeError.TIMEOUT}, False),
    ],
)
def test_an_answer_is_its_status_type_size_and_location(changed, same):
    """ETags vary from request to request, and lengths count by their magnitude."""
    assert same_answer(fingerprint(PAGE), fingerprint(structs.replace(PAGE, **changed))) is same


def test_a_control_that_was_not_probed_is_like_nothing():
    """A control that was not probed is like nothing."""
    assert not same_answer(None, None)
    assert not may_be_same_answer(fingerprint(PAGE), None)


def test_a_length_that_head_leaves_out_tells_nothing_apart():
    """Across the two methods alone: two answers to HEAD are told apart by it."""
    head = fingerprint(structs.replace(PAGE, length=None))
    get = fingerprint(structs.replace(PAGE, method="GET", head_status=404))
    assert get.marks & MARK_HEAD_DIFFERS
    assert may_be_same_answer(get, head)
    assert not may_be_same_answer(fingerprint(PAGE), head)


def test_a_part_served_for_a_get_is_the_whole():
    """206 to a GET stands for the 200 of a HEAD."""
    assert fingerprint(Facts(status=206, method="GET", head_status=404)).status == 200
    assert fingerprint(Facts(status=206)).status == 206


@pytest.mark.parametrize(
    ("facts", "sound"),
    [
        (MISSING, True),
        (PAGE, True),
        (Facts(status=403), False),
        (Facts(status=503), False),
        (Facts(error=ProbeError.TIMEOUT), False),
        (structs.replace(PAGE, challenge=True), False),
    ],
)
def test_a_healthy_control_is_answered_as_anybody_is(facts, sound):
    """A refusal, a fault, silence and a challenge say nothing of the URL."""
    found = fingerprint(facts)
    assert healthy(found) is sound
    assert bool(found.marks & MARK_CHALLENGE) is facts.challenge


def test_head_is_belied_where_get_was_told_not_found():
    """One such answer of a URL is enough."""
    lied = fingerprint(structs.replace(MISSING, method="GET", head_status=200))
    assert any_belies_head([fingerprint(PAGE), lied])
    assert not any_belies_head([fingerprint(PAGE), fingerprint(MISSING)])


@pytest.mark.parametrize(
    ("length", "size_class"),
    [(None, -1), (0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (4_711, 13), (1 << 40, 41)],
)
def test_a_size_class_is_a_factor_of_two(length, size_class) -> None:
    """The size class is floor(log2) + 1, 0 for nothing, -1 for not said."""
    assert fingerprint(Facts(length=length)).size_class == size_class


def test_each_mark_of_a_fingerprint_has_its_own_bit() -> None:
    """Every mark of the facts has a bit of its own."""
    names = ("left_host", "to_root", "challenge", "suspended", "parked", "cached", "placeholder")
    bits = [fingerprint(Facts(**{name: True})).marks for name in names]
    bits.append(fingerprint(Facts(age_s=0)).marks)
    assert bits[-1] == MARK_AGED
    bits.append(fingerprint(Facts(method="GET", head_status=404)).marks)
    assert bits[-1] == MARK_HEAD_DIFFERS
    assert len(set(bits)) == len(bits)
    assert all(bit.bit_count() == 1 for bit in bits)
    for unmarked in (Facts(), Facts(method="GET"), Facts(head_status=404)):
        assert fingerprint(unmarked).marks == 0


def test_a_part_in_place_of_a_head_is_the_whole() -> None:
    """206 to a GET that checks a HEAD is comparable with 200; in place of a HEAD it stays 206."""
    assert fingerprint(Facts(status=206, method="GET", head_status=404)).status == 200
    assert fingerprint(Facts(status=206, method="GET")).status == 206
