"""Files that hold keys are told from all others by how they begin."""

import os
from pathlib import Path

import msgspec
import pytest

from agents.edges.crypto.key_file import KeyFile
from agents.edges.crypto.person_key import PersonKey
from agents.process.held_keys import holds_keys


@pytest.mark.parametrize("passphrase", ["", "a long passphrase"])
def test_a_private_key_is_one(tmp_path: Path, passphrase: str) -> None:
    """With a passphrase, too."""
    file = tmp_path / "me.pem"
    PersonKey.create(file, passphrase)
    assert holds_keys(file)


def test_the_ledger_s_keys_are_some(tmp_path: Path) -> None:
    """As they are written, and as somebody formats them by hand."""
    written = msgspec.json.encode(KeyFile(v=2, master=bytes(32), secret=bytes(32)))
    for text in (written, msgspec.json.format(written, indent=4)):
        file = tmp_path / "keys.json"
        file.write_bytes(text)
        assert holds_keys(file)


def test_nothing_else_is(tmp_path: Path) -> None:
    """No records, no public key, nothing that is missing; and no pipe is waited for."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    record, public = tmp_path / "a.ndjson", tmp_path / "b.pem"
    record.write_text('{"type":"report","v":2,"id":"the master key"}\n')
    public.write_text("-----BEGIN PUBLIC KEY-----\n")
    assert not any(holds_keys(one) for one in (pipe, record, public, tmp_path, tmp_path / "none"))
