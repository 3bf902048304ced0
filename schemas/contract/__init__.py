"""The contract for readers of the topics in other languages: JSON Schema 2020-12 and examples.

Beside this module stands a folder `<topic>/v<n>` for each version of a topic's records that was
ever written: `schema.json`, and the examples in `valid` and `invalid`. A topic's newest version is
made from today's records by `python -m schemas.contract`. The older ones are frozen: a ledger is
kept for ever, so today's code reads them all. An invalid example's name begins with the closed
reason it is refused for. A topic's name keeps its `.v1`; the version is a record's field `v`.

May import all of `schemas`.
"""

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any, Final

import msgspec

from schemas import codec
from schemas.topics import TOPICS

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_POSITION: Final = "cases-position"
"""`cases.v1` holds two kinds of records, told apart by their Kafka key."""

_HISTORY: Final = "history"
"""No topic: a file of the form that `hostwatch judge` reads."""

DICTIONARY_NAME: Final = "cases/v1/dictionary"
"""What the packed form of states is deflated against; `cases/v1/packed.md` describes that form."""


def contracts() -> Iterator[tuple[str, codec.Codec[Any]]]:
    """Yield the name of every contract, such as `reports`, and the codec it describes."""
    for spec in TOPICS:
        yield spec.name.replace(".{id}", "").removesuffix(".v1"), spec.codec
    yield _POSITION, codec.POSITION
    yield _HISTORY, codec.HISTORY


def newest(name: str, records: codec.Codec[Any]) -> str:
    """Return the folder of a contract's newest version, such as `reports/v2`."""
    return f"{name}/v{records.version}"


def schema(name: str, records: codec.Codec[Any]) -> bytes:
    """Return the JSON Schema of a topic's records as a file's content.

    Args:
        name: the contract's name.
        records: their codec.
    """
    (root,), parts = msgspec.json.schema_components([records.record], ref_template="#/$defs/{name}")
    for part in parts.values():
        if "description" in part:  # from 3.13 on the compiler takes the indentation off itself
            part["description"] = cleandoc(part["description"])
    title = f"{name}.v{records.version}"
    document = {"$schema": _DIALECT, "title": title, **root, "$defs": parts}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
