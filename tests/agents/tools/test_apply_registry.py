"""What of a registry is written."""

import msgspec
from registry_entries import REGISTRY

from agents.tools.apply_registry import changes
from schemas.records.registry import HosterEntry
from streams.registry.snapshot import RegistryHistory


def test_only_what_differs_is_written_with_the_next_version():
    """An equal entry is left alone, a changed one gets the next version, a new one the first."""
    first, second, *rest = REGISTRY
    assert isinstance(first, HosterEntry)
    renamed = msgspec.structs.replace(first, name="Renamed")
    new = HosterEntry(id="new", version=1, valid_from=0, name="New")
    registry_history = RegistryHistory(REGISTRY)
    written = changes(registry_history, [renamed, second, new, *rest], 900)
    assert [(entry.id, entry.version, entry.valid_from) for entry in written] == [
        ("north", 2, 900),
        ("new", 1, 900),
    ]
    for entry in written:
        registry_history.add(entry)
    assert changes(registry_history, [renamed, second, new, *rest], 1_800) == []
    assert registry_history.at(899).hosters["north"].name == "North Hosting B.V."
    assert registry_history.at(900).hosters["north"].name == "Renamed"
