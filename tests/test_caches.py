"""What tests make the rules forget is really forgotten."""

import re
from functools import _lru_cache_wrapper
from pathlib import Path

import pytest
from caches import PURE, caches, forget, modules

ROOT = Path(__file__).parent.parent
CACHED = re.compile(r"^@(?:lru_cache|cache)\b", re.MULTILINE | re.ASCII)


@pytest.mark.parametrize("package", ["schemas", "streams", "agents", "sim"])
def test_the_name_of_a_module_is_that_module(package: str) -> None:
    """A function that a package takes from a module of the same name would hide the module."""
    known = modules(package)
    for name, module in known.items():
        parent, _, own = name.rpartition(".")
        if parent in known:
            assert getattr(known[parent], own) is module, name


def test_every_cache_is_found() -> None:
    """As many as are written in the sources; one as an attribute of something else would not be."""
    files = [file for package in PURE for file in (ROOT / package).rglob("*.py")]
    written = sum(len(CACHED.findall(file.read_text(encoding="utf-8"))) for file in files)
    assert len(caches()) == written > 0


def test_every_cache_is_emptied() -> None:
    """Whatever the other tests left in them."""
    forget()
    assert {name for name, one in caches().items() if one.cache_info().currsize} == set()


def test_the_caches_are_the_ones_that_the_rules_use() -> None:
    """A module that took a cached function from another uses the same cache."""
    found = {id(cache) for cache in caches().values()}
    for package in PURE:
        for name, module in modules(package).items():
            for value in vars(module).values():
                if isinstance(value, _lru_cache_wrapper):
                    assert id(value) in found, name
