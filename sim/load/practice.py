"""The ledger that made-up reports may go to: one of its own, in which everything is made up.

Two things keep a flood away from real hotlines: the topics' prefix, and a registry that knows
nothing but practice hotlines and hosters on networks of nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from agents.config import Settings
from agents.edges.kafka.topic_admin import TopicAction, apply, plan, wanted
from agents.edges.registry.reader import read_registry
from agents.engine.produce.outbox import KafkaOutbox
from agents.errors import UserError
from agents.tools.apply_registry import apply_entries
from schemas.records.registry import HosterEntry, HotlineEntry, NormEntry, Registry
from sim.load.places import PracticeHoster, foreign, hosters

PREFIX: Final = "practice"
"""What the prefix of the topics and the id of a hotline begin with."""

HOTLINES: Final = 3
_HOSTERS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """A practice ledger.

    Attributes:
        hotlines: ids.
        hosters: who serves what is reported.
        named: hosts may have names, since who resolves them is on loopback.
        new: it was made just now.
    """

    hotlines: tuple[str, ...]
    hosters: tuple[PracticeHoster, ...]
    named: bool
    new: bool


async def practice(settings: Settings, count: int | None) -> Practice:
    """Return the practice ledger of these settings; one that is not there yet is made.

    Args:
        settings: with `kafka.bootstrap` set.
        count: how many hotlines; None = as many as there are, or three.

    Raises:
        UserError: the ledger is none for practice, or has fewer hotlines; nothing was written.
        KafkaError, TimeoutError, SendFailed: the broker does not answer.
    """
    if not settings.kafka.topic_prefix.startswith(PREFIX):
        raise UserError(
            "made-up reports go to a practice ledger only: set kafka.topic_prefix to a name that"
            f' begins with "{PREFIX}", such as HOSTWATCH_KAFKA__TOPIC_PREFIX={PREFIX}.'
        )
    missing = await plan(settings, wanted(settings))
    new = all(change.action is TopicAction.CREATE for change in missing) and len(missing) > 1
    if new:
        await _made(settings, count or HOTLINES)
    elif missing:
        raise UserError("topics of the ledger are missing or differ: see `hostwatch topics plan`")
    entries = (await read_registry(settings)).all_newest()
    lines = checked(entries)
    if count is not None and count > len(lines):
        raise UserError(
            f"--hotlines: the practice ledger has {len(lines)}: take a new kafka.topic_prefix"
        )
    return Practice(
        hotlines=lines[:count],
        hosters=hosters(entries),
        named=_loopback(settings.dns.servers),
        new=new,
    )


def checked(entries: Iterable[Registry]) -> tuple[str, ...]:
    """Return the hotlines of a registry in which everything is made up, in order.

    Raises:
        UserError: something is not, or there is nothing to report.
    """
    held = tuple(entries)
    lines = [entry.id for entry in held if isinstance(entry, HotlineEntry)]
    for line in lines:
        if not line.startswith(f"{PREFIX}-"):
            raise UserError(
                f"the registry has the hotline {line}, whose id does not begin with {PREFIX}-:"
                " this is no practice ledger, nothing was sent"
            )
    for entry in held:
        if isinstance(entry, HosterEntry) and foreign(entry):
            raise UserError(
                f"the registry's hoster {entry.id} has a network that may be somebody's:"
                " this is no practice ledger, nothing was sent"
            )
    if not lines or not hosters(held):
        raise UserError("the registry has no practice hotline, or no hoster with an IPv4 network")
    return tuple(sorted(lines, key=lambda line: (len(line), line)))


def registry(count: int) -> list[Registry]:
    """Return the registry of a new practice ledger with so many hotlines."""
    return [
        NormEntry(id="default", version=1, valid_from=0),
        *(
            HotlineEntry(id=f"{PREFIX}-{n}", version=1, valid_from=0, name=f"Practice {n}")
            for n in range(1, count + 1)
        ),
        *(
            HosterEntry(
                id=f"{PREFIX}-h{n}",
                version=1,
                valid_from=0,
                name=f"Practice hoster {n}",
                country="XA",
                prefixes=(f"198.{18 + n // 4}.{64 * (n % 4)}.0/18",),
                names=(f"{PREFIX}-h{n}.example",),
            )
            for n in range(_HOSTERS)
        ),
    ]


async def _made(settings: Settings, count: int) -> None:
    entries = registry(count)
    lines = [entry.id for entry in entries if isinstance(entry, HotlineEntry)]
    await apply(settings, wanted(settings, lines))
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await apply_entries(settings, entries, outbox)
    finally:
        await outbox.stop()


def _loopback(servers: Sequence[str]) -> bool:
    """Return whether all name servers are on this machine: `address` or `address:port`."""
    return bool(servers) and all(map(_here, servers))


def _here(server: str) -> bool:
    if server.startswith("["):
        host = server[1:].partition("]")[0]
    else:
        host = server if server.count(":") > 1 else server.partition(":")[0]
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name, which leads who knows where
        return False
