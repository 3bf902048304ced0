"""The facts of a vantage: what a probe brought, where the name led, and that there was no probe."""

from collections.abc import Sequence

from agents.config import VantageSettings
from agents.edges.crypto.keys import Keyring
from agents.edges.http_probe.probe import Probed
from agents.engine.stage import Outbox, Send
from agents.process.log import debugging
from agents.stages.probe.canary import Canary
from agents.stages.probe.observation import ProbeOrigin, log_probe, observed
from agents.stages.probe.target_resolver import ProbeTarget, ResolutionLog
from schemas.closed_lists import ProbeError, Target
from schemas.codec import FACT
from schemas.identity.ids import CanonicalUrl
from schemas.moments import Instant
from schemas.records.facts import Fact, Facts
from schemas.records.processing import ProbeOrder
from schemas.topics import FACTS


class FactWriter:
    """Writes facts, each stamped with whether the vantage could see.

    Args:
        vantage: who probed.
        keys: hashes and seals addresses and names.
        canary: tells whether the vantage can see.
        outbox: takes the facts.
    """

    def __init__(
        self, vantage: VantageSettings, keys: Keyring, canary: Canary, outbox: Outbox
    ) -> None:
        self._vantage = vantage
        self._keys = keys
        self._canary = canary
        self._outbox = outbox
        self._resolution_log = ResolutionLog(vantage.id, keys)
        self._debugging = debugging()

    async def write_observation(
        self, order: ProbeOrder, url: CanonicalUrl, place: ProbeTarget, seen: Probed
    ) -> None:
        """Write what a probe brought, and where its name led if that is news and its time is known.

        Args:
            order: the order.
            url: of the case.
            place: where it went.
            seen: what it brought.

        Raises:
            SendFailed: the broker did not take a fact.
        """
        if self._debugging:
            log_probe(order, seen)
        key = self._keys.hash("address", seen.address) if seen.address else ""
        facts: list[Fact] = [observed(order, seen, await self._origin(seen), place, key)]
        hidden = order.asked and self._vantage.id not in order.asked  # says nothing of presence
        timed = seen.facts.error is not ProbeError.CLOCK
        if order.target is Target.URL and not url.literal and not hidden and timed:
            await self._keys.ready(place.found_at)
            news = self._resolution_log.news(order, place)
            facts += [news] if news is not None else []
        await self._send(facts)

    async def write_unprobed(self, order: ProbeOrder, error: ProbeError, at: Instant) -> None:
        """Write that an order came to no probe.

        Args:
            order: the order.
            error: why.
            at: when that was.

        Raises:
            SendFailed: the broker did not take the fact.
        """
        seen = Probed(facts=Facts(error=error), sent_at=at, done_at=at)
        await self._send([observed(order, seen, await self._origin(seen))])

    async def _origin(self, seen: Probed) -> ProbeOrigin:
        return ProbeOrigin(self._vantage, await self._canary.ok(seen.done_at))

    async def _send(self, facts: Sequence[Fact]) -> None:
        await self._outbox.send(
            [Send(FACTS.name, fact.url_key.encode(), FACT.encode(fact)) for fact in facts]
        )
