"""What a mistyped name was meant to be: the nearest of those that there are."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

NAMED_MAX: Final = 30
"""More names do not fit a line that is read."""


def meant(word: str, known: Iterable[str]) -> str:
    """Return the end of a line about a name that there is not: the nearest one, and all there are.

    Args:
        word: what was written; it is not repeated.
        known: what could have been, names of ours and of the operator's own files only.
    """
    names = sorted(known)
    near = get_close_matches(word, names, n=1)
    said = f"; did you mean {near[0]}?" if near else ""
    shown = ", ".join(names[:NAMED_MAX]) + (", ..." if len(names) > NAMED_MAX else "")
    return f"{said} (there are: {shown})" if names else said
