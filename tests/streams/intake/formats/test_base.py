"""Why a record of a file is refused."""

from pathlib import Path

from streams.intake.formats.base import FileRefusal

GUIDE = Path(__file__).parents[4] / "docs" / "formats.md"


def test_each_reason_is_explained_to_the_operator() -> None:
    """Whoever reads a reason on the screen finds what to do about it."""
    text = GUIDE.read_text()
    assert [one for one in FileRefusal if f"| `{one}` |" not in text] == []
