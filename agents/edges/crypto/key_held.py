"""Texts of a URL under legal hold, sealed anew under a key of the hold's own.

When a month is destroyed, what it sealed of a held URL is sealed under that key first, and stands
in `keys.v1` with it. The key is wrapped by the master key like those of the months. It goes with
the next replacement of the master key after two persons revoked the hold.
"""

import binascii
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from agents.edges.crypto.key_file import KEY_BYTES, KeyFault, KeyFileError
from agents.edges.crypto.key_table import KeyTable, unwrap_one, wrapped
from agents.edges.crypto.sealing import MonthKey, taken_apart
from agents.errors import UserError
from schemas.codec import KEY
from schemas.records.custody import HeldText, HeldTexts, SealedKind
from schemas.records.reports import UrlKey
from schemas.seal_context import (
    SealContext,
    hotline_ids,
    placed_address,
    reported_url,
    resolved_addresses,
    resolved_names,
)

Plain: TypeAlias = tuple[SealedKind, bytes]
"""What a text is, and the text."""

HELD_BYTES_MAX: Final = 768 * 1024
"""Of one URL in `keys.v1`, below the broker's limit of a record; most have some KB."""

_NO_MONTH: Final = 0
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")


@dataclass(frozen=True, slots=True)
class Holds:
    """What legal holds keep when keys are replaced.

    Attributes:
        standing: URLs under a hold; None = not known, so every hold stands.
        texts: what a month that is about to be destroyed sealed of them.
    """

    standing: Collection[UrlKey] | None = None
    texts: Mapping[UrlKey, Sequence[Plain]] = field(default_factory=dict)


def name_of_hold(url_key: UrlKey) -> str:
    """Return the Kafka key of a hold's record, to which its data key is bound too."""
    return f"held/{url_key}"


def held_bound(kept: SealedKind, url_key: UrlKey) -> SealContext:
    """Return where a held text belongs: where it stood in the ledger."""
    match kept:
        case SealedKind.URL:
            return reported_url(url_key)
        case SealedKind.IDS:
            return hotline_ids(url_key)
        case SealedKind.ADDRESS:
            return placed_address(url_key)
        case SealedKind.NAMES:
            return resolved_names(url_key)
        case SealedKind.ADDRESSES:
            return resolved_addresses(url_key)


def held_key(masters: Mapping[str, bytes], record: HeldTexts) -> MonthKey:
    """Return the key of a hold.

    Args:
        masters: master keys by name.
        record: of the hold, not of one that ended.

    Raises:
        KeyFileError: none of the master keys is the one it names, or it was changed.
    """
    return MonthKey(_NO_MONTH, _key(masters, record))


def _key(masters: Mapping[str, bytes], record: HeldTexts) -> bytes:
    master = masters.get(record.master)
    if master is None:
        raise KeyFileError(KeyFault.OUTDATED)
    raw = binascii.a2b_base64(record.wrapped.encode().translate(_STANDARD))
    return unwrap_one(master, name_of_hold(record.url_key), raw)


def held_texts(masters: Mapping[str, bytes], record: HeldTexts) -> list[Plain]:
    """Return the texts of a hold, in the order in which they were added.

    Raises:
        KeyFileError: see `held_key`.
        NotSealed: one was changed.
    """
    if not record.wrapped:
        return []
    key = held_key(masters, record)
    return [
        (one.kept, key.open(taken_apart(one.sealed)[1], held_bound(one.kept, record.url_key)))
        for one in record.texts
    ]


def rewrapped_holds(
    table: KeyTable, masters: Mapping[str, bytes], master: tuple[str, bytes], holds: Holds
) -> list[HeldTexts]:
    """Return the records of all holds as another master key wraps them.

    One that no longer stands gets no key and no text.

    Args:
        table: what `keys.v1` says.
        masters: master keys by name, those that wrap it.
        master: name and bytes of the one that is to wrap it.
        holds: which stand, and what is added to them.

    Raises:
        KeyFileError: see `held_key`.
        UserError: a URL has more texts than a record holds.
    """
    found: list[HeldTexts] = []
    for url_key in sorted({*(key for key, one in table.held.items() if one.wrapped), *holds.texts}):
        before = table.held.get(url_key)
        if holds.standing is not None and url_key not in holds.standing:
            found.append(HeldTexts(url_key=url_key, master=master[0], wrapped="", texts=()))
            continue
        found.append(_with(before, masters, (url_key, *master), holds.texts.get(url_key, ())))
    return found


def _with(
    before: HeldTexts | None,
    masters: Mapping[str, bytes],
    to: tuple[UrlKey, str, bytes],
    more: Sequence[Plain],
) -> HeldTexts:
    """Return a hold's record with further texts, each once."""
    url_key, name, master = to
    there = before is not None and bool(before.wrapped)
    key = _key(masters, before) if before is not None and there else os.urandom(KEY_BYTES)
    own, sealer = (before.texts if before is not None and there else ()), MonthKey(_NO_MONTH, key)
    known = set(held_texts(masters, before)) if before is not None else set()
    new = [one for one in dict.fromkeys(more) if one not in known]
    texts = [HeldText(kept=k, sealed=sealer.seal(raw, held_bound(k, url_key))) for k, raw in new]
    made = HeldTexts(
        url_key=url_key,
        master=name,
        wrapped=wrapped(master, name_of_hold(url_key), key),
        texts=(*own, *texts),
    )
    if len(KEY.encode(made)) > HELD_BYTES_MAX:
        raise UserError(
            f"{url_key} is under legal hold with more texts than {HELD_BYTES_MAX} bytes hold:"
            " hand them over (`hostwatch cases show --reveal`) and revoke the hold"
        )
    return made
