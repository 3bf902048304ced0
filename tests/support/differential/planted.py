"""Defects of one kind, planted: after decoding a field is plain text, and no longer of its list.

Whatever compares such a field by identity then judges a stored record otherwise than a new one,
so how records were batched decides a verdict.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from unittest import mock

from msgspec.structs import replace

from schemas.codec import StateCodec
from schemas.records.case import UrlState

PLANTED: Final = {
    "what a check saw": ("checks", "what"),
    "the delivery of a notice": ("notices", "result"),
    "the basis of a notice": ("notices", "basis"),
    "the mode of a hotline": ("reports", "mode"),
    "the role of a place": ("placements", "role"),
    "the action of a decision": ("decisions", "action"),
    "the target of a probe": ("tracks", "target"),
}
"""What is planted: the field of a state, and the field of each of its entries."""


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Plant a defect while states are decoded."""
    many, one = PLANTED[name]
    decode: Callable[[Any, bytes], UrlState] = StateCodec.decode

    def spoilt(codec: Any, raw: bytes) -> UrlState:
        state = decode(codec, raw)
        entries = tuple(
            replace(entry, **{one: plain(getattr(entry, one))}) for entry in getattr(state, many)
        )
        return replace(state, **{many: entries})

    with mock.patch.object(StateCodec, "decode", spoilt):
        yield


def plain(value: Any) -> str:
    """Return a value of a closed list as decoding would leave it where the type says text."""
    return "".join(value)
