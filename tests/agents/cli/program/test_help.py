"""The help of each command: what it does, an example that parses, and its exit codes."""

import re
import shlex
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.testing import CliRunner

from agents import cli

SUMMARY_MAX = 93
"""Characters of the line that the list of commands shows."""


def commands(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command, groups left out."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


def found(path: tuple[str, ...]) -> TyperCommand:
    """Return a command by its words."""
    command: object = ROOT
    for name in path:
        assert isinstance(command, TyperGroup)
        command = command.commands[name]
    assert isinstance(command, TyperCommand)
    return command


ROOT = typer.main.get_command(cli.app)
assert isinstance(ROOT, TyperGroup)
ALL = list(commands(ROOT))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_a_command_says_what_it_does_how_it_is_called_and_how_it_ends(
    path: tuple[str, ...],
) -> None:
    """The help has a sentence on what it does, an example and every exit code."""
    summary, *rest = (found(path).help or "").split("\n\n")
    assert summary.endswith("."), "the first sentence says what the command does"
    assert len(summary) <= SUMMARY_MAX
    assert sum(one.startswith("Example: ") for one in rest) == 1
    codes = [one for one in rest if one.startswith("Exit codes: 0 ")]
    assert len(codes) == 1
    assert re.search(r"; 2 a mistake, named in one line[;.]", " ".join(codes[0].split()))


def test_the_program_itself_says_how_it_ends() -> None:
    """`hostwatch --help` has an example and the exit codes that all commands share."""
    assert "Example: hostwatch demo" in (ROOT.help or "")
    assert all(f"{code} " in (ROOT.help or "") for code in (0, 1, 2, 70, 74, 78, 130))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_the_example_of_each_command_parses(path: tuple[str, ...]) -> None:
    """The example names the command itself, and each of its options and arguments exists."""
    (line,) = re.findall(
        r"^Example: (.*?)(?:\n\n|\Z)", found(path).help or "", re.MULTILINE | re.DOTALL
    )
    words = shlex.split(" ".join(line.split()))
    assert tuple(words[: len(path) + 1]) == ("hostwatch", *path)
    command = found(path)
    context = command.make_context(path[-1], words[len(path) + 1 :], resilient_parsing=False)
    assert context.params is not None


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_option_says_what_it_is_for(path: tuple[str, ...]) -> None:
    """No option stands in the list without a word."""
    for parameter in found(path).params:
        if isinstance(parameter, TyperOption):
            assert parameter.help, parameter.name


def letters(text: str) -> str:
    """Return what a person reads of a text, without blanks, marks of code and drawn lines."""
    return re.sub(r"[^\x21-\x7e]|`", "", text)


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_the_terminal_shows_every_word(path: tuple[str, ...]) -> None:
    """Nothing of a text is taken for a mark-up and left out, such as a word in brackets."""
    wide = {"COLUMNS": "4000", "TERM": "dumb"}
    shown = letters(CliRunner().invoke(cli.app, [*path, "--help"], env=wide).output)
    command = found(path)
    texts = [p.help or "" for p in command.params if isinstance(p, TyperOption | TyperArgument)]
    paragraphs = (command.help or "").split("\n\n") + texts
    assert [one for one in paragraphs if letters(one) not in shown] == []
