"""Queries of the figures of all hosters, for the dashboard Overview."""

ALL = 'role="$role",hoster!="total"'
"""All hosters of the chosen role, those that are folded into `other` too."""

SHOWN = 'role="$role",hoster!~"other|total"'
NORM = 'norm="$norm"'
WINDOW = 'window="$window"'
HERE = 'hostwatch_hoster_info{country=~"$country"}'
"""Hosters of the chosen countries; every hoster that has figures is in it, and `other`, which has
no country, where all are chosen."""


def every(metric: str, more: str = "", back: str = "", by: str = "hoster", among: str = ALL) -> str:
    """Return a figure of all chosen hosters, once however many replicas export it."""
    inside = f"{among},{more}" if more else among
    return f"(max by ({by}) ({metric}{{{inside}}}{back}) and on (hoster) {HERE})"


def judged(verdict: str = "") -> str:
    """Return how many of each hoster's cases have a verdict on the norm, or that verdict."""
    return f"sum by (hoster) ({verdicts(verdict)})"


def verdicts(verdict: str = "") -> str:
    """Return the same, each verdict for itself."""
    more = f'{NORM},verdict="{verdict}"' if verdict else NORM
    return every("hostwatch_norm_verdicts", more, by="hoster, verdict")
