"""The field tables of docs/hotline-guide.md, made from the records a hotline sends and is told.

A field's meaning is the sentence that its record's docstring has for it.
"""

import re
from collections.abc import Mapping
from enum import Enum
from inspect import cleandoc
from typing import Any, Final, NamedTuple

from msgspec import inspect

from schemas.closed_lists import Quarantine
from schemas.records.feedback import Feedback, NormResult, ToldCase
from schemas.records.hotline import (
    URL_BYTES_MAX,
    Answer,
    Check,
    Notice,
    Proof,
    Report,
    Sent,
    Withdrawal,
)

SENT: Final = (Report, Notice, Withdrawal, Check, Answer)
_SENT_HEAD: Final = "| field | needed | value | meaning |\n| --- | --- | --- | --- |\n"
_TOLD_HEAD: Final = "| field told | value | meaning |\n| --- | --- | --- |\n"
_INTERNAL: Final = frozenset({"replays", "source", "row_digest"})
"""Fields that a hotline has no use for: of replays and of files."""


class FieldRow(NamedTuple):
    """A row of a table.

    Attributes:
        name: of the field.
        needed: a record without it is refused.
        value: what it takes.
        meaning: what it says.
    """

    name: str
    needed: bool
    value: str
    meaning: str

    def within(self, before: str) -> "FieldRow":
        """Return the row with something before its name."""
        return self._replace(name=before + self.name)


def sent_table() -> str:
    """Return the fields of what a hotline sends, the shared ones first."""
    tags = _choice([str(_tag(one)) for one in SENT])
    rows = [FieldRow("type", True, tags, "What the record is."), *_rows(Sent)]
    shared = {one.name for one in rows}
    for record in SENT:
        before = f"{_tag(record)}: "
        rows += [row.within(before) for row in _rows(record) if row.name not in shared]
        if record is Notice:
            rows += [row.within(f"{before}proof.") for row in _rows(Proof)]
    return _SENT_HEAD + "".join(
        f"| `{row.name}` | {'yes' if row.needed else ''} | {row.value} | {row.meaning} |\n"
        for row in rows
    )


def told_table() -> str:
    """Return the fields of what a hotline is told; all of them are always there."""
    parts = (("", Feedback), ("cases[].", ToldCase), ("cases[].norms[].", NormResult))
    rows = [row.within(before) for before, record in parts for row in _rows(record)]
    return _TOLD_HEAD + "".join(f"| `{one.name}` | {one.value} | {one.meaning} |\n" for one in rows)


def _rows(record: Any) -> list[FieldRow]:
    said, info = meanings(record), inspect.type_info(record)
    if not isinstance(info, inspect.StructType):
        raise TypeError(record)
    found = []
    for one in info.fields:
        if one.name not in _INTERNAL:
            meaning = said.get(one.name, "Version of the record.")
            meaning = meaning[:1].upper() + meaning[1:]
            found.append(FieldRow(one.name, one.required, _value(one.type), meaning))
    return found


def meanings(record: Any) -> Mapping[str, str]:
    """Return what a record's docstring says of its fields, by their names.

    Args:
        record: a record type with a section `Attributes:`.
    """
    # Python 3.13 takes the indentation away when it compiles; before, the docstring has it
    text = cleandoc(record.__doc__ or "").partition("Attributes:")[2]
    found: dict[str, str] = {}
    for names, said in re.findall(r"\n {4}([a-z_, ]+): ((?:.|\n {8})+)", text):
        for name in names.split(", "):
            found[name] = " ".join(said.split())
    return found


def _tag(record: Any) -> str | None:
    tag: str | None = record.__struct_config__.tag
    return tag


def _value(kind: Any) -> str:
    """Return in a word what a field takes."""
    match kind:
        case inspect.UnionType():
            kinds = [one for one in kind.types if not isinstance(one, _EMPTY)]
            return " or ".join(dict.fromkeys(map(_value, kinds)))
        case inspect.EnumType():
            return _members(kind.cls)
        case inspect.StrType():
            return _text(kind)
        case inspect.Metadata(type=inspect.StrType()):
            return f"text, at most {URL_BYTES_MAX:,} bytes"
        case inspect.IntType():
            return _number(kind)
        case _:
            return _WORDS[type(kind)]


_EMPTY: Final = (inspect.NoneType,)
_WORDS: Final[Mapping[Any, str]] = {
    inspect.DateTimeType: "time, RFC 3339 with a zone",
    inspect.BoolType: "`true` or `false`",
    inspect.VarTupleType: "list",
    inspect.StructType: "object",
}


def _members(kind: type[Enum]) -> str:
    if kind is Quarantine:
        return "a reason, see [Mistakes](#mistakes)"
    return _choice([one.value for one in kind])


def _choice(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _text(kind: Any) -> str:
    choices = re.fullmatch(r"\^\(([a-z|_]+)\)\$(?:\(\?!\\n\))?", kind.pattern or "")
    if choices:
        return _choice(choices[1].split("|"))
    return f"text, at most {kind.max_length} characters" if kind.max_length else "text"


def _number(kind: Any) -> str:
    least, most = kind.ge, kind.le
    if least is None or most is None:
        return "whole number"
    return f"{least} to {most}" if least < most else str(least)


def rewritten(text: str) -> str:
    """Return a document with the tables in place of those that stand in it."""
    for head, table in ((_SENT_HEAD, sent_table()), (_TOLD_HEAD, told_table())):
        before, _, rest = text.partition(head)
        lines = rest.splitlines(keepends=True)
        after = next((i for i, line in enumerate(lines) if not line.startswith("|")), len(lines))
        text = before + table + "".join(lines[after:])
    return text
