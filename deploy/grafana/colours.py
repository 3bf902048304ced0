"""Colours: those of Okabe and Ito (2008), which the colour-blind tell apart.

Each stands for one thing on every dashboard. Lines of an open set (hosters, vantages, workers)
are shades of one of them: they differ in lightness, which everybody sees.
"""

from typing import Final

BLUE: Final = "#0072B2"  # told: reports, notices, what comes in
GREEN: Final = "#009E73"  # removed, in time, well
ORANGE: Final = "#E69F00"  # open
RED: Final = "#D55E00"  # overdue, late, broken
PURPLE: Final = "#CC79A7"  # unavailable, blocked
SKY: Final = "#56B4E9"  # estimates, bounds
YELLOW: Final = "#F0E442"  # in doubt
GREY: Final = "#999999"  # unknown, undetermined, of no account

WORDS: Final = {
    # classes of cases
    "awaiting": BLUE,
    "online": ORANGE,
    "suspect": YELLOW,
    "doubted": YELLOW,
    "unavailable": PURPLE,
    "removed": GREEN,
    "dark": SKY,
    "dns_ended": SKY,
    "moved": SKY,
    **dict.fromkeys(
        ("gone_before_notice", "ended_without_notice", "never_online", "withdrawn", "excluded"),
        GREY,
    ),
    "expired": RED,
    # verdicts, and what became of records and orders; an order that came late is missed
    "in_time": GREEN,
    "late": RED,
    "undetermined": GREY,
    "accepted": GREEN,
    "duplicate": SKY,
    "quarantined": RED,
    "looked": GREEN,
    "unseen": PURPLE,
    "impolite": ORANGE,
    "crowded": YELLOW,
    "repeated": GREY,
    "forgotten": GREY,
}
"""Colours of lines that are called by a word of a closed list, everywhere the same."""
