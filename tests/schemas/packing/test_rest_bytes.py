"""The rest of a state as bytes: both forms inflate to it, and what is usual is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from schemas.closed_lists import Confidence, Role
from schemas.packing.rest_bytes import (
    DICTIONARY,
    bare_attribution,
    deflated,
    inflated,
    inflated_beginning,
    stored,
    without_texts,
)
from schemas.records.case_events import PackedAttribution, PackedPlacement

PLACE = ("acme", "acme", Role.HOSTING, "NL", 64_500, "NL", Confidence.ASN, False)


@given(st.binary(max_size=400))
def test_both_forms_give_the_rest_back(rest: bytes) -> None:
    """Deflated once it rests, stored while more soon follows; a reader need not know which."""
    assert inflated(deflated(rest)) == rest == inflated(stored(rest))


@given(st.binary(max_size=400), st.integers(0, 500))
def test_the_beginning_of_both_forms_is_the_rest_s(rest: bytes, size: int) -> None:
    """So many bytes of it, or all of a shorter one."""
    for held in (stored(rest), deflated(rest)):
        assert inflated_beginning(held, size or 1) == rest[: size or 1]


def test_what_rests_are_made_of_takes_next_to_nothing() -> None:
    """The dictionary stands on both sides and not in the record."""
    assert len(deflated(DICTIONARY[-60:])) < 12
    assert len(stored(DICTIONARY)) == len(DICTIONARY) + 5


def test_a_rest_too_long_for_a_stored_block_is_deflated() -> None:
    """A block says its length in 16 bits."""
    rest = b"a" * 70_000
    assert len(stored(rest)) < 1_000
    assert inflated(stored(rest)) == rest


@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_a_stored_block_of_another_length_is_refused(place: int) -> None:
    """Its length stands twice, and once it was written."""
    held = bytearray(stored(b"[1,false,false]"))
    held[place] ^= 1
    with pytest.raises(ValueError, match="length"):
        inflated(bytes(held))


@pytest.mark.parametrize(
    "unusual",
    [
        {},
        {"inclusion": 0.5},
        {"sampled": False},
        {"formerly": ("old",)},
        {"behind": True},
        {"disclosed": True},
    ],
)
def test_a_placement_without_texts_reads_as_one(unusual: dict[str, object]) -> None:
    """Nothing but its texts is lost, whatever is left out at its end."""
    made = PackedPlacement(*PLACE, address_key="k" * 32, address="sealed", **unusual)
    read = json.decode(json.encode(without_texts(made)), type=PackedPlacement)
    assert read == PackedPlacement(*PLACE, address_key="", address="", **unusual)


@pytest.mark.parametrize("more", [False, True])
def test_an_attribution_reads_as_one(more: bool) -> None:
    """That it named more hosters is said; that it did not is left out."""
    made = PackedAttribution(1, "north", True, False, (0,), more)
    written = json.encode(bare_attribution(made))
    assert json.decode(written, type=PackedAttribution) == made
    assert (b"true,false,[0],true" in written) is more
