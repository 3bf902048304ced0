"""The program with which people outside check a dossier, loaded from docs/."""

import importlib.util
from pathlib import Path
from types import ModuleType

PROGRAM = Path(__file__).parents[3] / "docs" / "verify_dossier.py"


def outside_program() -> ModuleType:
    """Return docs/verify_dossier.py as a module; it takes nothing from the product."""
    spec = importlib.util.spec_from_file_location("verify_dossier", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
