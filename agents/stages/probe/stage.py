"""The prober of one vantage: one probe for each order, inside its window, written as a fact."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Final

from agents.config import ProbeSettings, VantageSettings
from agents.edges.child_process.file_limits import sockets_allowed
from agents.edges.crypto.sealing import KeyGone
from agents.edges.http_probe.exchange import Exchange, Exchanges
from agents.edges.http_probe.probe import Probed
from agents.edges.metrics.probe_metrics import OrderResult, ProberCounts
from agents.engine.fault_points import FaultPoint, fault_point
from agents.engine.stage import Outbox, Received
from agents.process.clock_check import ClockSample, ahead_of, is_behind
from agents.process.pacing import Pace
from agents.stages.probe.canary import Canary
from agents.stages.probe.fact_writer import FactWriter
from agents.stages.probe.observation import at_no_time
from agents.stages.probe.politeness_wait import NotAdmitted, RateLimiter, wait_until
from agents.stages.probe.probing import Prober, compare_of
from agents.stages.probe.redirect_limits import RedirectLimits
from agents.stages.probe.settled_orders import SettledOrders
from agents.stages.probe.target_resolver import ProbeTarget, TargetResolver
from schemas.closed_lists import ProbeError
from schemas.codec import ORDER
from schemas.identity.ids import BadUrl, CanonicalUrl, canonical
from schemas.moments import Instant
from schemas.records.facts import Facts
from schemas.records.processing import ProbeOrder
from schemas.seal_context import reported_url
from schemas.topics import PROBES
from streams.norms.punctuality import ON_TIME_MS
from streams.probe.resolution_limit import OrdersBeingResolved
from streams.probe.target import aimed
from streams.schedule.politeness import Politeness, hoster_lanes, lanes_of
from streams.schedule.priority import QueueRequest, at_new_address, queue_request
from streams.schedule.probe_queue import QueuedProbe

CONCURRENCY: Final = 8_192
"""Orders under way: most of them wait for their moment, a few KB each."""

MOVES_MAX: Final = 3
"""Times that a probe queues anew because its name has another address when its turn comes, and that
is not free at once. It goes first then, mostly before its name is asked for again, so more than one
is rare; a name that moves before each of four turns is not waited for."""

_MISSED: Final = ProbeError.MISSED_POLITENESS
_BACK_OFF: Final = (429, 503)


class ProbeStage:
    """Settles orders: a probe is one HEAD with its redirects, written with what was resolved.

    Args:
        vantage: the place it probes from.
        resolver: finds where a probe goes.
        settings: how probers behave.
        outbox: takes the facts.
        broker_ms: gives what the broker's clock shows at most, in wall time; None = not known.
        settled: knows which orders have their facts; None = those of this process alone.
        exchange: makes what carries one request out.
    """

    def __init__(
        self,
        vantage: VantageSettings,
        resolver: TargetResolver,
        settings: ProbeSettings,
        outbox: Outbox,
        broker_ms: Callable[[], int | None] = lambda: None,
        *,
        settled: SettledOrders | None = None,
        exchange: Exchanges = Exchange,
    ) -> None:
        self.role = f"probe-{vantage.id}"
        self.topics: Sequence[str] = (PROBES.named(vantage.id),)
        self.pooled = True
        self.concurrency = CONCURRENCY
        self.counts = ProberCounts(past_slot=self._past_slot)
        self._resolver = resolver
        self._broker_ms = broker_ms
        self._prober = Prober(vantage, resolver, settings, exchange)
        self._rate_limiter = RateLimiter(Politeness(settings.requests_per_minute), resolver.clock)
        self._sockets = asyncio.Semaphore(sockets_allowed(settings.concurrency))
        self._pace = Pace()
        ask = self._prober.see_canary if vantage.canary_url else None
        told = partial(setattr, self.counts, "canary")
        canary = Canary(ask, resolver.clock, told, vantage.id)
        self._facts = FactWriter(vantage, resolver.keys, canary, outbox)
        self._held: dict[str, ProbeOrder] = {}
        self._finding = OrdersBeingResolved()
        self._settled = SettledOrders(vantage.id) if settled is None else settled

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Learn which orders have their facts; politeness starts with this process's own probes."""
        await self._settled.read_back()

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Do nothing: what is remembered only makes the prober more polite."""

    async def handle(self, records: Sequence[Received]) -> None:
        """Settle orders; each is settled once its fact is durable or there is none to write.

        Raises:
            Rejected, NotSealed: an order was not written by this ledger's lifecycle.
            ProberFault: the machine has no sockets left or no such source address.
            SendFailed: the broker did not take a fact.
        """
        for record in records:
            order = ORDER.decode(record.value)
            if order.order_id in self._held or order.order_id in self._settled:
                self._count(OrderResult.REPEATED)
                continue
            self._held[order.order_id] = order
            self.counts.held += 1
            try:
                await self._settle(order, record.appended_at)
            finally:
                self.counts.held -= 1
                del self._held[order.order_id]
            self._settled.add(order.order_id)

    async def _settle(self, order: ProbeOrder, appended_at: Instant) -> None:
        clock = self._resolver.clock
        if is_behind(clock, appended_at):
            await self._disown(order, appended_at)
            return
        await wait_until(clock, order.not_before)
        if not order.sampled and self._is_hopeless(order):
            self._count(OrderResult.NO_TURN)
            return
        await self._pace.yield_now()
        if (broker_at := ahead_of(clock, self._broker_ms())) is not None:
            await self._disown(order, broker_at)
            return
        if clock.now() > order.not_after:
            self._count(OrderResult.LATE)  # missed, by evaluation
            return
        if self._is_hopeless(order):
            await self._miss(order)
            return
        try:
            sealed_for = reported_url(order.url_key)
            url = canonical((await self._resolver.keys.unsealed(order.sealed, sealed_for)).reveal())
            target = aimed(url, order.target, order.salt)
            with self._finding.of(order):
                place = await self._resolver.place(order, target)
            place, seen = await self._seen(order, target, place)
        except (KeyGone, BadUrl):  # an older intake took hosts that nobody can be asked for
            self._count(OrderResult.FORGOTTEN)
            return
        fault_point(FaultPoint.PROBED)
        if seen is not None:
            await self._pace.yield_now()
            await self._facts.write_observation(order, url, place, seen)

    async def _seen(
        self, order: ProbeOrder, target: CanonicalUrl, place: ProbeTarget
    ) -> tuple[ProbeTarget, Probed | None]:
        """Return where the probe went in the end, and what it brought.

        The wait for a turn may be long, so where the name is then is asked once it has its turn.
        Another address is judged, and asked if it is free at once, else waited for.

        Returns:
            None for what it brought if its slot is missed and evaluation says so alone.
        """
        clock, wanted = self._resolver.clock, None
        for moves in count():
            address, error = place.address, self._prober.refused(place)
            if address is None or error is not None:
                return place, self._unseen(place, error or place.error)
            if moves > MOVES_MAX:
                break
            lanes, now = lanes_of(order.hoster, address, target.host), clock.now()
            fresh = queue_request(order, lanes, now)
            wanted = at_new_address(wanted, lanes, now) if wanted else fresh
            try:
                async with self._rate_limiter.acquire(wanted) as queued, self._sockets:
                    await self._pace.yield_now()
                    before, place = place, await self._resolver.again(order, target, place)
                    late = clock.now() > order.not_after
                    address = self._admitted(order, target, place, queued, anew=place is not before)
                    if address is not None and not late:
                        request = queued.queue_request
                        return place, await self._probed(order, target, place, address, request)
                    queued.unused = True
            except NotAdmitted:
                break
            if late:
                self._count(OrderResult.LATE)
                return place, None
        if order.sampled:
            return place, self._unseen(place, _MISSED, OrderResult.NO_TURN_SAMPLED)
        self._count(OrderResult.NO_TURN)
        return place, None

    def _admitted(
        self,
        order: ProbeOrder,
        target: CanonicalUrl,
        place: ProbeTarget,
        queued: QueuedProbe,
        *,
        anew: bool,
    ) -> str | None:
        """Return the address that a probe in its turn may ask; None if it may not, or not now."""
        address = place.address
        if address is None or self._prober.refused(place) is not None:
            return None
        if anew and not self._rate_limiter.move(
            queued, lanes_of(order.hoster, address, target.host)
        ):
            return None
        return address

    async def _probed(
        self,
        order: ProbeOrder,
        target: CanonicalUrl,
        place: ProbeTarget,
        address: str,
        wanted: QueueRequest,
    ) -> Probed:
        """Probe an address, having the turn that was wanted."""
        if (broker_at := ahead_of(self._resolver.clock, self._broker_ms())) is not None:
            at = self._disowned_at(order, broker_at)
            return Probed(facts=Facts(error=ProbeError.CLOCK), sent_at=at, done_at=at)
        clock_reading = ClockSample.taken(self._resolver.clock)
        async with RedirectLimits(
            self._rate_limiter, wanted, self._resolver.locator, self._resolver.clock
        ) as redirect_policy:
            with self.counts.under_way():
                seen = await self._prober.probe(
                    target,
                    address,
                    resolve_s=place.resolve_s,
                    compare=compare_of(order),
                    redirect_policy=redirect_policy,
                )
            if seen.facts.status in _BACK_OFF:
                redirect_policy.rest(seen.facts.retry_after_s)
        broker_at = ahead_of(self._resolver.clock, self._broker_ms())
        if broker_at is not None:
            seen = at_no_time(seen, max(broker_at, order.slot_at))
        elif clock_reading.has_jumped():
            seen = at_no_time(seen, clock_reading.world_at)
        self.counts.probed(seen.facts, seen.sent_at - order.slot_at)
        return seen

    def _is_hopeless(self, order: ProbeOrder) -> bool:
        """Return whether there is no room for an order at its hoster, wherever it would probe."""
        if self._finding.is_full(order):
            return True
        asked = queue_request(order, hoster_lanes(order.hoster), self._resolver.clock.now())
        return self._rate_limiter.is_hopeless(asked, self._finding.ahead(order))

    async def _miss(self, order: ProbeOrder) -> None:
        """Settle an order that there is no room for, before any name server is asked."""
        if not order.sampled:
            self._count(OrderResult.NO_TURN)
            return
        self.counts.unprobed(OrderResult.NO_TURN_SAMPLED, _MISSED)
        await self._facts.write_unprobed(order, _MISSED, self._resolver.clock.now())

    async def _disown(self, order: ProbeOrder, at: Instant) -> None:
        """Settle an order whose probe would be at no known time; see `_disowned_at`."""
        await self._facts.write_unprobed(order, ProbeError.CLOCK, self._disowned_at(order, at))

    def _disowned_at(self, order: ProbeOrder, at: Instant) -> Instant:
        """Count a probe that is not made because its time would not be known, and return for when.

        Args:
            order: its order.
            at: what the broker's clock shows, as far as it is known.
        """
        self.counts.unprobed(OrderResult.CLOCK, ProbeError.CLOCK)
        return max(at, order.slot_at)

    def _past_slot(self) -> tuple[int, int]:
        """Return how many orders in hand are too late to be on time, of samples and of the rest."""
        before = self._resolver.clock.now() - ON_TIME_MS
        sampled = [order.sampled for order in self._held.values() if order.slot_at < before]
        return sum(sampled), len(sampled) - sum(sampled)

    def _count(self, result: OrderResult) -> None:
        self.counts.settled[result] += 1

    def _unseen(
        self, place: ProbeTarget, error: ProbeError, result: OrderResult = OrderResult.NO_ADDRESS
    ) -> Probed:
        self.counts.unprobed(result, error)
        return Probed(
            facts=Facts(error=error, resolve_ms=round(place.resolve_s * 1_000)),
            sent_at=place.began_at,
            done_at=self._resolver.clock.now(),
        )
