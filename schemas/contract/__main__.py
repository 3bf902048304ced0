"""Writes the newest schemas and the guide's field tables anew: `python -m schemas.contract`."""

from pathlib import Path

from schemas.contract import DICTIONARY_NAME, contracts, newest, schema
from schemas.contract.field_tables import rewritten
from schemas.packing import DICTIONARY


def write(folder: Path) -> None:
    """Write the newest schema of every contract, and what packed states are deflated against."""
    for name, records in contracts():
        place = folder / newest(name, records)
        place.mkdir(parents=True, exist_ok=True)
        (place / "schema.json").write_bytes(schema(name, records))
    (folder / DICTIONARY_NAME).write_bytes(DICTIONARY)


if __name__ == "__main__":
    write(Path(__file__).parent)
    guide = Path(__file__).parents[2] / "docs" / "hotline-guide.md"
    guide.write_text(rewritten(guide.read_text(encoding="utf-8")), encoding="utf-8")
