"""What each scenario has to show, by its name."""

from collections.abc import Mapping, Sequence
from typing import Final

from sim.memory.shows import conduct, field, inflow
from sim.memory.shows.expects import Expect

SHOWS: Final[Mapping[str, Sequence[Expect]]] = {
    "hotlines": inflow.HOTLINES_SHOWS,
    "dominant": field.DOMINANT_SHOWS,
    "split": field.SPLIT_SHOWS,
    "silent": conduct.SILENT_SHOWS,
    "displacement": field.DISPLACEMENT_SHOWS,
    "obstructing": conduct.OBSTRUCTING_SHOWS,
    "method": conduct.METHOD_SHOWS,
    "burst": inflow.BURST_SHOWS,
    "burst-full": inflow.BURST_SHOWS,
    "liar": conduct.LIAR_SHOWS,
    "flood": inflow.FLOOD_SHOWS,
}
