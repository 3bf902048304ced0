"""What keeps the vantages of the settings from ever naming a hoster; said before a start.

A removal has to be seen by two at least, and by one that does not say who it is. What one vantage
alone, or announced ones alone, saw is undetermined wherever a hoster is named: rules 4.3 and 4.9 of
docs/measurement.md.
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
            "there is one vantage only, so no hoster can be named: what one alone saw stays"
            " undetermined; configure a second one under [[vantages]]"
        )
    if all(vantage.announced for vantage in asked):
        yield (
            "every vantage says who it is, so no hoster can be named: a hoster may show such a"
            " vantage what it likes; configure one with announced = false"
        )
    known = {vantage.source_address for vantage in asked if vantage.announced}
    if any(not v.announced and v.source_address in known for v in asked):
        yield (
            "an unannounced vantage probes from the address of an announced one, which gives it"
            " away: set its source_address, or run its role on another machine"
        )
