"""What `hostwatch doctor` asks the broker: topics, keys, rights, norms, persons, kept offsets."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from agents.config import Settings
from agents.edges.crypto.ledger_keys import verify_key_file
from agents.edges.kafka import acl
from agents.edges.kafka.acl_check import rights
from agents.edges.kafka.admin_client import explained
from agents.edges.kafka.kept_offsets import OFFSETS_KEPT_DAYS_MIN, offsets_kept_days
from agents.edges.kafka.reachability import reach
from agents.edges.kafka.topic_admin import plan, wanted
from agents.edges.registry.hotlines import (
    ended,
    entries_of_registry,
    hotlines_of_registry,
    registry_exists,
)
from agents.edges.registry.reader import read_registry
from agents.errors import UserError
from agents.tools.two_person import PERSONS_MIN, persons_of
from schemas.records.registry import HotlineEntry, NormEntry

CHECK_DEADLINE_S: Final = 40.0
"""A broker that is down is found so in 30 s; nothing else takes as long."""


class Health(StrEnum):
    """How well something that was examined is."""

    WELL = "ok"
    DOUBTFUL = "check"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found.

    Attributes:
        what: was checked.
        said: how it is, and what to do where it is not well.
    """

    state: Health
    what: str
    said: str


async def broker_findings(settings: Settings) -> AsyncIterator[Finding]:
    """Ask the broker; where it does not answer, nothing else is asked.

    Args:
        settings: with `kafka.bootstrap` set.
    """
    broker = await within("broker", _broker(settings))
    yield broker
    if broker.state is not Health.WELL:  # each would say the same
        return
    topics = await within("topics", _topics(settings))
    yield topics
    if topics.state is not Health.BROKEN and settings.key_file.exists():
        yield await within("ledger", _ledger(settings))
    yield await within("rights", _rights(settings))
    yield await within("kept offsets", _kept_offsets(settings))
    yield await within("norms", _norms(settings))
    yield await within("persons", _persons(settings))


async def within(what: str, check: Coroutine[Any, Any, Finding]) -> Finding:
    """Return what a check finds, or that it found no answer in its time.

    Args:
        what: is checked.
        check: finds it.
    """
    try:
        with explained(CHECK_DEADLINE_S):
            async with asyncio.timeout(CHECK_DEADLINE_S):
                return await check
    except UserError as error:
        return Finding(Health.BROKEN, what, str(error))


async def _broker(settings: Settings) -> Finding:
    return Finding(Health.WELL, "broker", await reach(settings))


async def _registry_is_there(settings: Settings) -> None:
    """Raise UserError without the registry's topic: a reader would wait for it for 30 s."""
    if not await registry_exists(settings):
        raise UserError("not known without registry.v1: `hostwatch topics apply`")


async def _norms(settings: Settings) -> Finding:
    """Check whether each hotline's jurisdiction has norms of its own in the registry."""
    await _registry_is_there(settings)
    entries = (await read_registry(settings)).all_newest()
    kept = {entry.id for entry in entries if isinstance(entry, NormEntry)}
    asked = {entry.jurisdiction for entry in entries if isinstance(entry, HotlineEntry)}
    if lacking := sorted(asked - kept):
        said = (
            f"the registry has no norms for the jurisdiction {', '.join(lacking)} of a hotline, so"
            " those of `default` are used: add a [[norm]] and `hostwatch registry apply FILE`"
        )
        return Finding(Health.DOUBTFUL, "norms", said)
    return Finding(Health.WELL, "norms", f"of all {len(asked)} jurisdictions of hotlines")


async def _persons(settings: Settings) -> Finding:
    """Check whether two persons can sign, and whether somebody else tried to enter one."""
    await _registry_is_there(settings)
    persons = await persons_of(settings)
    able = len(persons.at(settings.clock.clock().now()))
    if persons.founded_at is None:
        said = (
            "none yet, so that unsigned decisions take effect:"
            " `hostwatch keys person create`, then `propose` and `confirm` the first two"
        )
        return Finding(Health.DOUBTFUL, "persons", said)
    if persons.refused:
        said = (
            f"{persons.refused} entries of the registry are not signed as they must be and do"
            " nothing: find out who wrote them"
        )
        return Finding(Health.DOUBTFUL, "persons", said)
    if able < PERSONS_MIN:
        return Finding(Health.DOUBTFUL, "persons", f"{able} may sign now, and it takes two")
    return Finding(Health.WELL, "persons", f"{able} may sign decisions and skips")


async def _topics(settings: Settings) -> Finding:
    hotlines = await hotlines_of_registry(settings)
    changes = await plan(settings, wanted(settings, hotlines))
    if changes:
        said = f"{len(changes)} differences: see `hostwatch topics plan`, then `topics apply`"
        return Finding(Health.BROKEN, "topics", said)
    if not hotlines:
        said = "all there; the registry names no hotline: `hostwatch registry apply FILE`"
        return Finding(Health.DOUBTFUL, "topics", said)
    return Finding(Health.WELL, "topics", f"all there, inboxes of {len(hotlines)} hotlines too")


async def _ledger(settings: Settings) -> Finding:
    """Hold the key file against the ledger."""
    await verify_key_file(settings)
    return Finding(Health.WELL, "ledger", "the key file is its own, or it names none yet")


async def _rights(settings: Settings) -> Finding:
    """Ask the broker what this user may do; a user of another name is taken for a worker's."""
    entries = await entries_of_registry(settings)
    over = ended(entries, settings.clock.clock().now())
    granted = acl.grants(settings, [entry.id for entry in entries], over)
    user = settings.kafka.security.username
    needed = [g for g in granted if g.user == (user or acl.WORKER)]
    needed = needed or [g for g in granted if g.user == acl.WORKER]
    missing, altering = await rights(settings, needed)
    if missing:
        first = missing[0]
        said = (
            f"{len(missing)} are missing, such as {first.operation.name} on {first.name}:"
            " `hostwatch topics acls --apply` as the administrator"
        )
        return Finding(Health.BROKEN, "rights", said)
    if altering:
        said = (
            f"this user may also delete or alter {len(altering)} topics: an authorizer, and users"
            " of their own (`hostwatch topics acls`), leave that to the administrator"
        )
        return Finding(Health.DOUBTFUL, "rights", said)
    return Finding(Health.WELL, "rights", f"all {len(needed)} it needs, and none to delete topics")


async def _kept_offsets(settings: Settings) -> Finding:
    """Check how long the broker keeps the offsets of a role that is stopped."""
    days = await offsets_kept_days(settings)
    if days is None:
        said = "not known to this user: the administrator may ask (`offsets.retention.minutes`)"
        return Finding(Health.WELL, "kept offsets", said)
    if days < OFFSETS_KEPT_DAYS_MIN:
        said = (
            f"a role that is stopped for {days:.3g} days begins at the beginning: set"
            " offsets.retention.minutes = 576000 on the brokers"
        )
        return Finding(Health.DOUBTFUL, "kept offsets", said)
    return Finding(Health.WELL, "kept offsets", f"for {days:.0f} days without a member")
