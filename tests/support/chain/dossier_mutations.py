"""Ways to change a dossier's file: bits, what is left out, swapped, cut off, signed by another."""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any, Final

from chain_records import OTHER_KEY, public

from agents.tools.dossier import file_form

Change = Callable[[bytes, random.Random], bytes]


def _bit(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]


def _cut(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randrange(len(raw))]


def _hole(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw))
    return raw[:at] + raw[at + chance.choice((1, 2, 8, 64)) :]


def _exchanged(raw: bytes, chance: random.Random) -> bytes:
    at, by = sorted(chance.sample(range(len(raw)), 2))
    return raw[:at] + raw[by : by + 1] + raw[at + 1 : by] + raw[at : at + 1] + raw[by + 1 :]


def _places(found: Any) -> Iterator[tuple[Any, Any]]:
    """Yield all containers with their keys or indexes."""
    pairs = found.items() if isinstance(found, dict) else enumerate(found)
    for key, value in list(pairs):
        yield found, key
        if isinstance(value, dict | list):
            yield from _places(value)


def _lists(found: Any) -> list[list[Any]]:
    return [
        where[key] for where, key in _places(found) if isinstance(where[key], list) and where[key]
    ]


def _drop(doc: Any, chance: random.Random) -> None:
    mine = chance.choice(_lists(doc))
    del mine[chance.randrange(len(mine))]


def _swap(doc: Any, chance: random.Random) -> None:
    mine = chance.choice([one for one in _lists(doc) if len(one) > 1])
    at, by = chance.sample(range(len(mine)), 2)
    mine[at], mine[by] = mine[by], mine[at]


def _change(doc: Any, chance: random.Random) -> None:
    where, key = chance.choice(list(_places(doc)))
    value = where[key]
    if isinstance(value, bool):
        where[key] = not value
    elif isinstance(value, int):
        where[key] = value + chance.choice((-1, 1, 3_600_000))
    elif isinstance(value, str) and value:
        at = chance.randrange(len(value))
        where[key] = value[:at] + chance.choice("0123456789abcdef") + value[at + 1 :]


def _written(doc: Any) -> bytes:
    text = json.dumps(doc, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode() + b"\n"


def _of_structure(change: Callable[[Any, random.Random], None]) -> Change:
    """Return a change of what the file says; it is written as a dossier is."""

    def changed(raw: bytes, chance: random.Random) -> bytes:
        doc = json.loads(raw)
        change(doc, chance)
        return _written(doc)

    return changed


def _signed_by_another(raw: bytes, chance: random.Random) -> bytes:
    """Change something, or nothing, and sign all of it with another key."""
    doc = json.loads(raw)
    chance.choice((_drop, _swap, _change, lambda *_: None))(doc, chance)
    doc["public_key"], doc["signature"] = public(OTHER_KEY), ""
    try:
        message = file_form.message(file_form.decode(_written(doc)))
    except Exception:  # noqa: BLE001 - what cannot be read is found without a signature
        return _written(doc)
    return _written({**doc, "signature": OTHER_KEY.sign(message).hex()})


CHANGES: Final[dict[str, Change]] = {
    "bit": _bit,
    "cut": _cut,
    "hole": _hole,
    "exchanged": _exchanged,
    "dropped": _of_structure(_drop),
    "swapped": _of_structure(_swap),
    "changed": _of_structure(_change),
    "signed by another": _signed_by_another,
}


def mutations(raw: bytes, number: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield changed files, each with the kind of its change; of every kind about as many.

    Args:
        raw: the file.
        number: how many.
        seed: of the choices.
    """
    chance, made = random.Random(seed), 0
    while made < number:
        kind = list(CHANGES)[made % len(CHANGES)]
        changed = CHANGES[kind](raw, chance)
        if changed != raw:
            made += 1
            yield kind, changed
