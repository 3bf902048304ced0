"""What a worker will need, checked before it starts: each thing once, and what to do about it."""

import asyncio
import ctypes
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from agents.clock import Clock
from agents.config import Settings, VantageSettings
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.ledger_keys import verify_key_file
from agents.edges.dns.resolver import Resolver
from agents.edges.files import alert_links
from agents.edges.geo.address_databases import Networks
from agents.edges.kafka import acl
from agents.edges.kafka.acl_check import rights
from agents.edges.kafka.hotlines import ended, entries_of_registry, hotlines_of_registry
from agents.edges.kafka.reachability import reach
from agents.edges.kafka.topic_admin import plan, wanted
from agents.edges.registry.reader import read_registry
from agents.errors import UserError
from agents.process.vantage_names import doubts
from agents.tools.two_person import PERSONS_MIN, persons_of
from schemas.identity.ids import BadUrl, canonical
from schemas.moments import DAY_MS
from schemas.records.registry import HotlineEntry, NormEntry

CHECK_DEADLINE_S: Final = 40.0
"""A broker that is down is found so in 30 s; nothing else takes as long."""

DATASET_DAYS_MAX: Final = 45
DISK_FREE_MIN: Final = 0.1
"""As in the alerts."""

NAME_OF_NOBODY: Final = "doctor.invalid"
"""Reserved (RFC 6761 6.4): a server answers that it does not exist, without asking others."""

_UNSYNCHRONISED: Final = 0x40
"""STA_UNSYNC of adjtimex(2)."""


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


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything; a fault of one thing keeps nothing else from being checked.

    Args:
        settings: with `kafka.bootstrap` set, or without a broker if none is to be asked.
    """
    for check in (_keys, _datasets, _disk, _clock, _vantages, _links):
        yield _caught(check.__name__.strip("_"), check, settings)
    if settings.kafka.bootstrap:
        broker = await _within("broker", _broker(settings))
        yield broker
        if broker.state is Health.WELL:  # else each would say the same
            topics = await _within("topics", _topics(settings))
            yield topics
            if topics.state is not Health.BROKEN and settings.key_file.exists():
                yield await _within("ledger", _ledger(settings))
            yield await _within("rights", _rights(settings))
            yield await _within("norms", _norms(settings))
            yield await _within("persons", _persons(settings))
    names = Resolver(Clock(), settings.dns)
    try:
        if settings.vantages:
            yield await _within("name servers", _name_servers(names))
        for vantage in settings.vantages:
            yield await _within(f"canary of {vantage.id}", _canary(vantage, names))
    finally:
        await names.close()


def _caught(what: str, check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return check(settings)
    except UserError as error:
        return Finding(Health.BROKEN, what, str(error))


async def _within(what: str, check: Coroutine[Any, Any, Finding]) -> Finding:
    try:
        async with asyncio.timeout(CHECK_DEADLINE_S):
            return await check
    except TimeoutError:
        return Finding(Health.BROKEN, what, f"no answer in {CHECK_DEADLINE_S:.0f} s")
    except UserError as error:
        return Finding(Health.BROKEN, what, str(error))


def _keys(settings: Settings) -> Finding:
    Keyring.load(settings.key_file)
    return Finding(Health.WELL, "keys", "the key file can be read, by its owner only")


def _datasets(settings: Settings) -> Finding:
    networks = Networks(settings.datasets.asn, settings.datasets.country)
    try:
        builds = networks.builds()
    finally:
        networks.close()
    if "asn" not in builds:
        said = "none: hosters are found by prefixes and names of the registry alone (datasets.asn)"
        return Finding(Health.DOUBTFUL, "datasets", said)
    oldest = min(builds.values())
    days = (Clock().now() - oldest) // DAY_MS
    state = Health.DOUBTFUL if days > DATASET_DAYS_MAX else Health.WELL
    more = ": put newer files in their place" if state is Health.DOUBTFUL else ""
    return Finding(state, "datasets", f"the oldest was built {days} days ago{more}")


def _disk(settings: Settings) -> Finding:
    folder = settings.state_dir
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    free = usage.free / usage.total
    state = Health.WELL if free >= DISK_FREE_MIN else Health.BROKEN
    return Finding(state, "disk", f"{free:.0%} free under state_dir")


class _Timex(ctypes.Structure):
    # struct timex of adjtimex(2): only `modes` and `status` are used, the rest is room for it
    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_long * 32),
    )


def _clock(_: Settings) -> Finding:
    """Ask the kernel whether something keeps its clock; asking changes nothing."""
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    found = _Timex()
    if adjtimex is None or adjtimex(ctypes.byref(found)) < 0:
        return Finding(Health.DOUBTFUL, "clock", "the system does not say whether it is kept")
    if found.status & _UNSYNCHRONISED:
        said = "nothing keeps it: run chrony or systemd-timesyncd; in a guest the host may do it"
        return Finding(Health.DOUBTFUL, "clock", said)
    return Finding(Health.WELL, "clock", "it is kept")


def _vantages(settings: Settings) -> Finding:
    if said := "; ".join(doubts(settings.vantages)):
        return Finding(Health.DOUBTFUL, "vantages", said)
    return Finding(Health.WELL, "vantages", "a case can be named by them")


def _links(_: Settings) -> Finding:
    """Look where alerts lead to, where Prometheus' configuration stands on this machine."""
    try:
        said = alert_links.fault()
    except (OSError, UnicodeDecodeError):
        said = (
            f"not known: {alert_links.CONFIG} cannot be read here, look at it where Prometheus is"
        )
    if said:
        return Finding(Health.DOUBTFUL, "links", said)
    return Finding(Health.WELL, "links", "alerts lead to absolute addresses")


async def _broker(settings: Settings) -> Finding:
    return Finding(Health.WELL, "broker", await reach(settings))


async def _norms(settings: Settings) -> Finding:
    """Look whether each hotline's jurisdiction has norms of its own in the registry."""
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
    """Look whether two persons can sign, and whether somebody else tried to enter one."""
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


async def _name_servers(names: Resolver) -> Finding:
    """Look whether any answers, whatever it says of a name that nobody may have."""
    found = await names.resolve(NAME_OF_NOBODY)
    if not found.status.answered:
        said = (
            f"no answer but {found.status}: check dns.servers, or the system's where none is named"
        )
        return Finding(Health.BROKEN, "name servers", said)
    return Finding(Health.WELL, "name servers", "they answer")


async def _canary(vantage: VantageSettings, names: Resolver) -> Finding:
    """Look whether the name servers know the canary's name; the prober asks the page itself."""
    what = f"canary of {vantage.id}"
    if not vantage.canary_url:
        said = "none: the vantage always counts as healthy; set vantages[].canary_url"
        return Finding(Health.DOUBTFUL, what, said)
    try:
        url = canonical(vantage.canary_url)
    except BadUrl:
        return Finding(Health.BROKEN, what, "vantages[].canary_url is no http(s) URL")
    if url.literal:
        return Finding(Health.WELL, what, "an address, no name server is needed")
    found = await names.resolve(url.host)
    if not found.addresses:
        said = f"the name servers say {found.status}: check dns.servers and the canary's name"
        return Finding(Health.BROKEN, what, said)
    return Finding(Health.WELL, what, f"its name has {len(found.addresses)} addresses")
