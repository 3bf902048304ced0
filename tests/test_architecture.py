"""What must be true of the repository as a whole."""

import ast
import importlib
import re
import tomllib
import zipfile
from collections import Counter, defaultdict
from email.parser import Parser
from itertools import combinations
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from agents.edges.files.shipped import shipped

ROOT = Path(__file__).parent.parent
PACKAGES = ("schemas", "streams", "agents", "verify", "sim")
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock")
STAGES = ("intake", "attribution", "schedule", "probe", "lifecycle", "feedback", "rollup")
MODULES_MAX = 15
LINES_MAX = 300
CROWDED = {"tests/bench/engine": 25}
"""Folders with more modules, and how many; a number here may only fall."""

RESTATED = {
    "verify": ("schemas", "streams"),
    "verify/method_9": ("verify/method_10",),
    "sim/memory/broker": ("agents/engine",),
}
"""Folders that state again what stands in others, in code of their own: a name means the same."""

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def pinned(lock: str) -> dict[str, str]:
    """Return the line of every package of a lock; a package may have one per Python version."""
    lines = re.findall(
        r"^([a-z0-9][a-z0-9._-]*)==(.*?) \\$", (ROOT / lock).read_text(), re.MULTILINE
    )
    assert lines
    return {f"{name} {rest}": name for name, rest in lines}


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_this_repository_s(package: str) -> None:
    """Tests run what stands here, not a package of the same name from elsewhere."""
    file = importlib.import_module(package).__file__
    assert file is not None
    assert Path(file).is_relative_to(ROOT)


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_index(lock: str) -> None:
    """A lock installs from whatever index the machine is set up for."""
    text = (ROOT / lock).read_text()
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash(lock: str) -> None:
    """Each entry is an exact version with at least one SHA-256."""
    entries = re.split(r"^(?=[a-z0-9])", (ROOT / lock).read_text(), flags=re.MULTILINE)[1:]
    assert entries
    assert all(re.match(r"[a-z0-9._-]+==\S+ .*\\\n +--hash=sha256:", entry) for entry in entries)


def test_locks_hold_what_pyproject_asks_for() -> None:
    """Every dependency, of the developers and of the bench too, is in its lock."""
    runtime = PYPROJECT["project"]["dependencies"]
    wanted = {
        "requirements.lock": runtime,
        "requirements-dev.lock": runtime + PYPROJECT["dependency-groups"]["dev"],
        "requirements-bench.lock": PYPROJECT["dependency-groups"]["bench"],
    }
    for lock, requirements in wanted.items():
        names = set(pinned(lock).values())
        asked = {re.split(r"[^A-Za-z0-9._-]", one)[0].lower() for one in requirements}
        assert asked <= names, f"run make lock: {asked - names}"


def test_the_runtime_lock_is_part_of_the_developers() -> None:
    """What is tested is what is installed: the same versions in both locks."""
    assert pinned("requirements.lock").keys() <= pinned("requirements-dev.lock").keys()


@pytest.mark.parametrize("stage", STAGES)
def test_stages_have_the_same_name_everywhere(stage: str) -> None:
    """A stage's rules, its work and the tests of both stand in folders of one name."""
    for package in ("streams", "agents/stages"):
        assert (ROOT / package / stage / "__init__.py").is_file()
        assert list((ROOT / "tests" / package / stage).rglob("test_*.py"))


def folders() -> dict[str, int]:
    """Return how many modules stand in each folder, `__init__` not counted."""
    files = [file for top in (*PACKAGES, "tests", "deploy") for file in ROOT.glob(f"{top}/**/*.py")]
    named = [file for file in files if file.name != "__init__.py"]
    return Counter(str(file.parent.relative_to(ROOT)) for file in named)


def test_no_folder_has_more_than_15_modules() -> None:
    """Nobody has to look for a module among more than 15."""
    crowded = {name: count for name, count in folders().items() if count > MODULES_MAX}
    assert crowded == CROWDED


def test_no_module_has_more_than_300_lines() -> None:
    """Nobody has to read more than 300 lines to know a module; dashboards are modules too."""
    files = [file for top in (*PACKAGES, "deploy") for file in ROOT.glob(f"{top}/**/*.py")]
    lines = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in files}
    assert lines
    assert {name: count for name, count in lines.items() if count > LINES_MAX} == {}


def types_named(tree: ast.Module) -> set[str]:
    """Return the public classes of a module, and its aliases of types: names like `TypeName`."""
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found |= {one.id for one in targets if isinstance(one, ast.Name)}
    return {name for name in found if re.fullmatch(r"[A-Z]+[a-z]\w*", name)}


def types() -> dict[str, list[Path]]:
    """Return the public types of the product by name, with the modules they stand in."""
    found: dict[str, list[Path]] = defaultdict(list)
    for file in (file for top in (*PACKAGES, "deploy") for file in ROOT.glob(f"{top}/**/*.py")):
        for name in types_named(ast.parse(file.read_text())):
            found[name].append(file.relative_to(ROOT))
    return found


def restates(second: Path, first: Path) -> bool:
    """Return whether a module lies where that is stated again which another one states."""
    return any(
        second.is_relative_to(folder) and first.is_relative_to(stated)
        for folder, others in RESTATED.items()
        for stated in others
    )


def test_the_name_of_a_type_means_one_thing() -> None:
    """Two public classes or aliases share a name only if one states again what the other one is."""
    found = types()
    assert found
    shared = {
        f"{name}: {one} and {other}"
        for name, files in found.items()
        for one, other in combinations(files, 2)
        if not restates(one, other) and not restates(other, one)
    }
    assert shared == set()


def without_test() -> set[str]:
    """Return the modules that have no test module of their own name in the mirror of the folder."""
    files = [
        file.relative_to(ROOT)
        for top in PACKAGES
        for file in ROOT.glob(f"{top}/**/*.py")
        if not file.name.startswith("__")
    ]
    return {
        str(file)
        for file in files
        if not (ROOT / "tests" / file.parent / f"test_{file.name}").is_file()
    }


def test_each_module_has_a_test_module_of_its_name() -> None:
    """Whoever changes a module finds its laws at once."""
    assert without_test() == set(), "write a test, or fold it into its neighbour"


def test_every_folder_says_what_it_may_import() -> None:
    """The docstring of a package inside another one says what it is for and what it may import."""
    silent = [
        str(file.parent.relative_to(ROOT))
        for top in PACKAGES
        for file in ROOT.glob(f"{top}/*/**/__init__.py")
        if not re.search(r"\b[Mm]ay import\b", ast.get_docstring(ast.parse(file.read_text())) or "")
    ]
    assert silent == []


def rooms_named(folder: Path) -> set[str]:
    """Return the rooms of `streams` that a folder, or one around it, says it may import."""
    found: set[str] = set()
    for around in (folder, *folder.parents[: len(folder.relative_to(ROOT).parts) - 1]):
        said = ast.get_docstring(ast.parse((around / "__init__.py").read_text())) or ""
        found |= {*re.findall(r"`streams(?:\.([a-z_]+))?", said.partition("ay import")[2])}
    return found


def rooms_imported(folder: Path) -> set[str]:
    """Return the rooms of `streams` that the modules of a folder import."""
    found: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "streams":
                found |= {one.name for one in node.names}
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("streams."):
                found.add(str(node.module).split(".")[1])
    return found


def test_what_a_folder_says_it_may_import_of_streams_is_true() -> None:
    """Whoever names rooms of `streams` names all that it imports; leaf modules need no name."""
    leaves = {file.stem for file in (ROOT / "streams").glob("*.py")}
    for file in [*ROOT.glob("streams/*/**/__init__.py"), *ROOT.glob("agents/*/**/__init__.py")]:
        folder = file.parent
        named = rooms_named(folder)
        if "" in named or not (named or folder.parent.name == "streams"):
            continue  # it may import all of `streams`, or names none of its rooms
        own = {folder.relative_to(ROOT).parts[1]} if folder.is_relative_to(ROOT / "streams") else {}
        assert rooms_imported(folder) - named - leaves <= {*own}, folder


def test_every_package_is_typed() -> None:
    """Each package says that its annotations may be relied on (PEP 561)."""
    assert all((ROOT / package / "py.typed").is_file() for package in PACKAGES)


def test_every_command_stands_in_its_module() -> None:
    """Each module of a command has `register`, and none is left out of the list."""
    from agents import cli

    listed = {module.__name__ for module in cli._COMMANDS}
    found = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for file in (ROOT / "agents" / "cli").rglob("*.py")
        if re.search(r"^def register\(", file.read_text(), re.MULTILINE)
    }
    assert listed == found


def test_the_licence_is_the_whole_text() -> None:
    """The licence file is the EUPL 1.2 itself, and the project says so."""
    text = (ROOT / "LICENSE").read_text()
    assert PYPROJECT["project"]["license"] == "EUPL-1.2"
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert text.index("15.Applicable Law") < text.rindex("Appendix")


def test_the_wheel_carries_what_the_program_reads(tmp_path: Path) -> None:
    """An installed wheel finds the files of deploy/ where `shipped` searches, and the schemas."""
    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    with zipfile.ZipFile(wheel) as content:
        names = set(content.namelist())
        shipped_pom = content.read("agents/deploy/kafka/pom.xml")
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        described = Parser().parsestr(content.read(metadata).decode())
    assert shipped_pom == shipped("kafka/pom.xml").read_bytes()
    assert "schemas/contract/reports/v1/schema.json" in names
    assert not any(name.startswith(("tests/", "deploy/", "docs/")) for name in names)
    assert described["License-Expression"] == "EUPL-1.2"


def test_no_address_of_a_machine_stands_in_the_tree() -> None:
    """No file names a package registry's address or a developer's home."""
    forbidden = re.compile(
        r"--(extra-)?index-url [^\s\"']|://[^\s\"']*/simple/|(?<![\w.])/(home|root)/\w"
    )
    suffixes = {".py", ".toml", ".lock", ".md", ".sh", ".xml", ".yml", ".json", ".html", ""}
    here = Path(__file__)
    tracked = [
        file
        for file in ROOT.rglob("*")
        if file.is_file()
        and file.suffix in suffixes
        and file != here
        and not any(part.startswith(".") and part != ".ci" for part in file.relative_to(ROOT).parts)
    ]
    assert len(tracked) > 50
    for file in tracked:
        found = forbidden.search(file.read_text(errors="replace"))
        assert found is None, f"{file.relative_to(ROOT)}: {found}"
