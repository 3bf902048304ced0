"""The examples of docs/examples: each history with what is expected of it."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from agents.tools.judge import outcomes, second_outcome
from schemas import codec
from streams import lifecycle
from streams.history import tell
from streams.history.judge import decoded
from streams.history.made_probe import URL_KEY

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs" / "examples"
NAMES = sorted(
    file.stem for file in FOLDER.glob("*.json") if not file.name.endswith(".expect.json")
)
NOT_YET = ROOT / "tests" / "streams" / "history" / "not_yet.txt"
NOT_YET_SECOND = NOT_YET.with_name("not_yet_second.txt")


def told(name: str) -> Any:
    """Return the history of an example, opened."""
    return decoded((FOLDER / f"{name}.json").read_bytes())


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
        outcome["cases"] = outcomes(history, as_of)
        found += differences(expected, outcome, f"at {outcome['as_of_h']:g} h")
    return found + batched_otherwise(history.happened)


def block(name: str) -> str:
    """Return how docs/measurement.md shows an example: a link, what happens, what follows."""
    history = told(name).history
    shown = [*tell.given_lines(history), *tell.lines(history)]
    for expected in expectations(name):
        as_of_h = expected.get("as_of_h")
        when = "then" if as_of_h is None else f"at {as_of_h:g} h"
        cases = [said for case in expected.get("cases", []) if (said := _case(case))]
        shown += [tell.line(f"=> {when}", said) for said in cases or ["no case"]]
        for hoster, counts in expected.get("windows_28d", {}).items():
            counted = ", ".join(f"{name} {n}" for name, n in counts.items())
            shown.append(tell.line(f"=> {when}", f"{hoster} in 28 d: {counted}"))
    text = "\n".join(shown)
    return f"[{name}](examples/{name}.json)\n\n```text\n{text}\n```"


def _case(case: dict[str, Any]) -> str:
    """Return what is expected of a case, in words."""
    said = [" ".join(str(case[n]) for n in ("hoster", "role", "class") if n in case)]
    for name, word in _HOURS.items():
        if name in case:
            by = f" ({case[f'{word.lower()}_by']})" if f"{word.lower()}_by" in case else ""
            said.append(
                f"no {_NONE.get(name, word)}"
                if case[name] is None
                else f"{word} {case[name]:g} h{by}"
            )
    for name, word in (("verdicts", "within"), ("again", "second verdict within")):
        said += [f"{word} {norm} h {verdict}" for norm, verdict in case.get(name, {}).items()]
    said += [f"order {case['order']}"] if case.get("order") else []
    for name, (yes, no) in _WORDS.items():
        said += [yes if case[name] else no] if name in case else []
    said += [f"flags: {' '.join(case['flags'])}"] if case.get("flags") else []
    said += [f"reappearances {case['reappearances']}"] if case.get("reappearances") else []
    return ", ".join(filter(None, said))


_HOURS = {
    "opened_h": "opened at",
    "noticed_h": "noticed at",
    "l_h": "L",
    "r_h": "R",
    "next_look_h": "next slot at",
}
_NONE = {"noticed_h": "clock", "next_look_h": "next slot"}
_WORDS = {
    "overdue": ("overdue", "not overdue"),
    "public_late": ("publicly late", "not publicly late"),
    "naming": ("may count for naming", "counts for no naming"),
}


def wrong_second(name: str) -> list[str]:
    """Return where the second program says otherwise than an example expects of its cases."""
    history = told(name)
    found = []
    for expected in expectations(name):
        as_of = history.as_of(expected.get("as_of_h"))
        outcome = {"cases": second_outcome(history, as_of)}
        cases = expected.get("cases", [])
        asked = [{k: v for k, v in c.items() if k != "next_look_h"} for c in cases]
        if "cases" in expected:
            found += differences({"cases": asked}, outcome, f"at {as_of}")
    return found


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


def not_yet(file: Path = NOT_YET) -> set[str]:
    """Return the examples whose rule the fold, or the second program, does not have yet."""
    return set(file.read_text().split())


def rewritten(text: str) -> str:
    """Return a document with each of its worked examples told anew."""
    shown = r"^\[([0-9a-z-]+)\]\(examples/\1\.json\)\n\n```text\n.*?^```$"
    return re.sub(shown, lambda one: block(one[1]), text, flags=re.MULTILINE | re.DOTALL)


if __name__ == "__main__":
    DOCUMENT = ROOT / "docs" / "measurement.md"
    DOCUMENT.write_text(rewritten(DOCUMENT.read_text()))
