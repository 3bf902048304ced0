"""The second held-out half is frozen, and what makes it makes it again.

Whether the product says true things of it is told by a command (README.md): it has four times as
many hours as the other halves together, and takes ten minutes of CPU.
"""

import gzip
import hashlib
import importlib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DATA = HERE / "second.jsonl.gz"


def test_frozen() -> None:
    """The file is the one whose SHA-256 was written down when it was frozen."""
    said, name = (HERE / "second.sha256").read_text(encoding="ascii").split()
    assert name == DATA.name
    assert hashlib.sha256(DATA.read_bytes()).hexdigest() == said


def test_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program gives the frozen cases again, so what they say of the world can be read."""
    monkeypatch.syspath_prepend(str(HERE))
    second = importlib.import_module("second_cases")
    assert second.lines(second.cases()) == gzip.decompress(DATA.read_bytes())
