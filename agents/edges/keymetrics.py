"""What a process says of the keys that it holds: their age, and what it cannot have."""

from typing import Final

from agents.edges.declared import Declared

KEY_MONTH: Final = Declared(
    name="hostwatch_key_month_timestamp_seconds",
    help="Beginning of the newest month that has a data key.",
    unit="seconds",
)
MASTER_KEY_OUTDATED: Final = Declared(
    name="hostwatch_master_key_outdated",
    help="1 while the key file's master key is not the one that keys.v1 names, else 0.",
)
LOST_KEY_MONTHS: Final = Declared(
    name="hostwatch_lost_key_months",
    help="Months in which something is sealed that was met, and of which keys.v1 holds nothing.",
)

KEY_INSTRUMENTS: Final = (KEY_MONTH, MASTER_KEY_OUTDATED, LOST_KEY_MONTHS)
"""All of them."""
