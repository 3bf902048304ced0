"""Files of `deploy/` that the program reads, in a checkout and in an installed wheel."""

from importlib.resources import files
from pathlib import Path


def shipped(name: str) -> Path:
    """Return the path of a file of `deploy/`, such as `kafka/pom.xml`.

    The wheel carries the folder as `agents/deploy`; a checkout has it beside the packages.
    """
    package = Path(str(files("agents")))
    installed = package / "deploy" / name
    return installed if installed.exists() else package.parent / "deploy" / name
