"""What the vantages of the settings cannot show where hosters are named; said before a start.

A removal counts as in time there only if two vantages saw it, and one that does not say who it is:
rules 4.3, 4.9 and 9.1 of docs/measurement.md.
"""

from collections.abc import Iterator, Sequence

from agents.config import VantageSettings


def doubts(vantages: Sequence[VantageSettings]) -> Iterator[str]:
    """Give what an operator should know of the vantages, a sentence each.

    Args:
        vantages: all of the settings; those that re-check removals do not count.
    """
    asked = [vantage for vantage in vantages if not vantage.recheck]
    if not asked:
        return
    if len(asked) == 1:
        yield (
            "there is one vantage only: no removal that it sees counts as in time where hosters are"
            " named; configure a second one under [[vantages]]"
        )
    if all(vantage.announced for vantage in asked):
        yield (
            "every vantage says who it is: no removal that they see counts as in time where hosters"
            " are named, because a hoster may show such a vantage what it likes; configure one with"
            " announced = false"
        )
    known = {vantage.source_address for vantage in asked if vantage.announced}
    if any(not v.announced and v.source_address in known for v in asked):
        yield (
            "an unannounced vantage probes from the address of an announced one, which gives it"
            " away: set its source_address, or run its role on another machine"
        )
