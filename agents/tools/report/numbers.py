"""How a report prints its figures: rounded first, in the language that is spoken."""

from agents.edges.web.formatting import decimal, number
from agents.edges.web.messages import gettext, language, translated

DASH = "\u2013"


def percent(share: float, digits: int = 1) -> str:
    """Write a share in per cent, with as many digits behind the comma.

    Args:
        share: 0 to 1.
        digits: behind the comma.
    """
    text = f"{100 * share:z.{digits}f}"
    return text if language() == "en" else text.replace(".", ",")


def percents(ends: tuple[float, float] | None) -> str:
    """Write two shares as from and to, or one where they meet; None is `too few`.

    Args:
        ends: lower and upper, 0 to 1.
    """
    if ends is None:
        return gettext("too few")
    low, high = percent(ends[0]), percent(ends[1])
    return low if low == high else f"{low}{DASH}{high}"


def fixed(value: float, digits: int) -> str:
    """Write a number with as many digits behind the comma.

    Args:
        value: any number.
        digits: behind the comma.
    """
    text = f"{value:z.{digits}f}"
    return text if language() == "en" else text.replace(".", ",")


def with_interval(value: float, low: float, high: float, digits: int = 3) -> str:
    """Write a figure with its interval behind it.

    Args:
        value: the figure.
        low: lower end.
        high: upper end.
        digits: behind the comma.
    """
    return f"{fixed(value, digits)} ({fixed(low, digits)}{DASH}{fixed(high, digits)})"


def hours(cell: tuple[float, float] | None) -> str:
    """Write the cell that a time lies in, hours or days; None is `not reached`.

    Args:
        cell: from and to, hours.
    """
    if cell is None:
        return gettext("not reached")
    low, high = cell
    if low % 24 == high % 24 == 0 and high > 48:
        return translated("%(low)s to %(high)s d", low=decimal(low / 24), high=decimal(high / 24))
    return translated("%(low)s to %(high)s h", low=decimal(low), high=decimal(high))


def by_hours(count: int) -> str:
    """Write a number of hours: in days from two days on.

    Args:
        count: whole hours.
    """
    if count >= 48:
        return translated("%(n)s d", n=decimal(count / 24))
    return translated("%(n)s h", n=number(count))
