"""Documents: links lead somewhere, commands exist, tables say what the code says."""

import os
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from agents.config import Settings
from agents.edges.metrics.figures.__main__ import rewritten
from schemas.closed_lists import CaseClass, Quarantine
from schemas.topics import TOPICS
from streams.probe.gate import DENIED_V4, DENIED_V6

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md")})
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)[^)]*\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
README_LINES_MAX = 150
FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """Return the anchors GitHub gives a document's headings."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text))
    return {heading.replace(" ", "-") for heading in plain}


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_of_a_document_finds_its_target(document: Path) -> None:
    """A link to a file of the repository, or to a heading of one, finds it."""
    for link in LINK.findall(FENCE.sub("", document.read_text())):
        if re.match(r"[a-z]+:", link):  # another site; nothing is contacted from a test
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), f"{link}: no such file"
        assert target.is_relative_to(ROOT), f"{link}: outside the repository"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(FENCE.sub("", target.read_text())), f"{link}: no such heading"


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_that_a_document_names_is_there(document: Path) -> None:
    """Every `make` target and every `hostwatch` command that a document names is there."""
    from agents import cli

    text = document.read_text()
    targets = set(
        re.findall(r"^([a-z]+(?:-[a-z]+)*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    )
    commands = {module.__name__.rpartition(".")[2] for module in cli._COMMANDS}
    commands = {"import" if name == "importer" else name for name in commands}
    inline = re.findall(r"`[^`]+`", FENCE.sub("", text))
    code = "\n".join([*inline, *FENCE.findall(text)])
    for many in re.findall(r"\bmake ([a-z]+(?:[|-][a-z]+)*)", code):
        assert set(many.split("|")) <= targets, many
    for name in re.findall(r"`(?:\.venv/bin/)?hostwatch ([a-z]+)", text):
        assert name in commands, name


def first_cells(document: str, heading: str) -> list[list[str]]:
    """Return the rows of the first table under a heading, cell by cell, without its head."""
    text = (ROOT / document).read_text().split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def settings_of(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Give every setting by its dotted name with its default."""
    for name, field in model.model_fields.items():
        item = next(iter(get_args(field.annotation)), None)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings_of(field.annotation, f"{prefix}{name}.")
        elif isinstance(item, type) and issubclass(item, BaseModel):
            yield from settings_of(item, f"{prefix}{name}[].")
        else:
            yield f"`{prefix}{name}`", "required" if field.is_required() else field.default


def as_text(default: Any) -> str:
    """Write a default as the table does."""
    if default is None or default in {(), ""}:
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, tuple):
        return f"`[{', '.join(map(str, default))}]`"
    if isinstance(default, float):
        return f"`{default:g}`"
    return default if default == "required" else f"`{default}`"


def test_every_setting_is_described_with_its_default() -> None:
    """The operator's table of settings has each setting once, and its default is the code's."""
    written = {row[0]: row[1] for row in first_cells("docs/operator.md", "Settings")}
    assert written == {name: as_text(default) for name, default in settings_of(Settings)}


def test_every_metric_is_described() -> None:
    """The table of metrics is made from the register, which has each metric once."""
    text = (ROOT / "docs" / "operator.md").read_text()
    assert [row[0] for row in first_cells("docs/operator.md", "Metrics")][:1] == [
        "`hostwatch_open_cases`"
    ]
    assert rewritten(text) == text, "run python -m agents.edges.metrics.figures"


@pytest.mark.parametrize(
    ("document", "heading", "closed"),
    [
        ("docs/operator.md", "Quarantine", Quarantine),
        ("docs/measurement.md", "Classes", CaseClass),
    ],
)
def test_closed_lists_are_described_whole(document: str, heading: str, closed: type[Enum]) -> None:
    """Each value of a closed list has its row, in the order of the list."""
    written = [row[0] for row in first_cells(document, heading)]
    assert written == [f"`{member.value}`" for member in closed]


def test_the_gates_tables_are_written_down() -> None:
    """Lawyers read which ranges are never connected to: all of them, in the order of the code."""
    rows = first_cells("docs/probing.md", "Where it may go")
    written = [row[0] for row in rows if re.fullmatch(r"[0-9a-f:.]+/[0-9]+", row[0])]
    assert written == [str(network) for network in (*DENIED_V4, *DENIED_V6)]


def test_every_topic_is_on_the_map() -> None:
    """The map lists each topic with its key, in the order of the topic table."""
    written = [row[:2] for row in first_cells("ARCHITECTURE.md", "Topics")]
    assert written == [[f"`{t.name.replace('{id}', '<id>')}`", t.key] for t in TOPICS]


def test_the_map_says_who_writes_a_topic() -> None:
    """By the table of topics; of a reserved one the map says that nothing writes it."""
    written = [row[3] for row in first_cells("ARCHITECTURE.md", "Topics")]
    assert written == [", ".join(t.writers) for t in TOPICS]


def test_files_on_the_map_exist() -> None:
    """Each file or folder of the tree that the map names in code type is there."""
    text = FENCE.sub("", (ROOT / "ARCHITECTURE.md").read_text())
    named_files = re.findall(r"`((?:schemas|streams|agents|sim|deploy|tests|docs)/[^`<]*)`", text)
    assert named_files
    assert [name for name in named_files if not (ROOT / name).exists()] == []


def test_the_layout_in_the_readme_is_the_tree() -> None:
    """The README's layout names exactly the folders that stand at the top of the tree."""
    block = (ROOT / "README.md").read_text().split("\n## Layout\n", 1)[1]
    lines = FENCE.findall(block)[0].splitlines()[1:-1]
    written = {line.split()[0].rstrip("/") for line in lines}
    folders = {p.name for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith(".")}
    assert written == folders - {"dist", "__pycache__"}


def test_the_example_settings_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings file that a newcomer copies is read without a complaint, every key of it."""
    for variable in [name for name in os.environ if name.startswith("HOSTWATCH_")]:
        monkeypatch.delenv(variable)
    settings = Settings.load(ROOT / "deploy" / "hostwatch.example.toml")
    assert len(settings.vantages) == 2
    assert any(not vantage.announced for vantage in settings.vantages)
    assert Settings().kafka.bootstrap is None  # a file read once speaks for nobody else


def test_each_document_is_found_from_the_readme() -> None:
    """Each document of docs/ has a link in the README, which says whom it is for."""
    links = set(LINK.findall((ROOT / "README.md").read_text()))
    documents = {named(file) for file in ROOT.glob("docs/*.md")}
    assert {one for one in documents if one not in links} == set()


def test_the_readme_is_short() -> None:
    """A newcomer reads it whole: it has at most 150 lines."""
    assert len((ROOT / "README.md").read_text().splitlines()) <= README_LINES_MAX
