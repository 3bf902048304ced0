"""Hours with signed roots, made without a broker."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from schemas.chain.leaf import hour_leaf
from schemas.chain.merkle import Frontier, leaf_hash, root_of
from schemas.moments import HOUR_MS
from schemas.records.custody import Extent, LedgerRoot
from schemas.signing import Signature, SignedKind, signed_bytes

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"o" * 32)


def public(key: Ed25519PrivateKey = KEY) -> str:
    """Return a public key in hex."""
    return key.public_key().public_bytes_raw().hex()


def root_of_hour(hour: int, *, records: int = 3) -> LedgerRoot:
    """Return the unsigned root of an hour of `records` records, not yet in a log."""
    leaves = [leaf_hash(f"{hour}/{n}".encode()) for n in range(records)]
    begin = hour * records
    extent = Extent(topic="facts.v1", partition=0, begin=begin, end=begin + records)
    return LedgerRoot(
        hour_at=hour * HOUR_MS,
        ledger="",
        size=records,
        root=root_of(leaves).hex(),
        extents=(extent,) if records else (),
        log_size=1,
        log_root="0" * 64,
        before="",
        public_key=public(),
        signatures=(Signature(person="roots", signature="0" * 128),),
    )


def signed(root: LedgerRoot, key: Ed25519PrivateKey = KEY) -> LedgerRoot:
    """Return a root signed by a key."""
    root = replace(root, public_key=public(key))
    signature = key.sign(signed_bytes(SignedKind.ROOT, root.ledger, root)).hex()
    return replace(root, signatures=(Signature(person="roots", signature=signature),))


def log_of(hours: int) -> list[LedgerRoot]:
    """Return the signed roots of some hours, each following on the one before."""
    log, found = Frontier(), list[LedgerRoot]()
    for hour in range(hours):
        root = root_of_hour(hour)
        log.append(leaf_hash(hour_leaf(root)))
        before = found[-1].log_root if found else ""
        root = replace(root, log_size=log.size, log_root=log.root.hex(), before=before)
        found.append(signed(root))
    return found
