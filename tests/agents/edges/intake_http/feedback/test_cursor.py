"""Laws of the place up to which a hotline has read."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.edges.intake_http.feedback.cursor import (
    CURSOR_LENGTH_MAX,
    BadCursor,
    cursor_text,
    log_of,
    read_cursor,
)

LOG = log_of("cluster/1/2")
OFFSETS = st.dictionaries(st.integers(0, 63), st.integers(0, 2**47), max_size=64)


@given(OFFSETS)
def test_a_cursor_says_what_it_was_made_of(offsets: dict[int, int]) -> None:
    """At any intake and after any time: it holds all that is needed."""
    text = cursor_text("north", LOG, offsets)
    assert len(text) <= CURSOR_LENGTH_MAX
    found = read_cursor(text, "north")
    assert (found.log, found.offsets) == (LOG, offsets)


def test_a_cursor_fits_into_a_line() -> None:
    """Of 12 partitions with a million records each."""
    offsets = dict.fromkeys(range(12), 1_000_000)
    assert len(cursor_text("n" * 40, LOG, offsets)) < 250


@pytest.mark.parametrize(
    "text", ["x", "!", "é", "A" * 2_000, "AAAA", cursor_text("south", LOG, {})]
)
def test_what_was_not_given_to_this_hotline_is_none(text: str) -> None:
    """Nor what was given to another, though it would read the asker's own topic alone."""
    with pytest.raises(BadCursor):
        read_cursor(text, "north")


@given(st.text(max_size=300))
def test_nothing_breaks_the_reader(text: str) -> None:
    """Whatever is sent is a cursor or is none."""
    with suppress(BadCursor):
        assert read_cursor(text, "north").hotline == "north"
