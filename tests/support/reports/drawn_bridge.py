"""The drawn report by two methods."""

from typing import Final

from agents.tools.report.bridge import Bridge, ByBoth, MethodCounts, RuleCount
from agents.tools.report.reading.two_methods import ChangedCase
from agents.tools.report.sections.made import ReportParts

_JUDGED: Final = MethodCounts(n=40, incidents=20, in_time=30, late=5, bounds=(0.7, 0.85))
_FEW: Final = MethodCounts(n=4, incidents=2)


def with_bridge(made: ReportParts, changed: int) -> ReportParts:
    """Return a report with a bridge from method 9 to 10.

    Args:
        made: the report.
        changed: how many cases differ.
    """
    cases = tuple(
        ChangedCase(
            case=f"{n:032x}",
            hoster="acme",
            rule="2.1 to 2.10",
            about="the clock",
            what="noticed at",
            first="none",
            second="2026-01-01T00:00:00Z",
        )
        for n in range(changed)
    )
    bridge = Bridge(
        methods=("9", "10"),
        rows=(
            ByBoth(hoster="acme", first=_JUDGED, second=_FEW),
            ByBoth(hoster="delta", first=None, second=_JUDGED),
            ByBoth(hoster="hoster-1", first=_FEW, second=_FEW),
        ),
        rules=(RuleCount(rule="2.1 to 2.10", about="the clock", cases=changed),),
        changed=cases,
    )
    return made._replace(bridge=bridge)
