"""The contract for readers of the topics in other languages: JSON Schema 2020-12 and examples.

Beside this module stand one schema per topic and version, made by `python -m schemas.contract`,
and `examples/<topic>/valid` and `invalid`; an invalid example's name begins with the closed reason
it is refused for.
"""

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any, Final

import msgspec

from schemas import codec
from schemas.topics import TOPICS

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_POSITION: Final = "cases-position.v1"
"""`cases.v1` holds two kinds of records, told apart by their Kafka key."""

DICTIONARY_NAME: Final = "cases.v1.dictionary"
"""What the packed form of states is deflated against; `cases.v1.md` describes that form."""


def contracts() -> Iterator[tuple[str, codec.Codec[Any]]]:
    """Yield the name of every contract, such as `reports.v1`, and the codec it describes."""
    for spec in TOPICS:
        yield spec.name.replace(".{id}", ""), spec.codec
    yield _POSITION, codec.POSITION


def schema(name: str, record: Any) -> bytes:
    """Return the JSON Schema of a record type, or of a union of them, as a file's content."""
    (root,), parts = msgspec.json.schema_components([record], ref_template="#/$defs/{name}")
    for part in parts.values():
        if "description" in part:  # from 3.13 on the compiler takes the indentation off itself
            part["description"] = cleandoc(part["description"])
    document = {"$schema": _DIALECT, "title": name, **root, "$defs": parts}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
