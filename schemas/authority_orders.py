"""How far an authority has gone with a hoster: what its orders are of."""

from enum import StrEnum
from typing import Final


class OrderStage(StrEnum):
    """What an order is, in the order in which an authority goes on."""

    INSTRUCTION = "instruction"  # remove it within a term
    PENALTY = "penalty"  # remove it within a term, or pay for each day after it
    FINE = "fine"  # pay


NEXT_STAGE: Final = {
    OrderStage.INSTRUCTION: OrderStage.PENALTY,
    OrderStage.PENALTY: OrderStage.FINE,
    OrderStage.FINE: None,
}
"""What an authority may go on to if an order was not kept; None = nothing."""
