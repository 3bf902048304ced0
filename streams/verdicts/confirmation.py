"""How many looks, over which time, confirm an answer: one alone may be chance."""

from typing import Final

from schemas.moments import MINUTE_MS

CONFIRM_LOOKS_MIN: Final = 3
CONFIRM_SPAN_MS: Final = 30 * MINUTE_MS
"""A single failed look is wrong one time in five, three in a row hardly ever (CensMon)."""
