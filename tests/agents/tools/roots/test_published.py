"""The file of roots for people outside."""

import asyncio
import fcntl
from pathlib import Path

import pytest
from chain_records import log_of

from agents.edges.crypto.person_key import genuine
from agents.errors import UserError
from agents.tools.roots.published import publish, read_published
from schemas.chain.hour_log import objection
from schemas.codec import ROOT

LOG = log_of(6)


def test_a_file_grows_and_what_stands_in_it_stays(tmp_path) -> None:
    """A line that a killed run left half is completed; one that differs is left as it is."""
    file = tmp_path / "roots.ndjson"
    assert publish(file, LOG[:2]) == 2
    whole = file.read_bytes()
    assert publish(file, LOG[:2]) == 0
    assert file.read_bytes() == whole
    assert publish(file, LOG[:4]) == 2
    assert publish(file, LOG[:3]) == 0  # another run that read the ledger earlier
    file.write_bytes(file.read_bytes()[:-50])
    assert publish(file, LOG) == 3
    assert read_published(file) == LOG
    file.write_bytes(file.read_bytes().replace(b'"size":3', b'"size":4', 1))
    before = file.read_bytes()
    with pytest.raises(UserError, match="not the ledger's"):
        publish(file, LOG)
    assert file.read_bytes() == before
    assert "root 1 is not" in (objection(read_published(file), genuine) or "")
    file.write_bytes(b"{}")
    with pytest.raises(UserError, match="no root"):
        read_published(file)


async def test_runs_at_once_write_each_line_once(tmp_path) -> None:
    """A run waits while another has the file, and finds what that one wrote."""
    file = tmp_path / "roots.ndjson"
    publish(file, LOG[:1])
    with file.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        mine = asyncio.create_task(asyncio.to_thread(publish, file, LOG))
        await waits(file)
        other.write(b"".join(ROOT.encode(one) + b"\n" for one in LOG[1:4]))
        other.flush()
        assert not mine.done()
        fcntl.flock(other, fcntl.LOCK_UN)
        assert await mine == 2
    assert read_published(file) == LOG


async def waits(file: Path) -> None:
    """Return when a lock of a file is waited for."""
    async with asyncio.timeout(30):
        while not is_waited_for(file):
            await asyncio.sleep(0.01)


def is_waited_for(file: Path) -> bool:
    """Return whether somebody waits for a lock of a file, by what the kernel says."""
    inode = file.stat().st_ino
    return any(
        "->" in line and line.split()[6].endswith(f":{inode}")
        for line in Path("/proc/locks").read_text().splitlines()
    )
