"""Merkle trees after RFC 9162, section 2.1: roots, inclusion proofs and consistency proofs.

Hashes are SHA-256. A leaf is hashed behind a zero byte and a node behind a one, so that no leaf
can pass for a node.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

HASH_BYTES: Final = 32

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""Root of a tree without leaves."""


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node, from those of its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _above(hashes: Sequence[bytes]) -> list[bytes]:
    """Return the level above one; a hash without a neighbour goes up as it is."""
    found = [node_hash(*hashes[n : n + 2]) for n in range(0, len(hashes) - 1, 2)]
    return [*found, hashes[-1]] if len(hashes) % 2 else found


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a tree.

    Args:
        leaves: hashes of its leaves, in order.
    """
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


class Frontier:
    """A tree that only grows: of what it has, the hashes that later roots need.

    Attributes:
        size: its leaves.
    """

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []  # roots of its whole subtrees, the greatest first

    def append(self, leaf: bytes) -> None:
        """Take in the hash of the next leaf."""
        peak, size = leaf, self.size
        while size & 1:
            peak, size = node_hash(self._peaks.pop(), peak), size >> 1
        self._peaks.append(peak)
        self.size += 1

    @property
    def root(self) -> bytes:
        """Return its root now."""
        if not self._peaks:
            return EMPTY_ROOT
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found


class Tree:
    """A tree whose levels are kept, so that many proofs cost little.

    Args:
        leaves: hashes of its leaves, in order; at least one.
    """

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            self._levels.append(_above(self._levels[-1]))

    @property
    def root(self) -> bytes:
        """Return its root."""
        return self._levels[-1][0]

    def inclusion_path(self, index: int) -> list[bytes]:
        """Return the proof that a leaf is in the tree, nearest to the leaf first.

        Args:
            index: of the leaf, from 0.
        """
        found = []
        for level in self._levels[:-1]:
            beside = index ^ 1
            if beside < len(level):
                found.append(level[beside])
            index //= 2
        return found

    def consistency_path(self, first: int) -> list[bytes]:
        """Return the proof that the tree begins with all of an earlier one (RFC 9162, 2.1.4.1).

        Args:
            first: number of leaves of the earlier tree, at least 1 and at most all.
        """
        found, begin, end, whole = list[bytes](), 0, len(self._levels[0]), True
        while first != end:
            split = begin + (1 << (end - begin - 1).bit_length() - 1)
            if first <= split:
                found.append(self._root(split, end))
                end = split
            else:
                found.append(self._root(begin, split))
                begin, whole = split, False
        return found[::-1] if whole else [self._root(begin, end), *found[::-1]]

    def _root(self, begin: int, end: int) -> bytes:
        """Return the root of a subtree: leaves from `begin` on and before `end`."""
        height = (end - begin - 1).bit_length()
        return self._levels[height][begin >> height]


def is_included(leaf: bytes, place: tuple[int, int], path: Sequence[bytes], root: bytes) -> bool:
    """Return whether a proof shows that a leaf is in a tree (RFC 9162, 2.1.3.2).

    Args:
        leaf: its hash.
        place: its index from 0, and the number of the tree's leaves.
        path: the proof.
        root: of the tree.
    """
    index, size = place
    if not 0 <= index < size:
        return False
    last, found = size - 1, leaf
    for beside in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            found = node_hash(beside, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        index, last = index >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(
    earlier: tuple[int, bytes], later: tuple[int, bytes], path: Sequence[bytes]
) -> bool:
    """Return whether a proof shows that a tree begins with all of an earlier one (2.1.4.2).

    Args:
        earlier: number of its leaves and its root.
        later: likewise of the later tree.
        path: the proof.
    """
    (first, first_root), (second, second_root) = earlier, later
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    rest = [first_root, *path] if first & (first - 1) == 0 else list(path)
    if not rest:
        return False
    index, last = first - 1, second - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    old = new = rest[0]
    for beside in rest[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            new = node_hash(new, beside)
        index, last = index >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
