"""The readings of the methods, newest last: each gives the cases of a URL at an instant."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from schemas.moments import Instant
from verify.compared.record import Case
from verify.ledger.records import UrlRecords
from verify.method_9.cases import cases as cases_of_9
from verify.method_10.cases import cases as cases_of_10

MethodReading: TypeAlias = Callable[[UrlRecords, Instant], list[Case]]

READINGS: Final[Mapping[str, MethodReading]] = {"9": cases_of_9, "10": cases_of_10}
"""By method version."""

NEWEST: Final = "10"
BEFORE: Final = "9"
