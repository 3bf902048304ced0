"""Reads what a module, a dashboard or a command says to a person."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
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


def messages(file: Path) -> Iterator[str]:
    """Yield the texts in a module that have several words and are no docstring or comment."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    said = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if text and id(node) not in said and " " in node.value.strip():
            yield node.value


class Tokens(NamedTuple):
    """What several laws ask of a module: its docstrings and comments, and the names of its code."""

    remarks: tuple[str, ...]
    names: frozenset[str]


@cache
def tokens_of(file: Path) -> Tokens:
    """Read a module's tokens, once for all who ask: it takes longer than each law."""
    source = file.read_text(encoding="utf-8")
    said = {
        (node.value.lineno, node.value.col_offset)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    remarks, names = [], set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        bare = token.type == tokenize.STRING and token.start in said
        if bare or token.type == tokenize.COMMENT:
            remarks.append(token.string)
        elif token.type == tokenize.NAME:
            names.add(token.string)
    return Tokens(tuple(remarks), frozenset(names))


def remarks(file: Path) -> Sequence[str]:
    """Return the docstrings and comments of a module."""
    return tokens_of(file).remarks


def parts_of(text: str) -> str:
    """Return a text whose sentences end at colons and semicolons, too."""
    return re.sub(r"[:;]\s", ".\n\n", text)


def identifiers(file: Path) -> frozenset[str]:
    """Return the names that a module's code has."""
    return tokens_of(file).names


def classes(source: str) -> Iterator[str]:
    """Yield the names of the classes and type aliases of a module's source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
            yield ast.unparse(node.target)


def names_of_tests(file: Path) -> Iterator[str]:
    """Yield the names of the tests of a module."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        test = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if test and node.name.startswith("test_"):
            yield node.name
