"""A value that does not print itself.

URLs, host names, keys and addresses travel in a `Sensitive`, so that a log line, an exception
text or a debugger's repr shows a placeholder. `grep -rn "reveal("` is the audit of every place
that looks inside.
"""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sensitive(Generic[T]):
    """Wraps a value whose text must not reach a log, a metric or an error."""

    _value: T = field(repr=False)

    def reveal(self) -> T:
        """Return the value itself."""
        return self._value

    def __str__(self) -> str:
        """Return a placeholder."""
        return "<sensitive>"
