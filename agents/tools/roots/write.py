"""Writes the signed roots of the hours that are over, each once.

Whoever begins fences whoever had begun before, reads what stands there, and writes what is missing
in one transaction. So an hour has one root, wherever a run was killed and however many run.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from agents.config import Settings
from agents.edges.crypto.person_key import PersonKey, genuine
from agents.engine.produce.exclusive import exclusively
from agents.engine.stage import Send
from agents.errors import UserError
from agents.tools.roots.hours import (
    StretchesByHour,
    first_hour,
    leaves_of_hour,
    read_hours,
    read_roots,
)
from agents.tools.two_person import persons_of
from schemas.chain.hour_log import ends_of, leaves_of, objection
from schemas.chain.leaf import hour_leaf
from schemas.chain.merkle import Frontier, leaf_hash, root_of
from schemas.codec import ROOT
from schemas.moments import HOUR_MS, MINUTE_MS, Instant
from schemas.records.custody import Extent, LedgerRoot
from schemas.signing import PersonId, Signature, SignedKind, signed_bytes
from schemas.topics import ROOTS

ROLE: Final = "roots"

GRACE_MS: Final = 5 * MINUTE_MS
"""After its end an hour waits so long: brokers' clocks may differ, transactions be under way."""

HOURS_MAX: Final = 1_000
"""Hours in one transaction, some 2 MB; who is further behind runs the command again."""


class RootKey(NamedTuple):
    """What roots are signed with: a key that is no person's.

    Attributes:
        key: the private key.
        name: what it is called.
        new: another key may have signed the roots before.
    """

    key: PersonKey
    name: PersonId
    new: bool = False


class WrittenRoots(NamedTuple):
    """What a run came to.

    Attributes:
        roots: all that stand in `roots.v1` now, in order.
        new: how many of them this run wrote.
    """

    roots: list[LedgerRoot]
    new: int


async def write_roots(settings: Settings, by: RootKey, now: Instant) -> WrittenRoots:
    """Write the roots of the hours that are over and have none.

    Args:
        settings: name the broker.
        by: signs them.
        now: the present instant.

    Raises:
        UserError: `roots.v1` was changed, the key is a person's or another than before, or
            another run began meanwhile.
        SendFailed, KafkaError, TimeoutError: the broker failed.
        UnreadableBatch, LogShrunk: a topic is damaged.
    """
    persons = await persons_of(settings)
    if any(one.entry.public_key == by.key.public_key for one in persons.newest()):
        raise UserError("--key: roots are signed by a key that is no person's; make one of its own")
    there: list[LedgerRoot] = []
    made: list[LedgerRoot] = []

    async def decide() -> Sequence[Send]:
        there[:] = await read_roots(settings)
        _may_follow(there, by)
        made[:] = await _missing(settings, there, now)
        made[:] = _logged(there, [replace(one, ledger=persons.ledger) for one in made], by)
        return [
            Send(ROOTS.name, str(one.hour_at).encode(), ROOT.encode(one), partition=0)
            for one in made
        ]

    await exclusively(settings, ROLE, decide)
    return WrittenRoots([*there, *made], len(made))


def _may_follow(there: Sequence[LedgerRoot], by: RootKey) -> None:
    said = objection(there, genuine)
    if said is not None:
        raise UserError(f"roots.v1: {said}; somebody changed it, so no root is written behind it")
    if there and not by.new and there[-1].public_key != by.key.public_key:
        raise UserError(
            f"--key: the roots before are signed by {there[-1].public_key[:16]}; publish the new"
            " key first, then say --new-key"
        )


async def _missing(
    settings: Settings, there: Sequence[LedgerRoot], now: Instant
) -> list[LedgerRoot]:
    """Return the roots of the hours that are over and have none, not in the log and not signed."""
    over = (now - GRACE_MS) // HOUR_MS * HOUR_MS
    since = there[-1].hour_at + HOUR_MS if there else await first_hour(settings)
    if since is None:
        return []
    to = min(over, since + HOURS_MAX * HOUR_MS)
    hours = await read_hours(settings, ends_of(there), since, to)
    return [_root(hours, at) for at in range(since, to, HOUR_MS)]


def _root(hours: StretchesByHour, hour_at: Instant) -> LedgerRoot:
    stretches = hours.get(hour_at, {})
    leaves = leaves_of_hour(stretches)
    extents = [
        Extent(topic=topic, partition=partition, begin=one.begin, end=one.end)
        for (topic, partition), one in sorted(stretches.items())
    ]
    return LedgerRoot(
        hour_at=hour_at,
        ledger="",
        size=len(leaves),
        root=root_of(leaves).hex(),
        extents=tuple(extents),
        log_size=1,
        log_root="",
        before="",
        public_key="",
        signatures=(),
    )


def _logged(
    there: Sequence[LedgerRoot], made: Sequence[LedgerRoot], by: RootKey
) -> list[LedgerRoot]:
    """Return roots with their place in the log, signed."""
    log, found = Frontier(), list[LedgerRoot]()
    for leaf in leaves_of(there):
        log.append(leaf)
    before = there[-1].log_root if there else ""
    for one in made:
        log.append(leaf_hash(hour_leaf(one)))
        root = replace(
            one,
            log_size=log.size,
            log_root=log.root.hex(),
            before=before,
            public_key=by.key.public_key,
        )
        signature = by.key.sign(signed_bytes(SignedKind.ROOT, root.ledger, root))
        found.append(replace(root, signatures=(Signature(person=by.name, signature=signature),)))
        before = root.log_root
    return found
