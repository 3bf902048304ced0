"""The examples of docs/examples: each history with what is expected of it."""

import json
from pathlib import Path
from typing import Any

import msgspec

from schemas import codec
from streams import lifecycle
from streams.history.judge import opened
from streams.history.records import URL_KEY

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs" / "examples"
NAMES = sorted(
    file.stem for file in FOLDER.glob("*.json") if not file.name.endswith(".expect.json")
)
NOT_YET = ROOT / "tests" / "streams" / "history" / "not_yet.txt"


def told(name: str) -> Any:
    """Return the history of an example, opened."""
    return opened((FOLDER / f"{name}.json").read_bytes())


def expectations(name: str) -> list[dict[str, Any]]:
    """Return what is expected of an example, at one instant or at several."""
    said = json.loads((FOLDER / f"{name}.expect.json").read_bytes())
    return said if isinstance(said, list) else [said]


def differences(expected: Any, found: Any, place: str = "") -> list[str]:
    """Return where an outcome is not what is expected; fields that are not named may be anything.

    Lists of cases are compared one by one, all other lists as a whole.
    """
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            said
            for name, value in expected.items()
            for said in differences(value, found.get(name), f"{place}.{name}")
        ]
    cases = isinstance(expected, list) and any(isinstance(one, dict) for one in expected)
    if cases and isinstance(found, list) and len(expected) == len(found):
        return [
            said
            for n, (a, b) in enumerate(zip(expected, found, strict=True))
            for said in differences(a, b, f"{place}[{n}]")
        ]
    return [] if expected == found else [f"{place}: expected {expected}, found {found}"]


def wrong(name: str) -> list[str]:
    """Return where the fold says otherwise than an example expects."""
    history = told(name)
    found = []
    for expected in expectations(name):
        as_of = history.as_of(expected.get("as_of_h"))
        outcome = json.loads(msgspec.json.encode(history.at(as_of)))
        found += differences(expected, outcome, f"at {outcome['as_of_h']:g} h")
    return found + batched_otherwise(history.happened)


def batched_otherwise(happened: list[Any]) -> list[str]:
    """Return whether records stored and decoded one by one, in either order, fold otherwise."""
    whole = codec.STATE.encode(lifecycle.advance(URL_KEY, None, happened))
    for order in (happened, happened[::-1]):
        state = None
        for one in order:
            state = codec.STATE.decode(codec.STATE.encode(lifecycle.advance(URL_KEY, state, [one])))
        if happened and codec.STATE.encode(state) != whole:
            return ["records one by one give another state than all at once"]
    return []


def not_yet() -> set[str]:
    """Return the examples whose rule the fold does not have yet."""
    return {line for line in NOT_YET.read_text().split() if line}
