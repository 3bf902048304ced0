"""The log of hours: whether signed roots follow on each other, and where they leave off."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from schemas.chain.leaf import hour_leaf
from schemas.chain.merkle import Frontier, leaf_hash
from schemas.moments import HOUR_MS
from schemas.records.custody import LedgerRoot
from schemas.signing import SignedKind, signed_bytes

RootSignatureCheck: TypeAlias = Callable[[str, str, bytes], bool]
"""Of a public key, a signature and a message: whether the one is that of the others."""

CoveredEnds: TypeAlias = dict[tuple[str, int], int]
"""Where what the roots cover ends, by topic and partition."""


def leaves_of(roots: Sequence[LedgerRoot]) -> list[bytes]:
    """Return the hashes of the hours' leaves, in order."""
    return [leaf_hash(hour_leaf(root)) for root in roots]


def ends_of(roots: Sequence[LedgerRoot]) -> CoveredEnds:
    """Return where what roots cover ends."""
    return {(one.topic, one.partition): one.end for root in roots for one in root.extents}


def is_signed(root: LedgerRoot, public_key: str, genuine: RootSignatureCheck) -> bool:
    """Return whether a root carries the signature of a key."""
    (signature,) = root.signatures
    message = signed_bytes(SignedKind.ROOT, root.ledger, root)
    return root.public_key == public_key and genuine(public_key, signature.signature, message)


def objection(roots: Sequence[LedgerRoot], genuine: RootSignatureCheck) -> str | None:
    """Return what is wrong with a log of signed roots from its first hour on; None = nothing.

    Args:
        roots: all of them, in order.
        genuine: checks a signature.
    """
    log, before = Frontier(), ""
    ends: CoveredEnds = {}
    for number, root in enumerate(roots, 1):
        if number > 1 and root.hour_at != roots[number - 2].hour_at + HOUR_MS:
            return f"root {number} is not of the next hour"
        if root.log_size != number or root.before != before:
            return f"root {number} does not follow on the one before"
        for one in root.extents:
            part = one.topic, one.partition
            if one.begin != ends.get(part, 0) or one.end <= one.begin:  # the first begins at 0
                return f"root {number} leaves records out, or covers some twice"
            ends[part] = one.end
        log.append(leaf_hash(hour_leaf(root)))
        before = root.log_root
        if log.root.hex() != before:
            return f"root {number} is not the root of the hours up to it"
        if not is_signed(root, root.public_key, genuine):
            return f"root {number} is not signed by the key that it names"
    return None
