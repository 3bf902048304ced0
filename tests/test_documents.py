"""Documents: every link leads somewhere, and every command named exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md")})
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)[^)]*\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """Return the anchors GitHub gives a document's headings."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text))
    return {heading.replace(" ", "-") for heading in plain}


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_lead_somewhere(document: Path) -> None:
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
def test_commands_named_exist(document: Path) -> None:
    """Every `make` target and every `hostwatch` command that a document names is there."""
    from agents import cli

    text = document.read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = {module.__name__.rpartition(".")[2] for module in cli._COMMANDS}
    commands = {"import" if name == "importer" else name for name in commands}
    for many in re.findall(
        r"\bmake ([a-z]+(?:\|[a-z]+)*)", "\n".join(re.findall(r"`[^`]+`", text))
    ):
        assert set(many.split("|")) <= targets, many
    for name in re.findall(r"`(?:\.venv/bin/)?hostwatch ([a-z]+)", text):
        assert name in commands, name
