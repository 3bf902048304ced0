"""What a flood of reports is made of: shares, delays, forms of URLs, each with its source.

Forms of URLs are those of 19,495 malware reports of thirty days (abuse.ch URLhaus, 2026-02-07 to
2026-03-09, CC0). Of their paths only the length of a hash is known, 16 digits, which is used here.
"""

from typing import Final

from schemas.moments import DAY_MS, MINUTE_MS, SECOND_MS

NEW_HOST: Final = 0.43
"""Of those reports 57 % name a host that an earlier one names. A host named again is that of an
earlier report drawn evenly, so that few hosts have many (Simon 1955)."""

HOSTS_REMEMBERED: Final = 20_000
"""Reports whose hosts may come again: a month's, so that memory does not grow with the run."""

LITERAL: Final = 0.77
PLAIN: Final = 0.83
PORT: Final = 0.52
"""Shares of URLs with an address for a name, with http, with a port."""

PATH_DIGITS: Final = 16

LABEL_LENGTHS: Final = (3, 8, 14, 34)
"""Of the host's own label; names that end in a hoster's are about as long as those reported."""

BURST_MAX: Final = 12
"""A hotline reports some URLs at one hoster together."""

NOTICED: Final = 0.8
"""Reports that a notice follows; the others wait for theirs, as on any day."""

ANSWERED: Final = 0.1
"""Notices that the hoster answers."""

RESENT: Final = 0.05
SHARED: Final = 0.05
"""Reports that come again, as at-least-once senders do, and that a second hotline makes too."""

CHECKED: Final = 0.05
WITHDRAWN: Final = 0.01
BAD: Final = 0.01
CONFLICTING: Final = 0.002
"""Shares of reports that a person's check, a withdrawal, a record that cannot be taken, and one
with an id that was used for other content follow: estimates; nobody publishes such figures."""

LATE: Final = 0.03
LATE_MAX_MS: Final = 30 * DAY_MS
"""Reports handed in up to a month after they were made: a hotline's export after an outage."""

EARLY: Final = 0.02
"""Notices that arrive before the report they belong to."""

SOON_MS: Final = 5 * SECOND_MS
"""Mean wait of what follows a report. A hotline takes minutes; here it must fall into the run."""

LAG_MAX_MS: Final = MINUTE_MS
"""A record is handed in at most a minute after the time it states, unless it is late."""
