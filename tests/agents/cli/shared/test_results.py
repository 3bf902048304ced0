"""A result goes to the file that was named, or to standard output."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from agents.cli import run
from agents.cli.shared.results import wrapping_table, write_json, write_result
from agents.errors import UserError


def test_it_is_written_byte_for_byte(tmp_path: Path, capfdbinary) -> None:
    """Whatever it holds; `-` is standard output."""
    text = b'{"a": "\xc3\xa9"}\n'
    write_result(str(tmp_path / "out.json"), text)
    write_result("-", text)
    assert (tmp_path / "out.json").read_bytes() == text == capfdbinary.readouterr().out


def test_json_is_for_persons_and_scripts(tmp_path: Path) -> None:
    """Indented, with an end of line, and the same when it is read again."""
    found = [{"month": "2026-03", "held": 1}]
    write_json(str(tmp_path / "out.json"), found)
    text = (tmp_path / "out.json").read_text()
    assert (json.loads(text), text.endswith("]\n"), len(text.splitlines())) == (found, True, 6)


def test_a_file_that_cannot_be_written_is_a_user_s_mistake(tmp_path: Path) -> None:
    """One line that names it."""
    out = tmp_path / "none" / "out.json"
    with pytest.raises(UserError, match="cannot be written"):
        write_result(str(out), b"")


@pytest.mark.parametrize(
    "command",
    [
        "demo --for 30s --json",
        "import records.jsonl --hotline north --json",
        "replay --urlhaus dump.csv --json",
        "simulate --json",
        "load --rate 1/s --for 1s --json",
        "verify --json",
        "registry suggest --json",
        "cases list --out",
        "hoster link list --json",
        "order list --json",
        "doctor --json",
        "registry show --json",
        "decide list --json",
        "skip list --json",
        "keys list --json",
        "keys audit --json",
        "keys person list --json",
        "topics plan --json",
        "topics acls --json",
        "kafka status --json",
    ],
)
def test_a_command_whose_result_has_no_place_does_no_work(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before it begins, it names what cannot be written in one line."""
    out = tmp_path / "none" / "out.json"
    assert run([*command.split(), str(out)]) == 2
    assert capsys.readouterr().err == f"hostwatch: {out} cannot be written\n"


@pytest.mark.parametrize("keys", [b'{"v":2,"master":"AA=="}', b"-----BEGIN PRIVATE KEY-----\n"])
def test_no_key_is_replaced_by_a_result(tmp_path: Path, keys: bytes) -> None:
    """Nobody could make it anew; what is no key is replaced."""
    out = tmp_path / "keys.json"
    out.write_bytes(keys)
    with pytest.raises(UserError, match="holds keys"):
        write_result(str(out), b"{}")
    assert out.read_bytes() == keys
    out.write_bytes(b"[]")
    write_result(str(out), b"{}")
    assert out.read_bytes() == b"{}"


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_table_shows_all_of_each_value(columns: int, capsys: pytest.CaptureFixture[str]) -> None:
    """On a narrow terminal, too: the id in one piece, the rest over as many lines as it takes."""
    table = wrapping_table("id", "what", "how")
    table.add_row("0123456789abcdef", "b" * 50, "x" * 20)
    Console(width=columns).print(table)
    printed = capsys.readouterr().out
    assert "0123456789abcdef" in printed
    assert (printed.count("b") - 1, printed.count("x")) == (50, 20)
