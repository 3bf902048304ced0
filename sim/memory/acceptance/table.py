"""What each scenario has to show, by its name."""

from collections.abc import Mapping, Sequence
from typing import Final

from sim.memory.acceptance import conduct, field, inflow
from sim.memory.acceptance.expects import Expect

ACCEPTANCE: Final[Mapping[str, Sequence[Expect]]] = {
    "hotlines": inflow.HOTLINES_ACCEPTANCE,
    "dominant": field.DOMINANT_ACCEPTANCE,
    "split": field.SPLIT_ACCEPTANCE,
    "silent": conduct.SILENT_ACCEPTANCE,
    "displacement": field.DISPLACEMENT_ACCEPTANCE,
    "obstructing": conduct.OBSTRUCTING_ACCEPTANCE,
    "method": conduct.METHOD_ACCEPTANCE,
    "burst": inflow.BURST_ACCEPTANCE,
    "burst-full": inflow.BURST_ACCEPTANCE,
    "liar": conduct.LIAR_ACCEPTANCE,
    "flood": inflow.FLOOD_ACCEPTANCE,
}
