"""Sealed texts and keyed hashes as bytes: each gives back its text, in the shortest kind."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.packing.sealed_texts import to_bytes, to_text


@given(st.text("09afAFz_-+/=é "))
def test_any_text_comes_back(text: str) -> None:
    """Whatever it looks like."""
    assert to_text(to_bytes(text)) == text


@given(st.binary(min_size=12, max_size=90))
def test_what_was_sealed_comes_back_in_its_own_bytes(raw: bytes) -> None:
    """Hex takes half its length, base64url three quarters."""
    sealed, hashed = base64.urlsafe_b64encode(raw).rstrip(b"=").decode(), raw.hex()
    assert to_text(to_bytes(sealed)) == sealed
    assert to_bytes(hashed) == b"\1" + raw
    assert len(to_bytes(sealed)) <= len(raw) + 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("abcdef", 0),  # a word
        ("0123456789abcdef", 1),
        ("0123456789ABCDEF", 2),  # not the form that hashes have
        ("0123456789abcde_", 2),
        ("0123456789abcdefg=", 0),  # padding is not what sealing writes
        ("0123456789abcdef+", 0),
        ("0123456789abcdefB", 0),  # no whole number of bytes
        ("AAAAAAAAAAAAAAAAAB", 0),  # bits behind the last byte
    ],
)
def test_the_kind_is_the_shortest_that_gives_it_back(text: str, kind: int) -> None:
    """What no kind gives back exactly stands as it is."""
    assert to_bytes(text)[0] == kind
    assert to_text(to_bytes(text)) == text


@pytest.mark.parametrize(
    ("held", "why"), [(b"", "kind"), (b"\3abc", "kind"), (b"\0\xff", "decode")]
)
def test_what_is_no_text_is_refused(held: bytes, why: str) -> None:
    """Damage is an error and no other text."""
    with pytest.raises(ValueError, match=why):
        to_text(held)
