"""Words a user meets: one word for one thing, in sentences that need no second reading.

docs/glossary.md has the words. What a user meets are documents, pages, dashboards, the help of
commands and metrics, the texts of alerts, and messages in the code. Who reads the code meets
docstrings, comments and names.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pytest
import typer
import yaml
from sentences import sentences, too_long
from texts import dashboard_texts, helps, parts_of, texts_in, texts_of
from typer.core import TyperGroup

from agents import cli
from agents.edges.metrics.figures.catalogue import METRICS

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted(
    {
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("deploy/**/*.md"),
    }
    - {ROOT / "CHANGELOG.md"}  # it tells of past changes in the words of their time
)
GLOSSARY = ROOT / "docs" / "glossary.md"
TEMPLATES = sorted(ROOT.glob("agents/edges/**/templates/*.html"))
RULES = sorted(ROOT.glob("deploy/prometheus/rules/*.yml"))
DASHBOARDS = sorted(ROOT.glob("deploy/grafana/dashboards/*.json"))

ALLOWED: Final = re.compile(
    r"\bhosting (company|companies)\b"  # what a hoster is
    r"|\blook(s|ed)?[ -]ups?\b|\blookups?\b"  # DNS and address databases
    r"|\blook(s|ed)? (like|alike|as if)\b|\blook(s|ed) for\b"
    r"|(?<!\ba )(?<!\bone )(?<!\bthe )(?<!\beach )(?<!\bno )(?<!\bnext )(?<!\bfirst )"
    r"\blook (first at|at|for|after|into|whether|where)\b"  # a verb: what a person is told to do
    r"|\bwhere to look\b",
    re.IGNORECASE,
)
OLD: Final = {
    r"\b(company|companies)\b": "hoster",
    r"\blook(s|ed)?\b": "probe (the act) or observation (its record)",
    r"\b(sight|sights)\b": "observation or sighting",
    r"\bproviders?\b": "hoster",
    r"\btakedowns?\b": "removal",
}
"""A word that is not used for what another word means, and that word."""

OLD_NAMES: Final = re.compile(
    r"(^|_)(look|looks|sight|sights)(_|$)|(^|_)(Looks?|Sights?|Item)([A-Z_]|$)|[a-z](Looks?|Sights?)"
    r"([A-Z]|$)|(^|_)(LOOKS?|SIGHTS?)(_|$)"
)
"""Words of names for which the glossary has another: probe or observation, entry of a timeline."""

VAGUE_CLASSES: Final = {
    *("Alike", "Atlas", "Bag", "Beside", "Desk", "Gazette", "House", "Item", "Kind", "Part"),
    *("Past", "Place", "Row", "Seen", "Stay", "Teller", "Want", "Witness"),
}
"""Names of classes that a reader cannot guess: each has meant two things or more, or none. A class
is called by what it holds, such as `ResourceType`, `FieldRow` or `AvailabilitySpell`."""

HISTORIES: Final = (
    r"^(tests/)?(schemas/records/(test_)?history|streams/history/)|^tests/support/histories/"
)
"""Where events have the names of the form that `hostwatch judge` reads."""

KEPT_NAMES: Final = {"requests_per_look", "Item"}
"""An option of a command, and what pytest calls a test."""

ARGUMENTS: Final = re.compile(r"^\s+\w+(, \w+)*: ", re.MULTILINE)
"""Names of arguments and attributes at the beginning of a docstring's lines: they are code."""

FIELDS: Final = re.compile(r"\n\s*(Args|Returns|Yields|Raises|Attributes):\n.*", re.DOTALL)
"""What follows the text of a docstring: a list of fields is no sentence."""

SECTION: Final = re.compile(
    r"(docs/[a-z]+\.md|ARCHITECTURE\.md|deploy/runbook\.md), "
    r"([A-Z][A-Za-z',-]*(?: (?!and [A-Z])[A-Za-z',-]+)*)(?: and ([A-Z][a-z ]+))?"
)
"""A section that a comment points to: the document and its heading."""

SETTINGS: Final = (".conf", ".sh", ".toml", ".yaml", ".yml")
"""Files below deploy/ whose comments begin with `#`."""

LONG_SENTENCES: Final[dict[str, int]] = {}
"""Texts that have sentences of more than 28 words, with how many: it only gets shorter."""


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def old_words(text: str) -> list[str]:
    """Return the words of a text that the glossary has another word for, each with that word."""
    plain = ALLOWED.sub("", re.sub(r"`[^`]*`", "", text))
    return [
        f"{found[0]}: say {better}"
        for old, better in OLD.items()
        for found in re.finditer(old, plain, re.IGNORECASE)
    ]


def old_names(names: Iterable[str]) -> set[str]:
    """Return the names that hold an old word; names of tests are sentences and left out."""
    return {n for n in names if OLD_NAMES.search(n) and not n.startswith("test_")} - KEPT_NAMES


def prose(document: Path) -> str:
    """Return what a document says, without code; the glossary without the words it forbids."""
    text = document.read_text(encoding="utf-8")
    if document == GLOSSARY:
        lines = (re.sub(r"\|[^|]*\|$", "|", line) for line in text.splitlines())
        text = "\n".join(lines)
    return "\n".join(sentences(text))


def alert_texts() -> Iterator[tuple[str, str]]:
    """Yield summary and description of every alert, with what is filled in as one word."""
    for file in RULES:
        for group in yaml.safe_load(file.read_text())["groups"]:
            for rule in group["rules"]:
                for part in ("summary", "description"):
                    if text := rule.get("annotations", {}).get(part):
                        yield rule["alert"], re.sub(r"\{\{.*?\}\}", "VALUE", text)


def root() -> TyperGroup:
    """Return the command `hostwatch`."""
    command = typer.main.get_command(cli.app)
    assert isinstance(command, TyperGroup)
    return command


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_documents_use_one_word_for_one_thing(document: Path) -> None:
    """No document calls a hoster or a probe by another word."""
    assert old_words(prose(document)) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_sentences_of_documents_are_short(document: Path) -> None:
    """No sentence has more than 28 words, but for those that are still counted."""
    found = too_long(document.read_text(encoding="utf-8"))
    assert len(found) == LONG_SENTENCES.get(named(document), 0), found


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_pages_use_one_word_for_one_thing(template: Path) -> None:
    """What a page says, its names for screen readers included."""
    text = re.sub(r"\{[%#].*?[%#]\}|\{\{.*?\}\}", " ", template.read_text(), flags=re.DOTALL)
    labels = re.findall(r'aria-label="([^"]*)"', text)
    shown = html.unescape(re.sub(r"<[^>]*>", " ", text))
    assert old_words("\n".join([shown, *labels])) == []


def test_help_of_commands_and_metrics_is_plain() -> None:
    """One word for one thing, and short sentences."""
    texts = [*helps(root()), *((metric.name, metric.help) for metric in METRICS)]
    assert [(n, found) for n, text in texts if (found := old_words(text))] == []
    assert [(n, found) for n, text in texts if (found := too_long(text))] == []


def test_a_metric_s_help_stands_alone() -> None:
    """No help begins with a word that points to another metric's."""
    pointing = re.compile(r"(Those|These|They|Them|It|The same|Of them|And)\b")
    assert [metric.name for metric in METRICS if pointing.match(metric.help)] == []


def test_texts_of_alerts_use_one_word_for_one_thing() -> None:
    """One word for one thing, and short sentences."""
    texts = list(alert_texts())
    assert texts
    assert [(n, found) for n, text in texts if (found := old_words(text))] == []
    assert [(n, found) for n, text in texts if (found := too_long(text))] == []


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=named)
def test_dashboards_use_one_word_for_one_thing(dashboard: Path) -> None:
    """Titles, legends and explanations."""
    texts = list(dashboard_texts(json.loads(dashboard.read_text())))
    assert [(text, found) for text in texts if (found := old_words(text))] == []


@pytest.mark.parametrize("folder", ["agents", "streams", "sim"])
def test_messages_use_one_word_for_one_thing(folder: str) -> None:
    """Errors, log lines, findings and tables that the code prints."""
    wrong = [
        (named(file), found)
        for file in sorted((ROOT / folder).rglob("*.py"))
        for text in texts_of(file).messages
        if (found := old_words(text))
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", ["schemas", "streams", "agents", "verify", "sim", "tests"])
def test_docstrings_and_comments_use_one_word_for_one_thing(folder: str) -> None:
    """Who reads the code meets the words of the glossary."""
    wrong = [
        (named(file), found)
        for file in sorted((ROOT / folder).rglob("*.py"))
        for text in texts_of(file).remarks
        if (found := old_words(ARGUMENTS.sub("", text)))
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", ["schemas", "streams", "agents", "verify", "sim", "tests"])
def test_sentences_of_docstrings_are_short(folder: str) -> None:
    """No sentence and no part of one, up to a colon or semicolon, has more than 28 words."""
    wrong = [
        (named(file), found)
        for file in sorted((ROOT / folder).rglob("*.py"))
        for text in texts_of(file).remarks
        if not text.startswith("#") and (found := too_long(parts_of(FIELDS.sub("", text))))
    ]
    assert wrong == []


def test_comments_of_settings_and_rules_use_one_word_for_one_thing() -> None:
    """An operator who copies a file of settings meets the words of the documents."""
    files = [file for file in (ROOT / "deploy").rglob("*") if file.suffix in SETTINGS]
    comment = re.compile(r"(?:^|\s)#\s(.*)", re.MULTILINE)
    wrong = [
        (named(file), found)
        for file in sorted(files)
        if (found := old_words("\n".join(comment.findall(file.read_text(encoding="utf-8")))))
    ]
    assert files
    assert wrong == []


def test_names_of_tests_use_one_word_for_one_thing() -> None:
    """A name is the law in short: who reads the list of tests reads the words of the glossary."""
    wrong = [
        (named(file), name)
        for file in sorted((ROOT / "tests").rglob("test_*.py"))
        for name in texts_of(file).tests
        if old_words(name.replace("_", " ")) or re.search("(short|long)_way", name)
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", ["schemas", "streams", "agents", "verify", "sim", "tests"])
def test_names_in_the_code_use_one_word_for_one_thing(folder: str) -> None:
    """A probe, its observation and what a case is judged by are called so, but in histories."""
    wrong = [
        (named(file), sorted(found))
        for file in sorted((ROOT / folder).rglob("*.py"))
        if not re.search(HISTORIES, named(file))
        if (found := old_names(texts_of(file).names))
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", ["schemas", "streams", "agents", "verify", "sim", "tests"])
def test_a_class_is_called_by_what_it_holds(folder: str) -> None:
    """No class has a name that means several things, not even a private one."""
    wrong = [
        (named(file), sorted(found))
        for file in sorted((ROOT / folder).rglob("*.py"))
        if (found := {name for name in texts_of(file).classes if name.lstrip("_") in VAGUE_CLASSES})
    ]
    assert wrong == []


def test_classes_and_aliases_are_found() -> None:
    """A class within a function too; a variable is none."""
    source = "def f():\n class _Row: pass\nPart: TypeAlias = int\nKind: int = 1"
    assert sorted(texts_in(source).classes) == ["Part", "_Row"]


@pytest.mark.parametrize(
    ("name", "old"),
    [
        ("_Look", True),
        ("NO_LOOK", True),
        ("last_look_ms", True),
        ("TrackLooks", True),
        ("Sight", True),
        ("lookups", False),
        ("Sighting", False),
        ("items", False),
    ],
)
def test_an_old_name_is_found_as_a_word_of_a_name(name: str, old: bool) -> None:
    """A word within another is none."""
    assert bool(OLD_NAMES.search(name)) is old


@pytest.mark.parametrize(
    ("text", "old"),
    [
        ("Admits one look at a time.", True),
        ("The next look at the page.", True),
        ("Look at the log.", False),
        ("One of these: look for the newest.", False),
    ],
)
def test_the_noun_is_found_and_the_verb_is_not(text: str, old: bool) -> None:
    """A person is told to look at something; the noun is another word for a probe."""
    assert bool(old_words(text)) is old


@pytest.mark.parametrize("folder", ["schemas", "streams", "agents", "verify", "sim", "tests"])
def test_rules_that_the_code_points_to_are_in_the_repository(folder: str) -> None:
    """No docstring names a section of a document that a reader of the repository does not have."""
    for file in sorted((ROOT / folder).rglob("*.py")):
        for text in texts_of(file).remarks:
            assert not re.search(r"\bDESIGN (section )?[0-9]", text), named(file)
            plain = " ".join(line.strip(" #") for line in text.splitlines())
            for document, *headings in SECTION.findall(plain):
                known = re.findall(r"^#+ (.+)$", (ROOT / document).read_text(), re.MULTILINE)
                for heading in filter(None, headings):
                    assert any(heading.startswith(one) for one in known), (named(file), heading)


def test_the_glossary_forbids_what_is_held_to() -> None:
    """Each word that is looked for stands in the glossary as one not to say."""
    rows = [line for line in GLOSSARY.read_text().splitlines() if line.startswith("| ")]
    forbidden = " ".join(row.strip("| ").split("|")[-1] for row in rows)
    for old in OLD:
        assert re.search(old, forbidden), old
