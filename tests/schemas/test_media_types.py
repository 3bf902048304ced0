"""The closed list of media types."""

import pytest

from schemas.media_types import MEDIA_TYPES, OTHER, OTHER_TEXT, listed


@pytest.mark.parametrize("type", ["", "text/html", "image/jpeg", "video/mp4", "application/pdf"])
def test_what_is_listed_stands_as_it_is(type: str) -> None:
    """The types of most answers are told apart in the open, and none said stays none."""
    assert listed(type) == type


@pytest.mark.parametrize(
    ("type", "kept"),
    [("text/a.example", OTHER_TEXT), ("image/a.example", OTHER), ("x/y", OTHER), ("other", OTHER)],
)
def test_what_is_not_listed_is_other(type: str, kept: str) -> None:
    """A server's own text stands nowhere; texts stay a family, for verdicts treat them apart."""
    assert listed(type) == kept


def test_the_list_is_sound() -> None:
    """Each type has a family and a name in lower case, and fits a fact."""
    for type in MEDIA_TYPES:
        family, _, name = type.partition("/")
        assert family
        assert name
        assert "/" not in name
        assert type == type.strip().lower()
        assert len(type) <= 64
