"""What the rules remember between calls, and how a test that changes a rule makes them forget."""

import pkgutil
from functools import _lru_cache_wrapper
from importlib import import_module
from types import ModuleType

PURE = ("schemas", "streams")


def modules(package: str) -> dict[str, ModuleType]:
    """Return all modules of a package by name; those that run when imported are left out."""
    path = import_module(package).__path__
    names = [one.name for one in pkgutil.walk_packages(path, f"{package}.")]
    return {name: import_module(name) for name in names if not name.endswith("__main__")}


def caches() -> dict[str, _lru_cache_wrapper]:
    """Return every cache of a pure function by the place where it is defined."""
    return {
        f"{name}.{attribute}": value
        for package in PURE
        for name, module in modules(package).items()
        for attribute, value in vars(module).items()
        if isinstance(value, _lru_cache_wrapper) and value.__module__ == name
    }


def forget() -> None:
    """Empty all of them."""
    for cache in caches().values():
        cache.cache_clear()
