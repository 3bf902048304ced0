"""A change of a share, split into what the mix and what the rates did; standardised shares.

Between two periods a share changes because cases lie at other hosters (the mix), and because
hosters act otherwise (the rates). Kitagawa (1955, JASA 50:1168-1194) splits it without a rest. The
mix is the change of the parts times the mean rate. The rate is the change of the rates times the
mean part. A directly standardised share weighs the rates of strata by the parts of all cases
(Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, 19.2).
"""

from collections.abc import Mapping
from typing import NamedTuple


class StratumShare(NamedTuple):
    """Cases of a stratum in a period: how many, and their share of what is asked."""

    n: float
    share: float


class ShareChange(NamedTuple):
    """A change of a share; `mix` and `rate` sum to the difference of the two."""

    before: float
    after: float
    mix: float
    rate: float


def overall(strata: Mapping[str, StratumShare]) -> float:
    """Return the share of all strata together, 0 without a case."""
    total = sum(one.n for one in strata.values())
    return sum(one.n * one.share for one in strata.values()) / total if total else 0.0


def change(
    before: Mapping[str, StratumShare], after: Mapping[str, StratumShare]
) -> ShareChange | None:
    """Split a change by Kitagawa's method; None where a period has no case.

    A stratum that a period lacks has the part 0 there and the rate of the other: all of it is mix.

    Args:
        before: strata of the earlier period by name.
        after: those of the later one.
    """
    totals = [sum(one.n for one in period.values()) for period in (before, after)]
    if not all(totals):
        return None
    mix = rate = 0.0
    for name in sorted({*before, *after}):
        old = before.get(name) or StratumShare(0, after[name].share)
        new = after.get(name) or StratumShare(0, before[name].share)
        parts = old.n / totals[0], new.n / totals[1]
        mix += (parts[1] - parts[0]) * (old.share + new.share) / 2
        rate += (new.share - old.share) * (parts[0] + parts[1]) / 2
    return ShareChange(overall(before), overall(after), mix, rate)


def standardised(own: Mapping[str, StratumShare], all_cases: Mapping[str, float]) -> float | None:
    """Return a share with the strata in the parts that they have in all cases.

    Strata that one has no case of are left out of both; None where none is left.

    Args:
        own: its strata.
        all_cases: how many cases each stratum has of all.
    """
    there = [name for name in sorted(own) if own[name].n and all_cases.get(name)]
    total = sum(all_cases[name] for name in there)
    return sum(all_cases[name] * own[name].share for name in there) / total if total else None
