"""How a metric is declared: name, help, labels, and where in a `View` its values stand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from streams.view import View

Sample: TypeAlias = tuple[tuple[str, ...], float]
Samples: TypeAlias = Iterator[Sample]
Read: TypeAlias = Callable[[View], Samples]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One metric: how it is declared and where it is read.

    Attributes:
        name: with prefix, unit and no suffix of a type.
        help: a full sentence, shown in Prometheus and Grafana.
        labels: names of its labels.
        unit: `seconds` where values are times or durations, else empty.
        bound: how many series it has at most, H being the hosters shown, R the roles and P the
            partitions.
        read: gives its samples; None for those built by the collector itself.
    """

    name: str
    help: str
    labels: tuple[str, ...] = ()
    unit: str = ""
    bound: str = "1"
    read: Read | None = None


H: Final = ("hoster", "role")
