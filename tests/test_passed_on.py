"""Errors that a process of a pool may end in come whole to the process that asked."""

from copy import copy

import pytest

from agents.edges.crypto.key_file import KeyFault, KeyFileError
from agents.engine.consume.poison_records import RecordStops
from agents.engine.failures import UnreadableBatch
from schemas.closed_lists import Quarantine
from schemas.codec import Rejected

ERRORS = [
    Rejected(Quarantine.MALFORMED, "url"),
    Rejected(Quarantine.TOO_LARGE),
    KeyFileError(next(iter(KeyFault))),
    RecordStops("cases.v1", 3, 7),
    UnreadableBatch("reports.v1", 3, 7),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_is_passed_on_whole(error: Exception) -> None:
    """Kind, message and attributes are the same in the other process."""
    came = copy(error)  # as pickle does: from what it is made of
    assert (type(came), str(came), vars(came)) == (type(error), str(error), vars(error))
    assert str(came)
