"""The attribution stage: every accepted report is placed at its hosters, once, as a fact."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agents.clock import Clock
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.sealing import KeyGone
from agents.edges.dns.resolution import DnsStatus
from agents.edges.geo.host_locator import Located, Locator
from agents.edges.geo.sealed_places import addresses, placements
from agents.edges.metrics.attribution_metrics import Placed, placed
from agents.engine.fault_points import FaultPoint, fault_point
from agents.engine.stage import Outbox, Received, Send
from schemas.closed_lists import HotlineMode
from schemas.codec import FACT, REPORTS_ENTRY
from schemas.identity.ids import BadUrl
from schemas.identity.url_host import host_of
from schemas.moments import Instant
from schemas.records.facts import Attribution, Placement
from schemas.records.reports import ReportAccepted
from schemas.seal_context import reported_url, resolved_names
from schemas.topics import FACTS, REPORTS
from streams.registry.snapshot import UNKNOWN

ROLE: Final = "attribution"
"""Role of the stage, and the vantage its resolutions are recorded under."""

CONCURRENCY: Final = 512
"""Reports under way: twice the names asked at once, so literal hosts pass by slow names."""

_NXDOMAIN: Final = DnsStatus.NXDOMAIN  # looked up anew an enum's member costs 0.1 us
_HISTORIC: Final = HotlineMode.HISTORIC


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What the stage works with.

    Attributes:
        locator: finds hosts and their hosters.
        keys: opens URLs, seals addresses and names.
        clock: world time.
    """

    locator: Locator
    keys: Keyring
    clock: Clock


class AttributionStage:
    """Writes one attribution for each report; other entries are passed over.

    It waits for name servers only where the resolver does: a replay, which asks nobody, is handed
    whole lists.

    Attributes:
        results: what became of the reports since the start; one delivered again counts again.
    """

    def __init__(self, dependencies: Dependencies, outbox: Outbox) -> None:
        """Take what the stage works with and where its facts go."""
        self.role = ROLE
        self.topics: Sequence[str] = (REPORTS.name,)
        self.pooled = dependencies.locator.names.waits
        self.concurrency = CONCURRENCY
        self.results: Counter[Placed] = Counter()
        self._dependencies = dependencies
        self._outbox = outbox

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Do nothing: the stage holds nothing of a partition."""

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Do nothing: the stage holds nothing of a partition."""

    async def handle(self, records: Sequence[Received]) -> None:
        """Write the attributions of a list of ledger entries.

        Raises:
            Rejected, NotSealed: an entry was not written by this ledger's intake.
            UserError: an address database is damaged.
            SendFailed: the broker did not take the facts.
        """
        entries = [REPORTS_ENTRY.decode(record.value) for record in records]
        reports = [entry for entry in entries if isinstance(entry, ReportAccepted)]
        partition = records[0].partition  # facts.v1 has the keys and the partitions of reports.v1
        if self.pooled and len(reports) > 1:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._attributed(report)) for report in reports]
            facts = [task.result() for task in tasks]
        else:
            facts = [await self._attributed(report) for report in reports]
        if facts:
            fault_point(FaultPoint.LOCATED)
            await self._outbox.send(
                [
                    Send(FACTS.name, fact.url_key.encode(), FACT.encode(fact), partition=partition)
                    for fact in facts
                ]
            )
            self.results.update(
                [
                    placed(fact, probing=report.probing)
                    for fact, report in zip(facts, reports, strict=True)
                ]
            )

    async def _attributed(self, report: ReportAccepted) -> Attribution:
        dependencies, bound = self._dependencies, reported_url(report.url_key)
        try:
            host = host_of((await dependencies.keys.unsealed(report.sealed, bound)).reveal())
            origin = None if report.origin is None else (report.origin, report.origin_disclosed)
            locator, at = dependencies.locator, report.received_at
            located = (
                await locator.locate(host, at, origin)
                if report.probing
                else locator.unresolved(host, at, origin)
            )
            return self._fact(report, located)
        except (KeyGone, BadUrl):  # an older intake took hosts that nobody can be asked for
            return Attribution(
                url_key=report.url_key,
                vantage=ROLE,
                at=self._at(report),
                answered=False,
                placements=(Placement(hoster=UNKNOWN, group=UNKNOWN),),
            )

    def _fact(self, report: ReportAccepted, located: Located) -> Attribution:
        """Return the fact; what it seals is kept as long as the URL itself."""
        keys, url_key = self._dependencies.keys, report.url_key
        key, names = keys.key_of(report.sealed), " ".join(located.names)
        listed, listed_key = addresses(located, url_key, keys, key)
        return Attribution(
            url_key=url_key,
            vantage=ROLE,
            at=self._at(report),
            answered=located.status.answered,
            nxdomain=located.status is _NXDOMAIN,
            placements=placements(located, url_key, keys, key),
            names=key.seal(names.encode(), resolved_names(url_key)) if names else "",
            addresses=listed,
            addresses_key=listed_key,
            registry_version=located.registry_version,
            dataset=located.dataset,
            dataset_digests=located.dataset_digests,
            more=located.more,
        )

    def _at(self, report: ReportAccepted) -> Instant:
        """Return when the answer was complete; a replay has no other time than the report's."""
        if report.mode is _HISTORIC:
            return report.received_at
        return self._dependencies.clock.now()
