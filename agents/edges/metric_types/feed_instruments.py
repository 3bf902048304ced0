"""What a process says of the feeds of hotlines, and of what they are told."""

from typing import Final

from agents.edges.metric_types.declaration import Declared, n_series

FEED_BOUNDS_S: Final = (300, 3_600, 14_400, 43_200, 129_600)
"""5 min to 36 h: 1 h is the feed delay of a hotline that registers none, 36 h that of one that
hands in a file a day."""

FEED_DELAY: Final = Declared(
    name="hostwatch_feed_delay_seconds",
    help="Accepted notices with a delivery proof, by the time from the proof to the broker's"
    " append. It is the feed's own delay.",
    labels=("hotline",),
    unit="seconds",
    series_max=f"{n_series(FEED_BOUNDS_S)} per hotline",
)

CHANGES: Final = Declared(
    name="hostwatch_feedback_records",
    help="Changes that hotlines were to be told, by what became of them: written, withheld or"
    " unopened. Withheld: the hotline's id looks like an address. Unopened: the key of its month"
    " was destroyed. Absent if this process runs no feedback.",
    labels=("result",),
    series_max="3",
)

FEED_INSTRUMENTS: Final = (FEED_DELAY, CHANGES)
"""All of them."""
