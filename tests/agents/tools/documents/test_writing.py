"""The files of a document."""

import pytest

from agents.errors import UserError
from agents.tools.documents.writing import write_files


def test_files_are_written_to_a_folder_that_is_made(tmp_path) -> None:
    """In their order; what cannot be written is one line."""
    folder = tmp_path / "new" / "folder"
    assert write_files(folder, [("a", b"1"), ("b", b"2")]) == ["a", "b"]
    assert (folder / "b").read_bytes() == b"2"
    with pytest.raises(UserError, match="cannot be written"):
        write_files(folder / "a", [("c", b"3")])
