"""A result goes to the file that was named, or to standard output."""

from pathlib import Path

import pytest

from agents.cli.shared.results import write_result
from agents.errors import UserError


def test_it_is_written_byte_for_byte(tmp_path: Path, capfdbinary) -> None:
    """Whatever it holds; `-` is standard output."""
    text = b'{"a": "\xc3\xa9"}\n'
    write_result(str(tmp_path / "out.json"), text)
    write_result("-", text)
    assert (tmp_path / "out.json").read_bytes() == text == capfdbinary.readouterr().out


def test_a_file_that_cannot_be_written_is_a_user_s_mistake(tmp_path: Path) -> None:
    """One line that names it."""
    out = tmp_path / "none" / "out.json"
    with pytest.raises(UserError, match="cannot be written"):
        write_result(str(out), b"")
