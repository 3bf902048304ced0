"""The key file on the disk."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from agents.edges.crypto import key_file
from agents.edges.crypto.key_file import KeyFault, KeyFile, KeyFileError, name_of, read, write
from agents.edges.crypto.keys import Keyring

CONTENT = KeyFile(v=2, master=b"m" * 32, secret=b"s" * 32)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_of_its_owner_alone_is_read(tmp_path: Path, mode: int) -> None:
    """Whether it may be written is no matter: a process never writes it."""
    file = tmp_path / "k"
    write(file, CONTENT)
    file.chmod(mode)
    assert read(file)[0] == CONTENT


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o660, 0o444, 0o666, 0o644, 0o441])
def test_a_file_that_others_may_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    """Any right of group or others stops the start with the line that says what to do."""
    file = tmp_path / "k"
    write(file, CONTENT)
    file.chmod(mode)
    with pytest.raises(KeyFileError) as refused:
        Keyring.load(file)
    assert refused.value.fault is KeyFault.EXPOSED


def _found(file: Path, **changed: int) -> os.stat_result:
    fields = list(file.stat())
    for name, value in changed.items():
        fields[getattr(stat, name)] = value
    return os.stat_result(fields)


def test_what_kubernetes_and_systemd_mount_is_read(tmp_path: Path, monkeypatch) -> None:
    """Root's file of mode 440 is read by a member of its group, or behind root's own group: so a
    Secret stands under an fsGroup, and a credential under an access list. No other mode is.
    """
    file = tmp_path / "k"
    write(file, CONTENT)
    monkeypatch.setattr(os, "geteuid", lambda: 10_001)
    monkeypatch.setattr(os, "getegid", lambda: 10_001)
    monkeypatch.setattr(os, "getgroups", lambda: [10_001, 10_002])

    def refused(mode: int, uid: int, gid: int) -> bool:
        return key_file.is_exposed(
            _found(file, ST_MODE=stat.S_IFREG | mode, ST_UID=uid, ST_GID=gid)
        )

    assert not refused(0o440, 0, 10_002)
    assert not refused(0o440, 0, 0)
    assert not refused(0o600, 10_001, 50)
    assert refused(0o440, 0, 50)
    assert refused(0o440, 10_001, 10_001)
    assert refused(0o640, 0, 10_001)
    assert refused(0o600, 10_003, 10_003)


def test_what_the_old_file_held_is_overwritten(tmp_path: Path) -> None:
    """A handle to the file before sees zeros: a master key does not lie about after its time."""
    file = tmp_path / "k"
    write(file, CONTENT)
    with file.open("rb") as before:
        write(file, msgspec.structs.replace(CONTENT, master=b"n" * 32))
        assert before.read().strip(b"\x00") == b""
    assert read(file)[0].master == b"n" * 32


def test_a_crash_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """A half-written new file beside the key file is passed over and replaced."""
    file = tmp_path / "k"
    write(file, CONTENT)
    (tmp_path / "k.new").write_bytes(b"half")
    (tmp_path / "k.new").chmod(0o644)
    assert read(file)[0] == CONTENT
    write(file, msgspec.structs.replace(CONTENT, successor=b"n" * 32))
    assert file.stat().st_mode & 0o777 == 0o600
    assert set(read(file)[0].masters) == {name_of(b"m" * 32), name_of(b"n" * 32)}


def test_readers_see_whole_files_while_one_is_replaced(tmp_path: Path) -> None:
    """Overwriting the old file never shows: who read half of it reads again."""
    file = tmp_path / "k"
    write(file, CONTENT)
    program = (
        "import sys; from pathlib import Path; from agents.edges.crypto.key_file import read\n"
        "print('ready', flush=True)\n"
        "for _ in range(3000): assert read(Path(sys.argv[1]))[0].secret == b's' * 32\n"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", program, str(file)], stdout=subprocess.PIPE, text=True
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "ready\n"
    count = 0
    while reader.poll() is None:
        count += 1
        write(file, msgspec.structs.replace(CONTENT, master=bytes([count % 256]) * 32))
    assert reader.returncode == 0


def test_a_fingerprint_is_of_the_secret_alone() -> None:
    """It stays when the master key is replaced, and another secret has another one."""
    other = msgspec.structs.replace(CONTENT, master=b"n" * 32)
    assert other.fingerprint == CONTENT.fingerprint
    assert msgspec.structs.replace(CONTENT, secret=b"t" * 32).fingerprint != CONTENT.fingerprint
