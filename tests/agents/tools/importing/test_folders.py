"""Which files of folders are taken, and when."""

import asyncio
import os
from contextlib import aclosing

import pytest

from agents.errors import UserError
from agents.tools.importing.folders import files_of, watched


def test_files_come_by_name_and_unfinished_ones_not(tmp_path) -> None:
    """Folders in folders too; nothing hidden, nothing that is still written, nothing twice."""
    for name in ("b.csv", "a/z.csv", "a/c.csv.part", ".d.csv", ".e/f.csv", "g.tmp", "h~"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
    found = [tmp_path / "b.csv", tmp_path / "a" / "z.csv"]
    assert files_of([tmp_path, tmp_path / "b.csv"]) == found
    with pytest.raises(UserError, match="no such file"):
        files_of([tmp_path / "none"])


async def test_a_file_is_taken_once_it_stays_as_it_is(tmp_path) -> None:
    """Those that are there, those that come, and those that change; each stand once."""
    file, other = tmp_path / "a", tmp_path / "b"
    file.write_text("1")
    async with asyncio.timeout(30), aclosing(watched([tmp_path], 0.01)) as batches:
        assert await anext(batches) == [file]
        other.write_text("2")
        assert await anext(batches) == [other]
        os.utime(file, ns=(1, 1))
        assert await anext(batches) == [file]
        other.unlink()
        file.write_text("3")
        assert await anext(batches) == [file]
