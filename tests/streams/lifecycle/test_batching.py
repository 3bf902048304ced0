"""Batching decides no verdict: what is decoded is what was stored, to the type."""

import ast
import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from random import Random

import msgspec
import pytest
from histories import OTHER, history
from ledger_events import KEY, ONLINE, check, fold, notice, placed, report, slot, slots

from schemas import closed_lists, codec
from schemas.closed_lists import CheckResult
from schemas.records import case, case_events, facts, hotline, reports
from streams import lifecycle
from streams.verdicts import reasons as verdict_reasons

ROOT = Path(__file__).parents[3]
RECORDS = (case, case_events, facts, hotline, reports)


def one_at_a_time(told):
    """Return the state after records, stored and decoded after each."""
    value = None
    for one in told:
        value = lifecycle.update_record(KEY, value, [one]).record_value
    return codec.STATE.decode(value)


def test_a_check_vouches_for_a_changed_page_however_records_were_batched():
    """A person saw the material behind the new page: that is remembered in a stored state too."""
    told = [report(seen=0), placed(), notice(1), *slot(2, ONLINE), *slot(4, OTHER)]
    told += [check(5, CheckResult.PRESENT), *slots([6, 30, 60], OTHER)]
    whole, apart = fold(told), one_at_a_time(told)
    assert whole.cases == apart.cases
    assert codec.STATE.encode(whole) == codec.STATE.encode(apart)


def differing(stored: object, read: object, where: str = "state") -> Iterator[str]:
    """Yield where a value read is of another type than the one that was stored."""
    if type(stored) is not type(read):
        yield f"{where}: {type(stored).__name__} is read as {type(read).__name__}"
    elif isinstance(stored, msgspec.Struct):
        for name in stored.__struct_fields__:
            yield from differing(getattr(stored, name), getattr(read, name), f"{where}.{name}")
    elif isinstance(stored, tuple):
        for one, other in zip(stored, read, strict=True):
            yield from differing(one, other, where)


@pytest.mark.parametrize("seed", range(150))
def test_a_state_read_has_the_types_of_the_state_stored(seed):
    """An identity or a type that decoding changes would make batching decide."""
    state = fold(history(Random(seed)))
    assert not list(differing(state, codec.STATE.decode(codec.STATE.encode(state))))


def text_fields() -> dict[str, str]:
    """Return the fields of records that hold any text, each with a record that has it."""
    found = {}
    for module in RECORDS:
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, msgspec.Struct):
                for field in msgspec.structs.fields(kind):
                    if field.type in (str, str | None):
                        found[field.name] = name
    return found


def members() -> set[str]:
    """Return the names of the closed lists."""
    lists = [
        name
        for module in (closed_lists, verdict_reasons)
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Enum)
    ]
    return set(lists)


def identities(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and field of each `x.field is List.MEMBER` and `match` on such a member."""
    lists = members()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute):
            for compared, other in zip(node.ops, node.comparators, strict=True):
                is_member = isinstance(other, ast.Attribute) and isinstance(other.value, ast.Name)
                same = isinstance(compared, ast.Is | ast.IsNot) and is_member
                if same and other.value.id in lists:
                    yield node.lineno, node.left.attr


def test_what_is_compared_by_identity_is_decoded_to_its_list():
    """`is` beside a field of any text holds before a record was stored, and never after."""
    texts = text_fields()
    found = [
        f"{file.relative_to(ROOT)}:{line}: {field} of {texts[field]}"
        for folder in ("streams", "agents", "sim", "schemas")
        for file in sorted((ROOT / folder).rglob("*.py"))
        for line, field in identities(file.read_text(encoding="utf-8"))
        if field in texts
    ]
    assert found == []


def test_an_identity_of_a_text_is_found():
    """The lint sees what it is there for."""
    source = "if check.what is CheckResult.PRESENT: pass\nif a.b is None: pass\n"
    assert list(identities(source)) == [(1, "what")]
