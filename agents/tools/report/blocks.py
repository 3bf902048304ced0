"""What the sections of a report are made of: text, a figure with its words, a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import digits
from typing import ClassVar

from markupsafe import Markup

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    kind: ClassVar[str] = "text"
    words: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart, with one sentence on how to read it."""

    kind: ClassVar[str] = "figure"
    title: str
    how: str
    drawings: list[Markup]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; each row begins with its heading."""

    kind: ClassVar[str] = "table"
    title: str
    heads: Cells
    rows: Sequence[Cells]
    foot: Cells | None = None

    @property
    def is_text(self) -> list[bool]:
        """Of each column whether it holds words and no numbers."""
        columns = zip(*self.rows, strict=True)
        found = [not any(sign in digits for cell in column for sign in cell) for column in columns]
        return found or [True] * len(self.heads)


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its heading."""

    id: str
    title: str
    blocks: list[Text | Figure | Table]
