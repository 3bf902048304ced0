"""Sensitive values: none of the usual ways of printing shows them."""

import json

import msgspec
import pytest

from schemas.sensitive import Sensitive

SECRET = "secret-word"


def test_no_text_form_shows_the_value() -> None:
    """str, repr, format, a containing list and an exception's text all show a placeholder."""
    value = Sensitive(SECRET)
    shown = [
        str(value),
        repr(value),
        f"{value}",
        f"{value!r}",
        repr([value]),
        str(ValueError(value)),
    ]
    assert not any(SECRET in text for text in shown)


def test_it_does_not_slip_into_json() -> None:
    """An encoder that is handed one refuses instead of writing it; the project's own too."""
    for encode in (json.dumps, msgspec.json.encode, msgspec.msgpack.encode):
        with pytest.raises(TypeError):
            encode({"value": Sensitive(SECRET)})


def test_reveal_gives_the_value() -> None:
    """The one way in returns the value itself."""
    assert Sensitive(SECRET).reveal() == SECRET
