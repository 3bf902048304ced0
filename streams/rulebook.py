"""The rules of measurement as documents: docs/states.md and docs/verdicts.md.

Both are printed from the tables the code runs on, so a reader of the documents reads the rules
themselves. `python -m streams.rulebook states` and `... verdicts` print them.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Final

from schemas.closed_lists import Verdict
from streams.lifecycle.state_table import METHOD_VERSION, render
from streams.verdicts.reasons import WORDING
from streams.verdicts.rules import AT_OLD_ADDRESS, RULES, VERDICT_VERSION

_STATES_HEAD: Final = """\
# States of a case

Printed by `python -m streams.rulebook states` from `streams/lifecycle/state_table.py`; method
version {version}. Do not edit.

The columns are the states that the observations of a case give. The rows are the events. A cell is
the state that follows. [measurement.md](measurement.md#classes) says which class is published, once
notices, withdrawals, decisions and time are added.

A `-` stands for `end_upheld` in an open state: without an earlier end it cannot occur. A case that
became `suspect` after an end returns to the state of that end.

| word | means here |
| --- | --- |
| required vantages | of those that the newest order names, the ones whose canary answered within \
the hour; at least 2, unless only one is asked ([rule 4.2](measurement.md#confirmation)) |
| conclusive | of an observation: it is a sighting or says gone |
| run | the observations of a case since its newest sighting by any vantage or checker |
| control | a probe of a made-up path or of the host's root, beside the URL's own |
| new shape | of an answer: a status, type, size class or Location that the vantage had not seen |

"""

_STATES_FOOT: Final = """
What the event `removed` needs is said whole in rules 4.1 to 4.4 and 4.8 of
[measurement.md](measurement.md#confirmation): how many gone verdicts, of which vantages, and the
control. Rule 4.4 says what R is then, and rule 4.7 when a check makes it earlier.
"""

_VERDICTS_HEAD: Final = """\
# Verdicts of one observation

Printed by `python -m streams.rulebook verdicts` from `streams/verdicts/rules.py` and
`streams/verdicts/reasons.py`; verdict rules version {version}. Do not edit.

Read the rules from the top: the first rule whose condition holds gives the verdict. One observation
closes nothing. [states.md](states.md) says what several observations mean together.

"""

_VERDICT_MEANING: Final[Mapping[Verdict, str]] = {
    Verdict.ONLINE: "a sighting",
    Verdict.GONE_HARD: "gone, said by status or marker",
    Verdict.GONE_SOFT: "gone, said by an answer that is not the content",
    Verdict.BLOCKED: "unavailable: the monitor is refused",
    Verdict.UNREACHABLE: "unavailable: no usable answer",
    Verdict.MOVED: "served by another hoster",
    Verdict.DNS_GONE: "the name does not exist",
    Verdict.UNKNOWN: "says nothing",
}


def states() -> str:
    """Return docs/states.md."""
    return _STATES_HEAD.format(version=METHOD_VERSION) + render() + _STATES_FOOT


def verdicts() -> str:
    """Return docs/verdicts.md."""
    lines = ["| verdict | meaning |", "| --- | --- |"]
    lines += [f"| {verdict} | {_VERDICT_MEANING[verdict]} |" for verdict in Verdict]
    lines += ["", "## Rules", "", "| | condition | verdict | reason | in words |"]
    lines.append("| ---: | --- | --- | --- | --- |")
    for number, rule in enumerate(RULES, 1):
        words = WORDING[rule.reason]
        lines.append(f"| {number} | {rule.when} | {rule.verdict} | {rule.reason} | {words} |")
    lines += ["", "## At the old address", ""]
    lines.append("Where DNS no longer points to the hoster, its last known address is asked with")
    lines += ["the old name, and the verdict is read once more:", ""]
    lines += ["| verdict there | the name | verdict | reason | in words |"]
    lines.append("| --- | --- | --- | --- | --- |")
    for there in AT_OLD_ADDRESS:
        found = ", ".join(there.verdicts)
        name = "does not exist" if there.nxdomain else "points elsewhere"
        words = WORDING[there.reason]
        lines.append(f"| {found} | {name} | {there.verdict} | {there.reason} | {words} |")
    lines += ["", "Every other verdict stands as it is."]
    return _VERDICTS_HEAD.format(version=VERDICT_VERSION) + "\n".join(lines) + "\n"


DOCUMENTS: Final[Mapping[str, Callable[[], str]]] = {"states": states, "verdicts": verdicts}
"""Printers by name of the document."""


if __name__ == "__main__":
    sys.stdout.write(DOCUMENTS[sys.argv[1]]())
