"""Rights at the broker, as they follow from the table of topics."""

from agents.config import Settings
from agents.edges.kafka import acl
from schemas.chain.leaf import COVERED

LINES = ["north", "south"]


def _who(operation: acl.AclOperation, topic: str) -> set[str]:
    found = acl.grants(Settings(), LINES)
    return {g.user for g in found if g.operation is operation and g.name == topic}


def test_a_hotline_alone_reads_what_became_of_its_records() -> None:
    """A hotline's own ids stand there open, so neither the desk nor another hotline reads them.

    The HTTP intake reads them for those that come in over HTTP, each behind its own key.
    """
    readers, writers = acl.AclOperation.READ, acl.AclOperation.WRITE
    assert _who(readers, "hotline.north.out.v1") == {"hotline-north", acl.HTTP_INTAKE}
    assert _who(writers, "hotline.north.out.v1") == {acl.WORKER}


def test_a_hotline_that_ended_writes_no_more() -> None:
    """Nor does the HTTP intake for it; what became of its records it may read still."""
    found = acl.grants(Settings(), LINES, {"south"})
    inbox = {g.name for g in found if g.user == "hotline-south"}
    assert inbox == {"hotline.south.out.v1"}
    writes = {(g.user, g.name) for g in found if g.operation is acl.AclOperation.WRITE}
    assert {("hotline-north", "hotline.north.v1"), (acl.HTTP_INTAKE, "hotline.north.v1")} <= writes
    assert not {user for user, name in writes if name == "hotline.south.v1"}


def test_the_desk_hands_records_in_again_and_reads_none_there() -> None:
    """It writes to inboxes what it opened of the quarantine; workers write to none."""
    assert acl.DESK in _who(acl.AclOperation.WRITE, "hotline.north.v1")
    assert acl.WORKER not in _who(acl.AclOperation.WRITE, "hotline.north.v1")
    assert _who(acl.AclOperation.READ, "hotline.north.v1") == {acl.WORKER}


def test_custody_is_the_desk_s() -> None:
    """Who revealed what, what was handed over, and the ledger's roots: no worker writes them.

    A worker reads the roots alone, to say how old the newest one is.
    """
    for topic in ("audit.v1", "handovers.v1", "roots.v1"):
        writes = {acl.SIGNER} if topic == "roots.v1" else set()
        assert _who(acl.AclOperation.WRITE, topic) == {acl.DESK} | writes
        also = {acl.WORKER} if topic == "roots.v1" else set()
        assert _who(acl.AclOperation.READ, topic) == {acl.DESK, acl.SIGNER} | also


def test_who_signs_the_roots_can_do_nothing_else() -> None:
    """It reads what they cover and who may sign, and writes them; no inbox, no table, no key."""
    own = [one for one in acl.grants(Settings(), LINES) if one.user == acl.SIGNER]
    topics = [one for one in own if one.kind is acl.ResourceType.TOPIC]
    read = {one.name for one in topics if one.operation is acl.AclOperation.READ}
    written = {one.name for one in topics if one.operation is acl.AclOperation.WRITE}
    assert read == {spec.name for spec in COVERED} | {"roots.v1"}
    assert written == {"roots.v1"}
    others = {(one.kind, one.name) for one in own if one not in topics}
    assert others == {(acl.ResourceType.TRANSACTIONAL_ID, "roots-")}


def test_month_keys_reach_those_that_seal_or_open() -> None:
    """The HTTP intake and hotlines neither seal nor open, so no month key is theirs to read."""
    assert _who(acl.AclOperation.READ, "keys.v1") == {acl.WORKER, acl.DESK}
    assert _who(acl.AclOperation.WRITE, "keys.v1") == {acl.WORKER, acl.DESK}
