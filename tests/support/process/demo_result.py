"""What the result of a run of the demo has to say, whatever was done to it."""

from collections.abc import Mapping
from typing import Any

from sim.world.behaviour import Behaviour


def assert_nobody_gains(result: Mapping[str, Any]) -> None:
    """Hold a result against the laws of every run.

    Measured and true agree, no report is unaccounted for, every behaviour is met and gains nothing.

    Args:
        result: what `hostwatch demo --json` wrote.

    Raises:
        AssertionError: a law does not hold.
    """
    assert result["ok"] is True
    assert result["unaccounted"] == 0
    assert [balance for balance in result["gains"] if balance["gained"]] == []
    met = {line["behaviour"] for line in result["hosters"] if line["truth"]["reported"]}
    assert met == set(Behaviour)
