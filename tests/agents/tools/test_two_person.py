"""Laws of what two persons sign: a re-attribution says whose the new hoster is."""

import pytest

from agents.tools.proposals import ProposalError
from agents.tools.two_person import with_owner
from schemas.records.facts import Decision
from schemas.records.registry import HosterEntry
from streams.registry.snapshot import RegistryHistory

REGISTRY = RegistryHistory(
    [
        HosterEntry(id="acme", version=1, valid_from=0, name="Acme", group="holding"),
        HosterEntry(id="lone", version=1, valid_from=0, name="Lone", asns=(64_500,)),
    ]
).at(1)


def decided(hoster: str) -> Decision:
    """Return a re-attribution, not signed."""
    return Decision(
        id="d-1", url_key="0" * 32, decided_at=1, action="reattribute", hoster=hoster, reason="x"
    )


@pytest.mark.parametrize(
    ("hoster", "group"), [("acme", "holding"), ("lone", "lone"), ("as64999", "as64999")]
)
def test_the_owner_is_the_registrys(hoster, group) -> None:
    """Readers of the ledger need no registry."""
    assert with_owner(decided(hoster), REGISTRY).group == group


@pytest.mark.parametrize("hoster", ["nobody", "unknown-too", "as64500"])
def test_nobody_is_held_responsible_whom_the_registry_does_not_know(hoster) -> None:
    """A mistyped id, or a network under which the registry knows a hoster, is refused."""
    with pytest.raises(ProposalError, match="registry"):
        with_owner(decided(hoster), REGISTRY)
