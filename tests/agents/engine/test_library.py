"""Private parts of Faust, mode and aiokafka are used in one module, few and each with its reason.

`agents.engine.library` is that module; its parts are guarded by the versions of the libraries
(`agents.engine.consume.consumer.VERSIONS`). What is new elsewhere, or has no reason, is found here.
"""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType

import aiokafka
import faust
import mode
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient

import agents
from agents.engine import library
from agents.engine.consume.consumer import VERSIONS

ROOT = Path(agents.__file__).parent
ONLY = "engine/library.py"
MOST = 30
"""Accesses, overridden methods and patches together."""

LIBRARIES = {"faust", "mode", "aiokafka"}
STANDARD = {"_exit", "_replace", "_sslobj"}
"""Of the standard library. The last is the chain of a handshake, public from Python 3.13 on."""

METHODS = {
    name
    for kind in (
        AIOKafkaAdminClient,
        AIOKafkaClient,
        aiokafka.AIOKafkaConsumer,
        aiokafka.AIOKafkaProducer,
        faust.App,
        mode.Service,
    )
    for name, value in inspect.getmembers(kind)
    if callable(value) and not name.startswith("__")
} - {"topics"}
"""What can be replaced in an object of a library, whatever the object is called. The last is a
field of a broker's answers too."""


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in STANDARD


def private_names(tree: ast.AST) -> list[str]:
    """Return each use of a private name of another object, by a dot or by text."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            own = isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
            found += [] if own else [node.attr]
        elif isinstance(node, ast.Call) and called(node) in {"getattr", "setattr", "delattr"}:
            found += [one.value for one in node.args[1:2] if isinstance(one, ast.Constant)]
        elif isinstance(node, ast.ImportFrom) and root(node.module or "") in LIBRARIES:
            found += [one.name for one in node.names]
    return sorted(filter(is_private, found))


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def root(name: str) -> str:
    return name.partition(".")[0]


def imported(tree: ast.AST) -> set[str]:
    """Return the names that stand for something of a library."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and root(node.module or "") in LIBRARIES:
            found |= {one.asname or one.name for one in node.names}
        elif isinstance(node, ast.Import):
            found |= {root(n.asname or n.name) for n in node.names if root(n.name) in LIBRARIES}
    return found


def patches(tree: ast.AST) -> list[str]:
    """Return what is replaced: in a module or class of a library, or a method of an object."""
    theirs, found = imported(tree), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            within = node.value
            while isinstance(within, ast.Attribute):
                within = within.value
            name = within.id if isinstance(within, ast.Name) else ""
            own = name in {"self", "cls"} and within is node.value
            if name in theirs or (node.attr in METHODS and theirs and not own):
                found.append(node.attr)
        elif isinstance(node, ast.Call) and called(node) in {"setattr", "delattr"}:
            found += [
                ast.unparse(node) for one in node.args[:1] if root(ast.unparse(one)) in theirs
            ]
    return sorted(found)


@cache
def of_libraries(kind: type) -> set[str]:
    """Return the private names that a class has from the libraries it stands on."""
    found: set[str] = set()
    for base in kind.__mro__:
        if root(base.__module__) in LIBRARIES:
            found |= {*vars(base), *vars(base).get("__annotations__", ())}
            found |= set(re.findall(r"\bself\.(_\w+)", inspect.getsource(base)))
    return set(filter(is_private, found))


def own_classes() -> Iterator[tuple[type, ast.ClassDef]]:
    """Give the product's classes that stand on a class of a library, each with its code."""
    for file in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(file.read_text())
        nodes = [one for one in ast.walk(tree) if isinstance(one, ast.ClassDef)]
        if not nodes or not imported(tree):
            continue
        module = importlib.import_module(".".join(("agents", *file.relative_to(ROOT).parts))[:-3])
        for node in nodes:
            kind = getattr(module, node.name, None)
            if kind is not None and of_libraries(kind):
                yield kind, node


def overridden(kind: type, node: ast.ClassDef) -> set[str]:
    """Return the private names of a library that a class gives another meaning."""
    theirs, found = of_libraries(kind), set()
    for one in node.body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(one.name)
        elif isinstance(one, ast.AnnAssign):
            found.add(ast.unparse(one.target))
        elif isinstance(one, ast.Assign):
            found |= {ast.unparse(target) for target in one.targets}
    return found & theirs


def inherited(kind: type, node: ast.ClassDef) -> set[str]:
    """Return the private names of a library that a class uses of itself."""
    used = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    return used & of_libraries(kind)


def trees() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(ROOT.rglob("*.py")):
        yield str(file.relative_to(ROOT)), ast.parse(file.read_text())


def the_only() -> ast.Module:
    return ast.parse((ROOT / ONLY).read_text())


def test_no_private_name_is_used_elsewhere() -> None:
    """Nor is a module, a class or an object of a library patched."""
    assert {name: found for name, tree in trees() if (found := private_names(tree))}.keys() == {
        ONLY
    }
    assert {name: found for name, tree in trees() if (found := patches(tree))}.keys() == {ONLY}


def test_underscore_methods_are_overridden_as_listed_and_no_others_used() -> None:
    """A name of ours that a library has too would be an override that nobody meant."""
    found = {f"{kind.__name__}.{name}" for kind, n in own_classes() for name in overridden(kind, n)}
    assert found == library.OVERRIDDEN.keys()
    assert {kind.__name__: used for kind, n in own_classes() if (used := inherited(kind, n))} == {}


def test_uses_of_the_library_s_internals_are_few() -> None:
    """Each use in the one module counts, each overridden method and each patch."""
    tree = the_only()
    count = len(private_names(tree)) + len(patches(tree)) + len(library.OVERRIDDEN)
    assert 0 < count <= MOST, count


def test_each_says_why_and_of_which_version() -> None:
    """The version is the one that the engine demands, so whoever raises it reads them all again."""
    known = {f"{name.removesuffix('-streaming')} {version}" for name, version in VERSIONS.items()}
    made_here = [
        one for one in vars(library).values() if getattr(one, "__module__", "") == library.__name__
    ]
    reasons = {
        one.__name__: str(one.__doc__) for one in made_here if isinstance(one, FunctionType)
    } | library.OVERRIDDEN
    assert [name for name, text in reasons.items() if not any(one in text for one in known)] == []
    assert {n.name for n in the_only().body if hasattr(n, "name")} <= reasons.keys()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("class A:\n def f(self, a):\n  self._own = a._b\n  a.c._d = super()._e()", "_b _d _e"),
        ("def f():\n return f()._g", "_g"),
        ("getattr(a, '_h')", "_h"),
        ("setattr(a, '_i', 1)", "_i"),
        ("from aiokafka.client import _j", "_j"),
        ("import os\nos._exit(1)\na.__dict__", ""),
    ],
)
def test_a_private_name_is_found_wherever_it_stands(source: str, found: str) -> None:
    """Of a local name, of an attribute, of what a call gives, in a text, in an import."""
    assert private_names(ast.parse(source)) == found.split()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from aiokafka.producer import sender\nsender.WAIT = 1", "WAIT"),
        ("import aiokafka\naiokafka.client.Thing = 1", "Thing"),
        ("import aiokafka as a\ndel a.client", "client"),
        ("from aiokafka import A\nA.send = f", "send"),
        ("from aiokafka import A\nsetattr(A, name, f)", "setattr(A, name, f)"),
        ("from aiokafka import A\ndef g(client):\n client.send = f", "send"),
        ("from aiokafka import A\ndef g(answer):\n answer.topics = 1", ""),
        ("class A:\n def f(self):\n  self.send = 1", ""),
    ],
)
def test_a_patch_is_found_wherever_it_stands(source: str, found: str) -> None:
    """In a module, a class or an object of a library; a plain field of an answer is none."""
    assert [" ".join(patches(ast.parse(source)))] == [found]


class Ours(faust.App):
    """Overrides by a method and by a value, and uses what it inherits."""

    _monitor = None

    def _init_signals(self) -> None:
        self._ours = self._fetcher


def test_an_override_is_found() -> None:
    """A method, a value, and what a class uses of itself that a library's has."""
    (node,) = ast.parse(inspect.getsource(Ours)).body
    assert isinstance(node, ast.ClassDef)
    assert overridden(Ours, node) == {"_monitor", "_init_signals"}
    assert inherited(Ours, node) == {"_fetcher"}
