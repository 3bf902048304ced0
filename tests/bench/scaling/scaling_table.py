"""Tables in Markdown, numbers as they are shown, and the place in a document that is generated."""

from collections.abc import Iterable, Sequence
from typing import Final

BEGIN: Final = "<!-- bench-scaling -->"
END: Final = "<!-- end of bench-scaling -->"


def put_into(document: str, part: str) -> str:
    """Return a document with a part between its marks, in place of what stood there.

    Raises:
        ValueError: the marks are not there.
    """
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the document has no {BEGIN} and {END}")
    return f"{before}{begin}\n\n{part}\n{end}{after}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def number(value: float) -> str:
    """Return a number with two or three digits that say something."""
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 1:
        return f"{value:.1f}"
    return f"{value:.2g}"
