"""What every bench that pytest runs says its figures with."""

from collections.abc import Callable

import pytest

Told = Callable[..., None]


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Told:
    """Print a line of a bench, and keep its figures in the report of the test."""

    def tell(line: str, **figures: object) -> None:
        for name, value in figures.items():
            record_property(name, value)
        print(f"\n{line}")

    return tell
