"""`hostwatch verify --method` and `--bridge` over a broker that has no such ledger or method."""

import asyncio

import pytest

from agents.config import Settings
from agents.errors import UserError
from agents.tools.verification.bridge import reckon


def test_a_method_that_is_not_kept_is_named_with_those_that_are() -> None:
    """In one line that says what to do."""
    with pytest.raises(UserError, match="no method 7 is kept: name one of 9, 10"):
        asyncio.run(reckon(Settings(), lambda *_: None, "7"))
