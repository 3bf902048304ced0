"""Which private names of libraries the product uses: no new one comes unnoticed.

Each is guarded by the version of its library (`agents.engine.consumer.VERSIONS`).
"""

import ast
from pathlib import Path

import agents

ROOT = Path(agents.__file__).parent

USED = {
    "edges/secure.py": {"_sslobj"},
    "engine/batches.py": {"_builder", "_relative_offset"},
    "engine/fetched.py": {
        "_aborted_transactions",
        "_assignment",
        "_closed",
        "_create_fetch_waiter",
        "_notify",
        "_partition_records",
        "_records",
        "_subscriptions",
        "_wait_consume_future",
    },
    "engine/membership.py": {
        "_client",
        "_closed",
        "_coordinator",
        "_create_worker_consumer",
        "_fetcher",
        "_group_instance_id",
        "_isolation_level",
        "_partition_assignment_strategy",
        "_serve",
    },
    "engine/transactions.py": {"_txn_manager"},
}

STANDARD = {"_exit", "_replace"}
"""Public names of the standard library that begin with an underscore."""


def private_names(source: str) -> set[str]:
    """Return the private names of other objects that a module uses."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            own = isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
            if not own and not node.attr.startswith("__"):
                found.add(node.attr)
    return found - STANDARD


def test_no_private_name_is_used_that_is_not_listed() -> None:
    """Nor is one listed that is used no longer."""
    used = {
        str(file.relative_to(ROOT)): names
        for file in ROOT.rglob("*.py")
        if (names := private_names(file.read_text()))
    }
    assert used == USED


def test_a_private_name_is_found_wherever_it_stands() -> None:
    """Of a local name, of an attribute, of what a call gives."""
    source = "class A:\n def f(self, a):\n  self._own = a._b\n  a.c._d = super()._e() + f()._g"
    assert private_names(source) == {"_b", "_d", "_e", "_g"}
