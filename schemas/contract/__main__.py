"""Writes the schemas anew: `python -m schemas.contract`."""

from pathlib import Path

from schemas.caserest import DICTIONARY
from schemas.contract import DICTIONARY_NAME, contracts, schema


def write(folder: Path) -> None:
    """Write the schema of every contract, and what packed states are deflated against."""
    for name, codec in contracts():
        (folder / f"{name}.json").write_bytes(schema(name, codec.record))
    (folder / DICTIONARY_NAME).write_bytes(DICTIONARY)


if __name__ == "__main__":
    write(Path(__file__).parent)
