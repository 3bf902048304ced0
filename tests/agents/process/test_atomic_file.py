"""Files that are replaced as a whole, and what is no file."""

import ast
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agents.edges.crypto import key_file
from agents.edges.crypto.key_file import KeyFile
from agents.edges.local_broker.broker_record import Running, record
from agents.engine.consume.failed_attempts import Attempts
from agents.process.atomic_file import write_whole
from sim.memory.done import DoneSeeds

ROOT = Path(__file__).parents[3]
KEYS = KeyFile(v=2, master=b"m" * 32, secret=b"s" * 32)
NULL = os.makedev(1, 3)
REPLACING = {
    "agents/process/atomic_file.py": "the one place",
    "agents/edges/local_broker/jars.py": "a folder, which never takes the place of a file",
    "agents/edges/local_broker/broker_cache.py": "as above",
}
"""Modules that may put one path in the place of another."""


def text(folder: Path) -> None:
    write_whole(folder / "text", b"text")


def keys(folder: Path) -> None:
    key_file.write(folder / "keys", KEYS)


def attempts(folder: Path) -> None:
    Attempts(folder, "role").note("t", 0, 1, 1)


def broker(folder: Path) -> None:
    record(folder, Running(pid=1, started_ticks=1, port=1, controller_port=1))


def seeds(folder: Path) -> None:
    done = DoneSeeds(folder / "seeds", "run")
    done.add(1)
    done.finish([1])


WRITERS: dict[str, Callable[[Path], None]] = {
    "text": text,
    "keys": keys,
    "attempts/role.json": attempts,
    "broker.json": broker,
    "seeds": seeds,
}
"""Each by the file that it writes."""


@pytest.mark.parametrize("name", WRITERS)
def test_a_device_stays_a_device(tmp_path: Path, name: str) -> None:
    """A node like `/dev/null` is written to and is the same node afterwards, alone there."""
    node = tmp_path / name
    node.parent.mkdir(exist_ok=True)
    try:
        os.mknod(node, stat.S_IFCHR | 0o666, NULL)
    except PermissionError:
        pytest.skip("only root makes a device")
    before = node.lstat()
    WRITERS[name](tmp_path)
    after = node.lstat()
    assert (after.st_ino, after.st_mode, after.st_rdev) == (before.st_ino, before.st_mode, NULL)
    assert list(node.parent.iterdir()) == [node]


@pytest.mark.parametrize("name", ["text", "keys", "broker.json"])
def test_a_pipe_gets_the_content(tmp_path: Path, name: str) -> None:
    """What reads the pipe reads all of it, nothing is written over it, and the pipe stays."""
    pipe = tmp_path / name
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        WRITERS[name](tmp_path)
        got = os.read(reader, 65_536)
    finally:
        os.close(reader)
    assert got
    assert b"\x00" not in got
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


@pytest.mark.parametrize("name", ["text", "keys", "attempts/role.json", "broker.json"])
def test_a_link_stays_and_its_file_is_replaced(tmp_path: Path, name: str) -> None:
    """The content stands where the link leads; a reader of the old file keeps that one whole."""
    (tmp_path / "there").mkdir()
    file, link = tmp_path / "there" / "file", tmp_path / name
    link.parent.mkdir(exist_ok=True)
    file.write_bytes(b"old")
    link.symlink_to(file)
    before = file.stat().st_ino
    WRITERS[name](tmp_path)
    assert link.is_symlink()
    assert file.stat().st_ino != before
    assert file.read_bytes() not in {b"", b"old"}
    assert file.stat().st_mode & 0o777 == 0o600


def _replacing(tree: ast.AST) -> Iterator[int]:
    """Give the lines that put one path in the place of another; text is replaced by two words."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name, of = node.func.attr, ast.unparse(node.func.value)
        path = name == "replace" and len(node.args) == 1 and not node.keywords
        if (
            path
            or name in {"rename", "renames"}
            or (of, name)
            in {
                ("os", "replace"),
                ("shutil", "move"),
            }
        ):
            yield node.lineno


def test_nothing_else_puts_a_path_in_the_place_of_another() -> None:
    """Whoever writes a file whole does it in one way, which spares what is no file."""
    parts = ("agents", "sim", "schemas", "streams", "verify")
    files = [file for part in parts for file in (ROOT / part).rglob("*.py")]
    found = {
        str(file.relative_to(ROOT))
        for file in files
        if any(_replacing(ast.parse(file.read_text())))
    }
    assert found == REPLACING.keys()
