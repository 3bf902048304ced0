"""Few lints are silenced, and each that is says why."""

import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("schemas", "streams", "agents", "verify", "sim", "deploy", "tests")
SILENCED_MAX = 100
"""Comments and, for folders, codes: each is a place where no tool watches."""

SILENCES = re.compile(r"#\s*(?:noqa\b|type:\s*ignore\b|fmt:\s*(?:off|skip)\b)", re.ASCII)
MARK = re.compile(
    r"#\s*(?:noqa(?::\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*)?"
    r"|type:\s*ignore(?:\[[a-z, -]+\])?|fmt:\s*(?:off|skip))",
    re.ASCII,
)
BARE = re.compile(r"#\s*(?:noqa(?!:)|type:\s*ignore(?!\[))", re.ASCII)


def silences(source: str) -> Iterator[tuple[int, str]]:
    """Give line and text of every comment that silences a tool.

    `fmt: off` has to stand alone, so the text of it is that of the comment in the line above.
    """
    above = {0: ""}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            line, text = token.start[0], token.string
            if SILENCES.search(text):
                yield line, text if text != "# fmt: off" else above.get(line - 1, text)
            above[line] = text


def reason(comment: str) -> str:
    """Return what a comment says beside the marks that silence."""
    return MARK.sub("", comment).strip(" #-")


def places() -> Iterator[tuple[str, str]]:
    """Give place and comment of everything that is silenced in the code."""
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            for line, comment in silences(text) if SILENCES.search(text) else ():
                yield f"{file.relative_to(ROOT)}:{line}", comment


def caught_whole() -> Iterator[tuple[str, str]]:
    """Give place and text of every line that catches what ends from outside: cancels, Ctrl-C."""
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                if re.match(r"\s*except BaseException\b", line):
                    yield f"{file.relative_to(ROOT)}:{number}", line


def whole_files() -> list[str]:
    """Return file pattern and code of everything that is silenced for whole files."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    ignored = settings["tool"]["ruff"]["lint"]["per-file-ignores"]
    return [f"{pattern}: {code}" for pattern, codes in ignored.items() for code in codes]


def test_few_lints_are_silenced() -> None:
    """A new one takes the place of an old one."""
    found = [*(place for place, _ in places()), *whole_files()]
    assert len(found) <= SILENCED_MAX, found


def test_each_silenced_lint_says_why() -> None:
    """A comment names the code it silences, and gives its reason."""
    assert [place for place, comment in places() if not reason(comment)] == []
    assert [place for place, comment in places() if BARE.search(comment)] == []


def test_whoever_catches_a_cancel_says_why() -> None:
    """`except BaseException` has a comment in its line; it is what no tool asks a reason of."""
    found = list(caught_whole())
    assert found
    assert [place for place, line in found if not line.partition("#")[2].strip()] == []


def test_each_for_whole_files_says_why() -> None:
    """Every line of codes in the settings has its reason behind it."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    table = text.partition("[tool.ruff.lint.per-file-ignores]\n")[2].partition("\n[")[0]
    lines = [line for line in table.splitlines() if re.search(r'"[A-Z]+[0-9]*"', line)]
    assert lines
    assert [line for line in lines if not line.partition("#")[2].strip()] == []


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("# noqa: S603 - fixed arguments", "fixed arguments"),
        ("# type: ignore[arg-type]  # None = no log", "None = no log"),
        ("# one row a line # fmt: skip", "one row a line"),
        ("# noqa: ASYNC110, S311", ""),
        ("# fmt: skip", ""),
    ],
)
def test_a_reason_is_what_stands_beside_the_mark(comment: str, why: str) -> None:
    """Marks and codes are no reason."""
    assert list(silences(f"x = 1  {comment}\n")) == [(1, comment)]
    assert reason(comment) == why


def test_a_text_is_no_comment() -> None:
    """What looks like a mark within a string silences nothing."""
    assert list(silences('x = "# noqa: S603"\n')) == []
