"""One probe of a vantage at an address that the gate allows, and the probe of its canary."""

import asyncio

from agents.config import ProbeSettings, VantageSettings
from agents.edges.dns.resolution import DnsStatus
from agents.edges.http_probe.connection import ProbeFailed
from agents.edges.http_probe.exchange import Exchange, Exchanges
from agents.edges.http_probe.get_comparison import Compare
from agents.edges.http_probe.local_addresses import OwnRules
from agents.edges.http_probe.probe import HttpProber, Probed, ProberConfig
from agents.edges.http_probe.probe_trace import NO_RATE_LIMIT
from agents.stages.probe.redirect_limits import RedirectLimits
from agents.stages.probe.target_resolver import ProbeTarget, TargetResolver, denied
from schemas.closed_lists import ProbeError, Target
from schemas.identity.ids import CanonicalUrl, canonical
from schemas.records.processing import ProbeOrder
from streams.probe.gate import Rules, judge_all


def compare_of(order: ProbeOrder) -> Compare:
    """Return which answers to an order's HEAD are compared with a GET's."""
    if order.target is Target.ROOT:
        return Compare.NONE
    return Compare.ALL if order.cross_check else Compare.CACHED


class Prober:
    """Probes from one vantage, by the gate's rules of its machine.

    Args:
        vantage: the place it probes from.
        resolver: finds where a redirect leads.
        settings: how probers behave.
        exchange: makes what carries one request out.
    """

    def __init__(
        self,
        vantage: VantageSettings,
        resolver: TargetResolver,
        settings: ProbeSettings,
        exchange: Exchanges = Exchange,
    ) -> None:
        self._resolver = resolver
        self._canary_url = vantage.canary_url
        self._deadline_s = settings.deadline_s
        self._own = OwnRules(settings)
        self._rules = self._own.current()
        agent = settings.user_agent if vantage.announced else settings.ordinary_user_agent
        config = ProberConfig(user_agent=agent, source=vantage.source_address, rules=self._rules)
        self._http = HttpProber(
            config, resolver.clock, resolver.keys.hash, self._addresses, exchange
        )

    def refused(self, place: ProbeTarget) -> ProbeError | None:
        """Return why nobody is asked at a place, None if its address may be."""
        address, rules = place.address, self._renewed()
        return place.error if address is None else denied(place, address, rules)

    async def probe(
        self,
        target: CanonicalUrl,
        address: str,
        *,
        redirect_policy: RedirectLimits | None = None,
        resolve_s: float = 0.0,
        compare: Compare = Compare.NONE,
    ) -> Probed:
        """Probe an address.

        Args:
            target: what to ask for.
            address: whom to ask.
            redirect_policy: gives redirects their turns; None = they need none.
            resolve_s: how long the name took.
            compare: after which answers to the HEAD a GET of one byte follows.
        """
        until = asyncio.get_running_loop().time() + self._deadline_s
        return await self._http.probe(
            target,
            address,
            until,
            resolve_s=resolve_s,
            compare=compare,
            redirect_policy=redirect_policy or NO_RATE_LIMIT,
        )

    async def see_canary(self) -> bool:
        """Return whether the vantage's canary answers as expected."""
        rules = self._renewed()
        url = canonical(self._canary_url or "")
        try:
            addresses = await self._addresses(url.host)
        except ProbeFailed:
            return False
        if not judge_all(addresses, rules).allowed:
            return False
        seen = await self.probe(url, addresses[0])
        return seen.facts.error is None and 200 <= seen.facts.status < 300  # 2xx, RFC 9110 15.3

    def _renewed(self) -> Rules:
        """Return the gate's rules; addresses that the machine was given meanwhile are denied."""
        rules = self._own.current()
        if rules is not self._rules:
            self._rules = rules
            self._http.judge_by(rules)
        return rules

    async def _addresses(self, host: str) -> tuple[str, ...]:
        """Return the addresses of a host that a redirect leads to.

        That such a name does not exist says nothing of the reported one, so it is a failure here.
        """
        located = await self._resolver.locator.locate(host, self._resolver.clock.now())
        if located.status is not DnsStatus.OK:
            raise ProbeFailed(ProbeError.DNS_FAILURE)
        return located.addresses
