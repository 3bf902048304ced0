"""What a user may is known before a stage fails for want of it."""

import pytest
from aiokafka.errors import TopicAuthorizationFailedError
from secured_broker import ADMIN, NORTH, Secured

from agents.edges.kafka import acl
from agents.edges.kafka.acl_check import rights
from agents.edges.kafka.surplus_acls import not_granted
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.read.log_reader import LogReader


async def test_the_doctor_knows_what_a_user_may(secured: Secured) -> None:
    """Each missing right is told before a stage fails for it; a user has what it needs, no more."""
    admin = secured.settings(ADMIN, "acl3.")
    await apply(admin, wanted(admin, [NORTH]))
    worker = secured.settings(acl.WORKER, "acl3.")
    granted = acl.grants(admin, [NORTH])
    needed = [grant for grant in granted if grant.user == acl.WORKER]
    missing, _ = await rights(worker, needed)
    assert missing == needed
    kinds = (acl.ResourceType.TOPIC, acl.ResourceType.GROUP, acl.ResourceType.TRANSACTIONAL_ID)
    left_out = [next(g for g in needed if g.kind is kind) for kind in kinds[:2]]
    await acl.allow(admin, [grant for grant in granted if grant not in left_out])
    missing, altering = await rights(worker, needed)
    assert (missing, altering) == (left_out, [])
    assert await not_granted(admin, needed) == left_out
    await acl.allow(admin, left_out)
    assert await not_granted(admin, needed) == []
    assert await rights(worker, needed) == ([], [])
    missing, altering = await rights(admin, needed)
    assert (missing, len(altering)) == ([], len({g.name for g in needed if g.kind is kinds[0]}))


async def test_a_reader_that_may_not_see_a_topic_does_not_wait_for_it(secured: Secured) -> None:
    """It is told that it may not, and not after a time that nothing answers."""
    worker = secured.settings(acl.WORKER, "acl4.")
    reader = LogReader(worker.kafka, "acl4.cases.v1")
    try:
        with pytest.raises(TopicAuthorizationFailedError):
            await reader.start()
    finally:
        await reader.stop()
