"""How many probes over which time confirm an answer, as one alone may be chance: two numbers.

The rule that applies them to a removal is in `streams.lifecycle.machine.confirmation`.
"""

from typing import Final

from schemas.moments import MINUTE_MS

CONFIRM_PROBES_MIN: Final = 3
CONFIRM_SPAN_MS: Final = 30 * MINUTE_MS
"""Sfakianakis, Athanasopoulos and Ioannidis, "CensMon: A Web Censorship Monitor" (FOCI 2011),
section 4.2: of URLs that a first probe could not reach, 21 % were reachable at the second, and
nearly none after three failures in a row. Were failures independent, three in a row would be chance
in 0.21^3 = 0.9 %. Failures near in time are not, so they must span half an hour too."""
