"""A real case's records become a history that comes to the same, and holds nothing of the URL."""

import json

import msgspec
import pytest
from examples import NAMES, told

from streams.history.from_ledger import history_of
from streams.history.judge import decoded

TRANSLATED = [name for name in NAMES if not name.startswith(("01", "12"))]
"""A history from the ledger says who a hoster is now, not how the registry came to know it."""


def again(history):
    """Return the history that is written of another one's records."""
    return decoded(json.dumps(history_of(history.happened)).encode())


@pytest.mark.parametrize("name", TRANSLATED)
def test_what_is_written_comes_to_the_same(name):
    """Every example, turned into records and back, is judged alike."""
    history = told(name)
    as_of = history.as_of()
    said = msgspec.to_builtins(history.at(as_of))
    replayed = again(history)
    shift_h = (replayed.start_at - history.start_at) / 3_600_000
    then = msgspec.to_builtins(replayed.at(as_of))
    for one, other in zip(said["cases"], then["cases"], strict=True):
        hours = {n for n in one if n.endswith("_h") and n != "next_look_h"}
        assert {n: v for n, v in one.items() if not n.endswith("_h")} == {
            n: v for n, v in other.items() if not n.endswith("_h")
        }
        for hour in hours:
            both = one[hour], other[hour]
            assert both == (None, None) or both[0] == pytest.approx(both[1] + shift_h, abs=0.002)


def test_nothing_of_the_url_is_in_it():
    """Keys, hashes and sealed texts stay in the ledger."""
    history = told("04-removal")
    sealed = [
        (
            msgspec.structs.replace(record, sealed="SECRET")
            if hasattr(record, "sealed")
            else record,
            at,
        )
        for record, at in history.happened
    ]
    text = json.dumps(history_of(sealed))
    assert "SECRET" not in text
    assert "0" * 32 not in text


def test_without_a_report_there_is_no_history():
    """A URL that was never reported has no case."""
    with pytest.raises(ValueError, match="no report"):
        history_of([])
