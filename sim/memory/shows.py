"""What each scenario has to show, by its name."""

from collections.abc import Mapping, Sequence
from typing import Final

from sim.memory import shows_conduct, shows_field, shows_inflow
from sim.memory.expects import Expect

SHOWS: Final[Mapping[str, Sequence[Expect]]] = {
    "hotlines": shows_inflow.HOTLINES_SHOWS,
    "dominant": shows_field.DOMINANT_SHOWS,
    "split": shows_field.SPLIT_SHOWS,
    "silent": shows_conduct.SILENT_SHOWS,
    "displacement": shows_field.DISPLACEMENT_SHOWS,
    "obstructing": shows_conduct.OBSTRUCTING_SHOWS,
    "method": shows_conduct.METHOD_SHOWS,
    "burst": shows_inflow.BURST_SHOWS,
    "burst-full": shows_inflow.BURST_SHOWS,
    "liar": shows_conduct.LIAR_SHOWS,
    "flood": shows_inflow.FLOOD_SHOWS,
}
