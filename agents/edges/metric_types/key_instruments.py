"""Metrics of the keys that a process holds, and of what waits for a second person's key."""

from typing import Final

from agents.edges.metric_types.declaration import Declared

KEY_MONTH: Final = Declared(
    name="hostwatch_key_month_timestamp_seconds",
    help="Start of the newest month that has a data key.",
    unit="seconds",
)
MASTER_KEY_OUTDATED: Final = Declared(
    name="hostwatch_master_key_outdated",
    help="1 if the key file's master key is not the one that keys.v1 names, else 0.",
)
LOST_KEY_MONTHS: Final = Declared(
    name="hostwatch_lost_key_months",
    help="Months whose key sealed a record met here, and of which keys.v1 holds nothing.",
)
PROPOSAL_WAITING: Final = Declared(
    name="hostwatch_oldest_waiting_proposal_timestamp_seconds",
    help="Time of the oldest proposed decision that no second person confirmed or rejected, 0 if"
    " none waits.",
    unit="seconds",
)
NEWEST_ROOT: Final = Declared(
    name="hostwatch_newest_root_timestamp_seconds",
    help="End of the newest hour of the ledger that has a signed root, 0 if none has.",
    unit="seconds",
)

KEY_INSTRUMENTS: Final = (
    KEY_MONTH,
    MASTER_KEY_OUTDATED,
    LOST_KEY_MONTHS,
    PROPOSAL_WAITING,
    NEWEST_ROOT,
)
"""All of them."""
