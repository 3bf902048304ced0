"""Who takes part in a history: names are short, and hours have bounds."""

import msgspec
import pytest

from schemas.records.history_registry import HOURS_MAX, Hoster, Hotline, Hours, Mode, Term, Word


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (Hours, HOURS_MAX, HOURS_MAX + 1),
        (Hours, -HOURS_MAX, -HOURS_MAX - 1),
        (Term, 0.5, 0),
        (Word, "r1", ""),
        (Word, "a" * 64, "a" * 65),
    ],
)
def test_a_registry_number_beyond_its_bound_is_refused(kind, right, wrong):
    """A number that no case lasts for is a mistake of the person who types."""
    assert msgspec.convert(right, kind, strict=False) == right
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, kind, strict=False)


def test_what_is_left_out_of_a_hotline_and_a_hoster():
    """A hotline gives notices with a proof of delivery; a hoster is its own owner."""
    assert msgspec.convert({}, Hotline).mode is Mode.DELIVERY
    assert msgspec.convert({}, Hoster).group == ""
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert({"owner": "acme"}, Hoster)
