from hypothesis import given
from hypothesis import strategies as st

from agents.packed import opened, packed


@given(st.binary(max_size=4_000))
def test_what_is_packed_comes_back(encoded):
    """Packing loses nothing, whatever the bytes."""
    assert opened(packed(encoded)) == encoded


def test_a_states_own_words_cost_little():
    """The field names of a state come from the dictionary, not from its own bytes."""
    encoded = b'{"url_key":"","reports":[],"notices":[],"norms_s":[3600,43200,86400,172800]}'
    assert len(packed(encoded)) < len(encoded) / 2
