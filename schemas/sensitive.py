"""A value that does not print itself.

URLs, host names, keys and addresses travel in a `Sensitive`, so that a log line, an exception
text or a debugger's repr shows a placeholder. `grep -rn "reveal("` is the audit of every place
that reads inside.
"""

from typing import Generic, TypeVar

T = TypeVar("T")


class Sensitive(Generic[T]):
    """Wraps a value whose text must not reach a log, a metric or an error.

    No record and no dataclass, so that an encoder of those refuses it.
    """

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        """Hide a value."""
        self._value = value

    def reveal(self) -> T:
        """Return the value itself."""
        return self._value

    def __repr__(self) -> str:
        """Return a placeholder."""
        return "<sensitive>"
