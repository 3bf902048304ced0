"""Rights that nobody needs any more are found and revoked, and no others."""

import pytest
from secured_broker import ADMIN, NORTH, SOUTH, Secured, hotline_user

from agents.config import KafkaSettings, Settings
from agents.edges.kafka import acl
from agents.edges.kafka.admin_client import AdminError
from agents.edges.kafka.surplus_acls import GrantedAcl, surplus, take_back


def as_granted(grant: acl.Grant) -> GrantedAcl:
    """Return a right as the broker has it."""
    pattern = acl.PREFIXED if grant.prefixed else acl.LITERAL
    return GrantedAcl(grant.user, grant.kind, grant.name, pattern, "*", grant.operation)


async def test_rights_that_nobody_needs_are_taken_back(secured: Secured) -> None:
    """What an older version gave, a hotline that is gone, a wildcard; never another ledger's."""
    admin = secured.settings(ADMIN, "acl5.")
    before = await surplus(admin, [])
    other = acl.grants(secured.settings(ADMIN, "acl6."), [NORTH])
    wanted_here = acl.grants(admin, [NORTH])
    old = [
        acl.Grant(
            acl.DESK, acl.ResourceType.TOPIC, f"acl5.hotline.{NORTH}.v1", acl.AclOperation.READ
        ),
        acl.Grant(
            hotline_user(SOUTH),
            acl.ResourceType.TOPIC,
            f"acl5.hotline.{SOUTH}.v1",
            acl.AclOperation.WRITE,
        ),
        acl.Grant(
            acl.WORKER, acl.ResourceType.TOPIC, "acl5.", acl.AclOperation.WRITE, prefixed=True
        ),
        acl.Grant(acl.WORKER, acl.ResourceType.TOPIC, "*", acl.AclOperation.READ),
        acl.Grant(acl.WORKER, acl.ResourceType.GROUP, "acl5.probe-gone", acl.AclOperation.READ),
    ]
    foreign = acl.Grant(
        "somebody", acl.ResourceType.TOPIC, "acl5.reports.v1", acl.AclOperation.READ
    )
    await acl.allow(admin, [*wanted_here, *other, *old, foreign])
    held = await surplus(admin, wanted_here)
    assert {one.words() for one in held} - {one.words() for one in before} == {
        (g.user, g.kind.name.lower(), g.name + "*" * g.prefixed, g.operation.name.lower())
        for g in old
    }
    await take_back(admin, held)
    assert await surplus(admin, wanted_here) == []
    assert await surplus(admin, []) == sorted(map(as_granted, wanted_here))
    there = await surplus(secured.settings(ADMIN, "acl6."), [])
    assert there == sorted(map(as_granted, other))
    with pytest.raises(AdminError, match="ClusterAuthorizationFailed"):
        await surplus(secured.settings(acl.WORKER, "acl5."), [])


async def test_a_broker_without_rights_says_so(bootstrap: str) -> None:
    """Where everybody may do everything there is nothing to revoke, and it is not silent."""
    settings = Settings(kafka=KafkaSettings(bootstrap=bootstrap))
    with pytest.raises(AdminError, match="does not show its rights"):
        await surplus(settings, [])


def test_a_right_of_a_kind_that_nobody_knows_has_words() -> None:
    """A later broker may grant what this program has no name for; it is shown by its number."""
    granted = GrantedAcl("hostwatch-worker", 99, "x", acl.LITERAL, "*", 98)
    assert granted.words() == ("hostwatch-worker", "kind 99", "x", "operation 98")
    known = as_granted(acl.Grant("u", acl.ResourceType.TOPIC, "a.", acl.AclOperation.READ, True))
    assert known.words() == ("u", "topic", "a.*", "read")
