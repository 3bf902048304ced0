"""Compile what `make test` imports, once, before several processes do.

pytest rewrites each test module's asserts, which costs more than the tests of most modules. Its
processes begin at once, so in a new checkout each of them would rewrite every module. What is
compiled already is left as it is, so this takes under a second the next time.
"""

import compileall
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
PACKAGES: Final = ("schemas", "streams", "agents", "verify", "sim", "deploy", "tests")
CHUNK: Final = 16


def is_rewritten(file: Path) -> bool:
    """Return whether pytest rewrites the asserts of a module."""
    return file.name == "conftest.py" or file.match("test_*.py")


def compiled(file: Path) -> bool:
    """Compile a module as it will be imported, and return whether that was possible.

    A module that cannot be compiled is left to pytest, which says why.
    """
    if not is_rewritten(file):
        return bool(compileall.compile_file(str(file), quiet=2))
    try:
        rewritten(file)
    except Exception:  # noqa: BLE001 - a private part of pytest: without it all goes on, slower
        return False
    return True


def rewritten(file: Path, read: Callable[[str], object] = lambda _: None) -> Path:
    """Write a test module's rewritten form to where pytest looks for it, and return the place.

    Args:
        file: the module.
        read: is told by pytest why it could not use the form that is there.
    """
    from _pytest.assertion import rewrite

    place = rewrite.get_cache_dir(file) / (file.name[: -len(".py")] + rewrite.PYC_TAIL)
    if rewrite._read_pyc(file, place, read) is None:
        place.parent.mkdir(parents=True, exist_ok=True)
        stat, code = rewrite._rewrite_test(file, None)
        rewrite._write_pyc(_Silent(), code, stat, place)
    return place


class _Silent:
    """In place of pytest's own state, which is told of what could not be written."""

    def trace(self, said: str) -> None:
        """Say nothing."""


def main() -> None:
    """Compile all modules, on all cores."""
    files = [file for top in PACKAGES for file in sorted((ROOT / top).rglob("*.py"))]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        sys.exit(0 if all(list(pool.map(compiled, files, chunksize=CHUNK))) else 1)


if __name__ == "__main__":
    main()
