"""Writes the schemas anew: `python -m schemas.contract`."""

from pathlib import Path

from schemas.contract import contracts, schema


def write(folder: Path) -> None:
    """Write the schema of every contract into the folder."""
    for name, codec in contracts():
        (folder / f"{name}.json").write_bytes(schema(name, codec.record))


if __name__ == "__main__":
    write(Path(__file__).parent)
