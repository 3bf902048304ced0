"""One run: records handed in, outcomes read, and what came of it."""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

from agents.config import Settings
from schemas.moments import Instant
from sim.load.accounts import Balance, LoadAccounts
from sim.load.mix import Mix
from sim.load.outcomes import LedgerUnreadable, Outcomes, ends
from sim.load.places import Places
from sim.load.practice import Practice
from sim.load.sender import Sender, SendProgress
from sim.load.wait_histogram import Spread
from sim.world.hotlines import HotlineEvent

SAY_S: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """What the command line says.

    Attributes:
        per_s: records a second.
        seconds: how long.
        seed: of what is made up.
        idle_s: outcomes are given up when none has come for so long.
    """

    per_s: float
    seconds: float
    seed: int = 1
    idle_s: float = 15.0

    @property
    def total(self) -> int:
        """Records of the whole run."""
        return round(self.per_s * self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """What came of a run.

    Attributes:
        wanted_per_s: what was asked for.
        sent: of the sending side.
        balance: of the ledger; None = it cannot be read.
        delays: from append to ledger.
    """

    wanted_per_s: float
    sent: SendProgress
    balance: Balance | None
    delays: Spread

    @property
    def per_s(self) -> float:
        """Records a second that the broker acknowledged, from the first to the last."""
        span_s = self.sent.last_s - self.sent.first_s
        return self.sent.acknowledged / span_s if span_s > 0 else 0.0

    @property
    def unaccounted(self) -> int | None:
        """Records without an outcome, whoever has lost them; None = the ledger cannot be read."""
        return None if self.balance is None else self.sent.sent - self.balance.settled

    @property
    def ok(self) -> bool:
        """Whether all that was due was sent, and each has the one outcome it was made for."""
        whole = self.balance is not None and self.balance.whole
        return whole and bool(self.sent.sent) and not self.sent.behind and not self.unaccounted

    def as_json(self) -> dict[str, Any]:
        """Return it for scripts."""
        sent, balance = self.sent, self.balance
        found: dict[str, Any] = {
            "ok": self.ok,
            "wanted_per_s": self.wanted_per_s,
            "achieved_per_s": round(self.per_s, 1),
            "due": sent.due,
            "sent": sent.sent,
            "acknowledged": sent.acknowledged,
            "failed": sent.failed,
            "behind": sent.behind,
            "behind_max": sent.behind_max,
            "produce_ms": {"p50": sent.waits.at(0.5), "p99": sent.waits.at(0.99)},
            "ledger": None,
        }
        if balance is not None:
            found["ledger"] = {
                "accepted": balance.accepted,
                "duplicate": balance.duplicate,
                "quarantined": {r.value: n for r, n in sorted(balance.quarantined.items())},
                "backlog": balance.outstanding,
                "unaccounted": self.unaccounted,
                "otherwise": balance.otherwise,
                "twice": balance.twice,
                "delay_ms": {"p50": self.delays.at(0.5), "p99": self.delays.at(0.99)},
            }
        return found


LoadListener = Callable[[SendProgress, int], None]
"""Is told how far the sending side is, and how many records have an outcome."""


async def run(
    settings: Settings,
    place: Practice,
    options: LoadOptions,
    stop: asyncio.Event,
    say: LoadListener,
) -> LoadResult:
    """Hand records in, wait for their outcomes, and return what came of it.

    Args:
        settings: with `kafka.bootstrap` set.
        place: the practice ledger.
        options: how much and for how long.
        stop: ends the sending early; outcomes of what was sent are still waited for.
        say: is told how far it is, five times a second.

    Raises:
        KafkaError, TimeoutError: the broker does not answer.
    """
    accounts = LoadAccounts(await ends(settings, place.hotlines))
    outcomes = Outcomes(settings, accounts)
    sender = Sender(settings, accounts)
    readable = True
    async with AsyncExitStack() as stack:
        stack.push_async_callback(outcomes.stop)
        try:
            await outcomes.start()
        except LedgerUnreadable:
            readable = False
        stack.push_async_callback(sender.stop)
        await sender.start()
        saying = asyncio.create_task(_say(say, sender.sent, accounts))
        try:
            make = _maker(settings, place, options)
            await sender.run(make, options.per_s, options.seconds, stop)
            await sender.drain()
            if readable:
                await _settled(accounts, outcomes, sender.sent.acknowledged, options.idle_s)
        finally:
            saying.cancel()
            await asyncio.gather(saying, return_exceptions=True)
        say(sender.sent, accounts.settled)
        readable = readable and not outcomes.broken
    balance = accounts.balance() if readable else None
    return LoadResult(
        wanted_per_s=options.per_s, sent=sender.sent, balance=balance, delays=outcomes.delays
    )


def _maker(
    settings: Settings, place: Practice, options: LoadOptions
) -> Callable[[float], HotlineEvent]:
    clock = settings.clock.clock()
    begun_at: Instant = clock.now()
    rng = random.Random(options.seed)
    places = Places(rng, place.hosters, named=place.named)
    mix = Mix(rng, place.hotlines, places, begun_at)
    return lambda at_s: mix.record(begun_at + int(at_s * 1_000 * settings.clock.speed))


async def _settled(accounts: LoadAccounts, outcomes: Outcomes, wanted: int, idle_s: float) -> None:
    """Wait until all have an outcome, or none has come for so long."""
    loop = asyncio.get_running_loop()
    seen, heard_at = accounts.settled, loop.time()
    while accounts.settled < wanted and loop.time() - heard_at < idle_s and not outcomes.broken:
        await asyncio.sleep(SAY_S)
        if accounts.settled != seen:
            seen, heard_at = accounts.settled, loop.time()


async def _say(say: LoadListener, sent: SendProgress, accounts: LoadAccounts) -> None:
    while True:
        await asyncio.sleep(SAY_S)
        say(sent, accounts.settled)
