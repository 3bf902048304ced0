"""The frozen sets are data: nobody changes a case or a label after the rules were judged by it."""

import hashlib
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", ["open", "heldout", "second"])
def test_a_frozen_set_has_its_digest(name: str) -> None:
    """Each file is the one whose SHA-256 was written down, here and in README.md."""
    said, file = (HERE / f"{name}.sha256").read_text(encoding="ascii").split()
    assert file == f"{name}.jsonl.gz"
    assert hashlib.sha256((HERE / file).read_bytes()).hexdigest() == said
    assert f"| `{said}` |" in (HERE / "README.md").read_text()
