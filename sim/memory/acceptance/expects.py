"""What a scenario has to show, as checks over the figures of the real stages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sim.memory.acceptance.shown import ShownRun


class Checked(NamedTuple):
    """What a check came to.

    Attributes:
        holds: it is as it has to be.
        measured: what was found, in figures.
    """

    holds: bool
    measured: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """One thing that a scenario has to show.

    Attributes:
        says: what, as a sentence.
        check: finds out.
    """

    says: str
    check: Callable[[ShownRun], Checked]


class CheckLine(NamedTuple):
    """One line of a scenario's table."""

    says: str
    checked: Checked


def held(shown: ShownRun, expects: Sequence[Expect]) -> list[CheckLine]:
    """Return what each check came to; first of all that the run's properties hold."""
    found = {finding.name.lower(): n for finding, n in shown.played.run_report.findings.items()}
    said = ", ".join(f"{n} {name}" for name, n in found.items()) or "none of them broken"
    if shown.played.differences:
        said = f"{said}, {shown.played.differences} differences"
    right = CheckLine("the properties of every run hold", Checked(shown.played.ok, said))
    return [right, *(CheckLine(expect.says, expect.check(shown)) for expect in expects)]


def percent(share: float | None) -> str:
    """Return a share as a figure of a table."""
    return "-" if share is None else f"{100 * share:.1f} %"


def bounds(of: tuple[float, float] | None) -> str:
    """Return the bounds of a share as a figure of a table."""
    return "-" if of is None else f"{percent(of[0])} to {percent(of[1])}"
