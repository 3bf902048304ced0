"""Reads a history; what is wrong with it is said in one line that a person can act on."""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from enum import EnumMeta
from typing import Any, Final, get_args, get_origin, get_type_hints

import msgspec

from schemas.codec import HISTORY
from schemas.records.history import History
from schemas.records.history_events import DecisionEvent, HistoryEvent, RegistryEvent
from schemas.records.history_registry import Hoster
from streams.history.scene import RESOLVER
from streams.lifecycle.evidence.owner import OVERFLOW, UNKNOWN

NAMED_MAX: Final = 30
"""More names do not fit a line that is read."""

BYTES_MAX: Final = 4 * 1024 * 1024
"""Of 5,000 events, with room; whatever is larger is none that a person typed."""

HAPPENINGS_MAX: Final = 5_000
"""Things that happened, an hour each: a case has 1,400 slots in its life, doubts included."""

_UNKNOWN_FIELD: Final = re.compile(r"Object contains unknown field `([^`]*)`")
_BAD_VALUE: Final = re.compile(r"Invalid enum value '([^']*)'")
_AT: Final = re.compile(r" - at `(key` in `)?\$?([^`]*)`$")


class BadHistory(Exception):
    """The history cannot be judged; the text says in one line what is wrong where."""


def read(raw: bytes) -> History:
    """Return a history.

    Raises:
        BadHistory: it is none, or it names somebody whom it does not know.
    """
    if len(raw) > BYTES_MAX:
        raise BadHistory(f"larger than {BYTES_MAX} bytes")
    try:
        found: Any = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadHistory(f"not JSON: {error}") from None
    if not isinstance(found, dict):
        raise BadHistory("not a JSON object")
    events = found.get("events")
    if isinstance(events, list):
        found["events"] = [_part(one, HistoryEvent, f"events[{n}]") for n, one in enumerate(events)]
    history: History = _part(found, HISTORY.record, "")
    happenings = sum(len(event.hours) for event in history.events)
    if happenings > HAPPENINGS_MAX:
        raise BadHistory(f"events: {happenings} things happen, at most {HAPPENINGS_MAX} are judged")
    for place, name, known in _names(history):
        if name not in known:
            raise BadHistory(f"{place}: there is no {name}{_nearest(name, known)}")
    return history


def _part(found: Any, kind: Any, place: str) -> Any:
    """Return a part of the file as its record.

    Raises:
        BadHistory: it is none.
    """
    try:
        return msgspec.convert(found, kind, strict=True)
    except msgspec.ValidationError as error:
        raise BadHistory(_said(str(error), kind, place)) from None


def _said(text: str, kind: Any, place: str) -> str:
    at = _AT.search(text)
    path = at[2] if at else ""
    where = f"{place}{path}".lstrip(".") or "history"
    unknown, value = _UNKNOWN_FIELD.match(text), _BAD_VALUE.match(text)
    if unknown is not None:
        fields = _fields(_kind_at(kind, path))
        return f"{where}: there is no field {unknown[1]}{_nearest(unknown[1], fields)}"
    if value is not None:
        allowed = _allowed(_kind_at(kind, path))
        return f"{where}: {value[1]} is no such value{_nearest(value[1], allowed)}"
    return f"{where}: {_AT.sub('', text)}"


def _nearest(word: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = get_close_matches(word, names, n=1)
    said = f"; did you mean {near[0]}?" if near else ""
    shown = ", ".join(names[:NAMED_MAX]) + (", ..." if len(names) > NAMED_MAX else "")
    return f"{said} (there are: {shown})"


def _kind_at(kind: Any, path: str) -> Any:
    """Return the type that a path such as `.look.status` leads to."""
    for step in re.findall(r"\.([a-z_]+)|(\[\.\.\.\])", path):
        kind = _step(kind, step[0])
    return kind


def _step(kind: Any, name: str) -> Any:
    for one in _members(kind):
        if name and name in getattr(one, "__struct_fields__", ()):
            return get_type_hints(one, include_extras=True)[name]
        if not name and get_origin(one) in (dict, tuple, list):
            return [a for a in get_args(one) if a is not Ellipsis][-1]
    return None


def _members(kind: Any) -> Iterator[Any]:
    """Yield what a type may be, without annotations."""
    if hasattr(kind, "__metadata__"):
        yield from _members(kind.__origin__)
    elif get_args(kind) and get_origin(kind) not in (dict, tuple, list):
        for one in get_args(kind):
            yield from _members(one)
    else:
        yield kind


def _fields(kind: Any) -> list[str]:
    return [name for one in _members(kind) for name in getattr(one, "__struct_fields__", ())]


def _allowed(kind: Any) -> list[str]:
    found: list[str] = []
    for one in _members(kind):
        if isinstance(one, EnumMeta):
            found += list(map(str, one.__members__.values()))
        elif isinstance(one, str):
            found.append(one)
    return found


def _names(history: History) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Yield every name that an event gives: where, the name, and which there are."""
    hosters = _hosters(history)
    owners, decided = _owners(history), _decided(history)
    for n, event in enumerate(history.events):
        place = f"events[{n}].{event.kind}"
        for name, value in _hosters_of(event):
            if not is_network(value):
                yield f"{place}{name}", value, hosters
        said = getattr(event, event.kind)
        hotline = getattr(said, "hotline", None) or event.hotline
        if isinstance(hotline, str):
            yield f"{place}.hotline", hotline, history.hotlines
        if isinstance(event.vantage, str) and (event.kind, event.vantage) != ("at", RESOLVER):
            yield f"{place} vantage", event.vantage, history.vantages
        if isinstance(event.decision, DecisionEvent):
            yield from _names_of(event.decision, place, hosters | owners, decided)
        for vantage in event.vantages or () if event.kind == "vantages" else ():
            yield place, vantage, history.vantages
    for name, hotline_of in history.hotlines.items():
        yield f"hotlines.{name}.jurisdiction", hotline_of.jurisdiction, history.norms


def _hosters(history: History) -> set[str]:
    """Return all hosters that there ever are."""
    found = set(history.hosters)
    for event in history.events:
        if event.kind == "registry":
            changed: Mapping[str, Hoster] = getattr(event.registry, "hosters", {})
            found |= changed.keys() | {one.renamed for one in changed.values() if one.renamed}
    return found


def _names_of(
    said: DecisionEvent, place: str, owners: set[str], decided: set[str]
) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Yield the names that a decision gives of a case and of another decision."""
    if said.case is not None and not is_network(said.case.owner):
        yield f"{place}.case.owner", said.case.owner, owners
    if said.revokes is not None:
        yield f"{place}.revokes", said.revokes, decided


def _decided(history: History) -> set[str]:
    """Return the names of decisions that have one."""
    decisions = [one.decision for one in history.events if isinstance(one.decision, DecisionEvent)]
    return {one.id for one in decisions if one.id is not None}


def _owners(history: History) -> set[str]:
    """Return the names of all groups that there ever are, and of nobody known and of the rest."""
    found = {one.group for one in history.hosters.values()} | {UNKNOWN, OVERFLOW}
    for event in history.events:
        if isinstance(event.registry, RegistryEvent):
            found |= {one.group for one in event.registry.hosters.values()}
    return found - {""}


def _hosters_of(event: HistoryEvent) -> Iterator[tuple[str, str]]:
    said = getattr(event, event.kind)
    for name in ("to", "hoster"):
        value = getattr(said, name, None)
        if isinstance(value, str):
            yield f".{name}", value
    for name in ("at", "origin", "contested", "behind", "hosters"):
        value = getattr(event, name)
        if isinstance(value, tuple):
            yield from (("" if name == "at" else f" {name}", one) for one in value)
    if isinstance(event.hoster, str):
        yield " hoster", event.hoster


def is_network(name: str) -> bool:
    """Return whether a hoster is named after its network, `as<number>`."""
    return re.fullmatch(r"as[1-9][0-9]{0,9}", name) is not None
