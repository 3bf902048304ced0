"""The operator's TOML file of hosters, hotlines, norms, methods and inclusion probabilities."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final, get_args, get_type_hints

import msgspec

from agents.errors import UserError
from agents.spelling import meant
from schemas.moments import instant
from schemas.records.registry import (
    HosterEntry,
    HotlineEntry,
    InclusionEntry,
    MethodEntry,
    NormEntry,
    Registry,
)
from streams.registry.claims import address_block, name_suffix
from streams.registry.entry_checks import entry_mistakes
from streams.registry.hoster_index import casefolded

_KINDS: Final[Mapping[str, type[Registry]]] = {
    "hoster": HosterEntry,
    "hotline": HotlineEntry,
    "norm": NormEntry,
    "method": MethodEntry,
    "inclusion": InclusionEntry,
}
_DEFAULT: Final = "default"
"""The jurisdiction that has norms without an entry."""

_NETWORK: Final = re.compile("as[0-9]+|unknown")
_OURS: Final = {"v", "version", "valid_from"}
"""Given when an entry is written, never in the file."""


class RegistryFileError(UserError):
    """The file is wrong; the message has one line per mistake."""


def parse(text: str) -> list[Registry]:
    """Return the entries of a file, with version 1 and valid_from 0 as placeholders.

    Args:
        text: TOML with tables [[hoster]], [[hotline]], [[norm]], [[method]], [[inclusion]]; or
            the same as a JSON object, which begins with `{`.

    Raises:
        RegistryFileError: all that is wrong, one line each.
    """
    tables = _tables(text)
    entries: list[Registry] = []
    mistakes: list[str] = []
    for kind, rows in tables.items():
        if kind not in _KINDS:
            mistakes.append(f"[[{kind}]]: no such table{meant(kind, _KINDS)}")
        elif not isinstance(rows, list):
            mistakes.append(f"[{kind}]: write [[{kind}]] with two brackets")
        else:
            for number, row in enumerate(rows, 1):
                try:
                    entry = _entry(kind, row)
                except msgspec.ValidationError as error:
                    said = f"{error}{_allowed(_KINDS[kind], row, str(error))}"
                    mistakes.append(f"[[{kind}]] number {number}: {said}")
                else:
                    entries.append(entry)
                    at = f"[[{kind}]] {_named(entry, number)}"
                    mistakes += [f"{at}: {said}" for said in entry_mistakes(entry)]
    mistakes += _twice(entries)
    if mistakes:
        raise RegistryFileError("\n".join(mistakes))
    return [_normal(entry) for entry in entries]


def written(entries: Iterable[Registry]) -> bytes:
    """Return entries as a file that `parse` reads: a JSON object, without what is not theirs."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        fields = {k: v for k, v in msgspec.to_builtins(entry).items() if k not in _OURS}
        tables.setdefault(fields.pop("kind"), []).append(fields)
    return msgspec.json.format(msgspec.json.encode(tables)) + b"\n"


def _tables(text: str) -> dict[str, Any]:
    if text.lstrip().startswith("{"):
        try:
            tables = msgspec.json.decode(text, type=dict[str, Any])
            json.loads(text, object_pairs_hook=_each_once)
        except (ValueError, RecursionError) as error:  # msgspec's are values' errors too
            raise RegistryFileError(f"not JSON: {error}") from None
        return tables
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise RegistryFileError(f"not TOML: {error}") from None


def _each_once(pairs: list[tuple[str, object]]) -> None:
    """Refuse an object that has a name twice: of two tables one would be left out unsaid."""
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{twice!a} stands twice in one object; put both into one list")


def claims(entries: Iterable[Registry]) -> list[str]:
    """Return a line for every network or block that two hosters claim: attribution needs one."""
    owners: dict[str, str] = {}
    lines: list[str] = []
    for entry in entries:
        if isinstance(entry, HosterEntry):
            blocks = [str(address_block(prefix) or prefix) for prefix in entry.prefixes]
            names = [name_suffix(name) or name.lower() for name in entry.names]
            organisations = [f"organisation {casefolded(name)}" for name in entry.organisations]
            networks = [f"AS{asn}" for asn in entry.asns]
            for claim in dict.fromkeys((*networks, *blocks, *names, *organisations)):
                other = owners.setdefault(claim, entry.id)
                if other != entry.id:
                    lines.append(f"{claim} is claimed by {other} and by {entry.id}")
    return lines


def orphans(entries: Iterable[Registry]) -> list[str]:
    """Return a line for every entry that needs another which is not there, or which ends.

    Args:
        entries: all that would hold, the newest of each kind and id.
    """
    held = tuple(entries)
    hosters = {one.id: one for one in held if isinstance(one, HosterEntry)}
    norms = {one.id for one in held if isinstance(one, NormEntry) and one.until is None}
    going = {id for id, one in hosters.items() if one.until is not None}
    lines: list[str] = []
    for entry in held:
        match entry:
            case HotlineEntry(until=None) if entry.jurisdiction not in norms | {_DEFAULT}:
                said = f"[[hotline]] {entry.id}: jurisdiction {entry.jurisdiction} has no [[norm]]"
                lines.append(f"{said} that goes on{meant(entry.jurisdiction, norms)}")
            case InclusionEntry(until=None) if not _is_hoster(entry.id, hosters, going):
                there = hosters.keys() - going
                said = f"[[inclusion]] {entry.id}: there is no [[hoster]] of this id that goes on"
                lines.append(f"{said}{meant(entry.id, there)}")
            case HosterEntry(until=None) if entry.group in going:
                said = f"[[hoster]] {entry.id}: its group {entry.group} is a hoster that ends"
                lines.append(f"{said}; give it another group, or an end too")
            case _:
                pass
    return lines


def _is_hoster(id: str, hosters: Mapping[str, HosterEntry], going: set[str]) -> bool:
    """Return whether a hoster goes on; one known by its network alone needs no entry."""
    return id not in going and (id in hosters or _NETWORK.fullmatch(id) is not None)


def _entry(kind: str, row: object) -> Registry:
    if not isinstance(row, dict):
        raise msgspec.ValidationError("not a table")
    record = _KINDS[kind]
    fields = set(record.__struct_fields__) - _OURS
    unknown = sorted(set(row) - fields)
    if unknown:
        near = meant(unknown[0], fields - {"kind"})
        raise msgspec.ValidationError(f"no such field: {', '.join(unknown)}{near}")
    times = {name: _instant(name, told) for name, told in row.items() if isinstance(told, datetime)}
    filled: dict[str, Any] = {**row, **times, "kind": kind, "version": 1, "valid_from": 0}
    return msgspec.convert(filled, record)


def _named(entry: Registry, number: int) -> str:
    """Return what an entry is called in a line: its id, or its place if its id is none."""
    return entry.id if entry.id and entry.id.isprintable() else f"number {number}"


def _normal(entry: Registry) -> Registry:
    """Return an entry with what a hoster claims in the form in which it is met."""
    if not isinstance(entry, HosterEntry):
        return entry
    blocks = [str(address_block(prefix, strict=True) or prefix) for prefix in entry.prefixes]
    names = [name_suffix(name) or name for name in entry.names]
    return msgspec.structs.replace(
        entry, prefixes=tuple(dict.fromkeys(blocks)), names=tuple(dict.fromkeys(names))
    )


def _instant(name: str, told: datetime) -> int:
    """Return a time of the file in milliseconds since 1970."""
    if told.tzinfo is None:
        raise msgspec.ValidationError(f"{name}: a time has its zone, such as 2026-12-01T00:00:00Z")
    return instant(told)


def _allowed(record: type[Registry], row: object, said: str) -> str:
    """Return what a field of a closed list may hold, if a mistake is about one."""
    at = re.search(r"`\$\.(\w+)", said, re.ASCII)
    if at is None or not isinstance(row, dict) or not said.startswith("Invalid enum"):
        return ""
    kinds = [get_type_hints(record).get(at[1])]
    while kinds:
        kind = kinds.pop()
        if isinstance(kind, type) and issubclass(kind, Enum):
            return meant(str(row.get(at[1])), (str(one.value) for one in kind))
        kinds += get_args(kind)
    return ""


def _twice(entries: Iterable[Registry]) -> Iterator[str]:
    seen: set[tuple[type[Registry], str]] = set()
    for entry in entries:
        name = (type(entry), entry.id)
        if name in seen:
            yield f"{entry.id}: stands twice in the file"
        seen.add(name)
