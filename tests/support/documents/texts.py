"""Reads what a module, a dashboard or a command says to a person."""

import ast
import io
import re
import tokenize
from collections.abc import Container, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from typer.core import TyperGroup


def helps(group: TyperGroup) -> Iterator[tuple[str, str]]:
    """Yield the help of every command and option by its name."""
    for name, command in group.commands.items():
        yield name, command.help or ""
        for parameter in command.params:
            yield f"{name} {parameter.name}", getattr(parameter, "help", None) or ""
        if isinstance(command, TyperGroup):
            yield from helps(command)


def dashboard_texts(node: Any) -> Iterator[str]:
    """Yield titles and descriptions of a dashboard."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"title", "description", "content", "legendFormat"} and value:
                yield str(value)
            else:
                yield from dashboard_texts(value)
    elif isinstance(node, list):
        for one in node:
            yield from dashboard_texts(one)


class ModuleTexts(NamedTuple):
    """What a module says and how it calls things.

    Attributes:
        messages: its texts of several words that are no docstring.
        remarks: its docstrings and comments.
        names: the names of its code.
        classes: the names of its classes and type aliases.
        tests: the names of its tests.
    """

    messages: Sequence[str]
    remarks: Sequence[str]
    names: frozenset[str]
    classes: Sequence[str]
    tests: Sequence[str]


@cache
def texts_of(file: Path) -> ModuleTexts:
    """Read a module once for all laws that ask: that takes longer than each of them."""
    return texts_in(file.read_text(encoding="utf-8"))


def texts_in(source: str) -> ModuleTexts:
    """Return what a module's source says and how it calls things."""
    said, constants = set(), []
    classes, tests = [], []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            said.add((node.value.lineno, node.value.col_offset))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            constants.append(node)
        elif isinstance(node, ast.ClassDef):
            classes.append(node.name)
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
            classes.append(ast.unparse(node.target))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            tests += [node.name] if node.name.startswith("test_") else []
    messages = [
        str(one.value)
        for one in constants
        if (one.lineno, one.col_offset) not in said and " " in str(one.value).strip()
    ]
    return ModuleTexts(messages, *_tokens(source, said), classes, tests)


def _tokens(source: str, said: Container[tuple[int, int]]) -> tuple[Sequence[str], frozenset[str]]:
    """Return the docstrings and comments of a source, and its names.

    Args:
        source: the source.
        said: where its docstrings begin: line and column.
    """
    remarks, names = [], set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        bare = token.type == tokenize.STRING and token.start in said
        if bare or token.type == tokenize.COMMENT:
            remarks.append(token.string)
        elif token.type == tokenize.NAME:
            names.add(token.string)
    return remarks, frozenset(names)


def parts_of(text: str) -> str:
    """Return a text whose sentences end at colons and semicolons, too."""
    return re.sub(r"[:;]\s", ".\n\n", text)
