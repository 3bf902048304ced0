"""No pattern of the product reads other characters than the ASCII it was written for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = [
    file
    for package in ("schemas", "streams", "agents", "verify", "sim")
    for file in ROOT.glob(f"{package}/**/*.py")
]
CALLS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
CLASSES = re.compile(r"(?<!\\)(?:\\\\)*\\[wWdDsSbB]", re.ASCII)
FOLDING = {"I", "IGNORECASE"}
PLAIN = {"A", "ASCII"}
DIGITS = {"isdigit", "isdecimal", "isnumeric"}


def faults(source: str) -> Iterator[tuple[int, str]]:
    """Give line and fault of every pattern or test of digits that means more than ASCII."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        called = node.func
        if called.attr in DIGITS and not _is_ascii_said(ast.unparse(called.value), source):
            yield node.lineno, "digits of every script"
        if isinstance(called.value, ast.Name) and called.value.id == "re" and called.attr in CALLS:
            yield from _of_pattern(node)


def _is_ascii_said(subject: str, source: str) -> bool:
    return f"{subject}.isascii()" in source


def _of_pattern(call: ast.Call) -> Iterator[tuple[int, str]]:
    texts = [one.value for one in ast.walk(call.args[0]) if isinstance(one, ast.Constant)]
    if any(isinstance(text, bytes) for text in texts):
        return  # bytes are folded and classed as ASCII
    flags = {
        one.attr
        for part in (*call.args[1:], *(keyword.value for keyword in call.keywords))
        for one in ast.walk(part)
        if isinstance(one, ast.Attribute)
    }
    if flags & PLAIN:
        return
    said = "".join(text for text in texts if isinstance(text, str))
    if flags & FOLDING or "(?i" in said:
        yield call.lineno, "letters that fold to ASCII"
    if CLASSES.search(said):
        yield call.lineno, "classes of all Unicode"


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("re.compile('[a-z]', re.IGNORECASE)", 1),
        ("re.compile('[a-z]', re.ASCII | re.I)", 0),
        ("re.compile('(?i)[a-z]')", 1),
        ("re.compile(b'[a-z]', re.IGNORECASE)", 0),
        (r"re.sub(r'\d+', '', text)", 1),
        (r"re.sub(r'\\d+', '', text)", 0),
        (r"re.search(rf'{a}\w', text, flags=re.A)", 0),
        ("text.isdigit()", 1),
        ("text.isascii() and text.isdigit()", 0),
    ],
)
def test_a_fault_is_found(source: str, count: int) -> None:
    """The check below sees each kind of fault, and nothing else."""
    assert len(list(faults(source))) == count


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_pattern_that_names_a_class_says_that_it_means_ascii(file: Path) -> None:
    """What ignores case, or names a class, says that it means ASCII; bytes do so by themselves."""
    assert list(faults(file.read_text())) == []
