"""Which errors of a broker pass, so that it is asked again."""

from typing import Final

from aiokafka import errors as kafka

UNREACHED: Final = (
    kafka.KafkaConnectionError,
    kafka.NodeNotReadyError,
    kafka.RequestTimedOutError,
    kafka.StaleMetadata,
)
"""Nothing was answered."""

_PASSES: Final = frozenset({9, 74, 75, 78})
"""Replica not available, fenced or unknown leader epoch, offset not available: a new leader is
finding its feet. aiokafka does not know the last three and takes the first for final."""


def passes(code: int) -> bool:
    """Return whether an error of a partition passes: it has a new leader, or none for the moment.

    Args:
        code: the broker's.
    """
    return code in _PASSES or kafka.for_code(code).retriable
