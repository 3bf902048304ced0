"""Merkle trees: published vectors, and what holds of trees of any size."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.chain import merkle
from schemas.chain.merkle import (
    EMPTY_ROOT,
    Frontier,
    Tree,
    is_consistent,
    is_included,
    leaf_hash,
    root_of,
)

CONTENTS = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
"""The leaves that the test suites of Certificate Transparency publish their vectors for."""

ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUSION = {
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
}
CONSISTENCY = {
    (1, 8): INCLUSION[0, 8],
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
LEAVES = [leaf_hash(one) for one in CONTENTS]


def test_roots_are_the_published_ones() -> None:
    """Of one leaf to eight, and of none."""
    assert hashlib.sha256().digest() == EMPTY_ROOT == root_of([]) == Frontier().root
    growing = Frontier()
    for size, root in enumerate(ROOTS, 1):
        growing.append(LEAVES[size - 1])
        assert root_of(LEAVES[:size]).hex() == growing.root.hex() == root


@pytest.mark.parametrize(("place", "path"), INCLUSION.items())
def test_inclusion_proofs_are_the_published_ones(
    place: tuple[int, int], path: tuple[str, ...]
) -> None:
    """Hash by hash, nearest to the leaf first."""
    index, size = place
    assert tuple(one.hex() for one in Tree(LEAVES[:size]).inclusion_path(index)) == path


@pytest.mark.parametrize(("sizes", "path"), CONSISTENCY.items())
def test_consistency_proofs_are_the_published_ones(
    sizes: tuple[int, int], path: tuple[str, ...]
) -> None:
    """Hash by hash."""
    first, second = sizes
    assert tuple(one.hex() for one in Tree(LEAVES[:second]).consistency_path(first)) == path


def made(size: int) -> list[bytes]:
    """Return leaves of different contents."""
    return [leaf_hash(str(n).encode()) for n in range(size)]


@given(st.data(), st.integers(1, 70))
def test_a_leaf_is_shown_to_be_in_its_place_and_in_no_other(data: st.DataObject, size: int) -> None:
    """Nor is another leaf, in a tree of another size, or with a proof that was changed."""
    leaves, index = made(size), data.draw(st.integers(0, size - 1))
    tree = Tree(leaves)
    path, root = tree.inclusion_path(index), root_of(leaves)
    assert tree.root == root
    assert is_included(leaves[index], (index, size), path, root)
    other = data.draw(st.integers(-1, size + 1).filter(lambda n: n != index))
    assert not is_included(leaves[index], (other, size), path, root)
    assert not is_included(leaf_hash(b"other"), (index, size), path, root)
    assert not is_included(leaves[index], (index, size), [*path, root], root)
    if path:
        assert not is_included(leaves[index], (index, size), path[:-1], root)
        cut = data.draw(st.integers(0, len(path) - 1))
        changed = [*path[:cut], leaf_hash(b"other"), *path[cut + 1 :]]
        assert not is_included(leaves[index], (index, size), changed, root)


def test_proofs_of_a_tree_hash_nothing(monkeypatch) -> None:
    """A log of 70,000 hours, eight years, has as many consistency proofs as a dossier has hours."""
    tree = Tree(made(1_000))
    monkeypatch.setattr(merkle, "node_hash", None)
    assert all(tree.consistency_path(first) for first in range(1, 1_000))
    assert all(tree.inclusion_path(index) for index in range(1_000))


@given(st.data(), st.integers(1, 70))
def test_a_tree_is_shown_to_begin_with_an_earlier_one_and_with_no_other(
    data: st.DataObject, second: int
) -> None:
    """A changed leaf of the earlier tree, or a proof that was changed, is found."""
    leaves, first = made(second), data.draw(st.integers(1, second))
    path, later = Tree(leaves).consistency_path(first), (second, root_of(leaves))
    earlier = first, root_of(leaves[:first])
    assert is_consistent(earlier, later, path)
    at = data.draw(st.integers(0, first - 1))
    forged = [*leaves[:at], leaf_hash(b"other"), *leaves[at + 1 :]]
    assert not is_consistent((first, root_of(forged[:first])), later, path)
    assert not is_consistent(earlier, (second, root_of(forged)), path)
    assert not is_consistent(earlier, later, [*path, later[1]])
    if path:
        assert not is_consistent(earlier, later, path[:-1])
    assert not is_consistent((0, EMPTY_ROOT), later, path)
    assert not is_consistent((second + 1, later[1]), later, path)
