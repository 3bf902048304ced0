"""What is said of a history, in a form that can be said in another language."""

from typing import NamedTuple


class Sentence(NamedTuple):
    """What is so from an instant on, in a form that can be said in another language.

    Attributes:
        message: in English, with the places of its values.
        values: put in by their names.
    """

    message: str
    values: dict[str, str]

    def __str__(self) -> str:
        """Return it in English."""
        return self.message % self.values


def said(message: str, **values: object) -> Sentence:
    """Return a sentence; its values are written as they are printed."""
    return Sentence(message, {name: f"{value}" for name, value in values.items()})
