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
from schemas.packing import DecodedState
from schemas.records.case import UrlState

PLANTED: Final = {
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
    decode_before: Callable[..., DecodedState] = StateCodec.decode_before

    def spoilt(codec: Any, *said: Any) -> DecodedState:
        found = decode_before(codec, *said)
        return found._replace(state=with_plain(found.state, *PLANTED[name]))

    with mock.patch.object(StateCodec, "decode_before", spoilt):
        yield


def with_plain(state: UrlState, many: str, one: str) -> UrlState:
    """Return a state one of whose fields is text, as decoding leaves it where the type says so."""
    entries = tuple(
        replace(entry, **{one: "".join(getattr(entry, one))}) for entry in getattr(state, many)
    )
    return replace(state, **{many: entries})
