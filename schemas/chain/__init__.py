"""The chain of signed roots over the ledger: leaves, Merkle trees and proofs (RFC 9162), hours.

Pure. May import `schemas.records`, `schemas.moments`, `schemas.signing` and `schemas.topics`.
"""
