"""What the pages of a rollup have beside its figures: cases, alerts, hosters' own pages."""

from contextlib import AsyncExitStack
from dataclasses import dataclass

from agents.config import Settings
from agents.edges.hoster_web.hoster_server import HosterServer
from agents.edges.hoster_web.own_page import Sources
from agents.edges.lookup.firing_alerts import AlertPoller
from agents.edges.lookup.ledger import LedgerLookup
from agents.edges.web.case_lookup import CaseLookup
from agents.edges.web.server import WebServer
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.supervision import Supervisor
from agents.stages.rollup.stage import RollupStage


@dataclass(frozen=True, slots=True)
class ServedPages:
    """Has a web server show what a rollup knows.

    Attributes:
        settings: with `kafka.bootstrap` set.
        rollup: what it knows.
        ledger: reads the ledger.
    """

    settings: Settings
    rollup: RollupStage
    ledger: LedgerLookup

    def on(self, web: WebServer, stack: AsyncExitStack) -> None:
        """Have the server show single cases and the alerts that fire, before it starts.

        Args:
            web: not started yet.
            stack: ends what runs for it.
        """
        web.cases = self.rollup.finder.cases_of
        web.answers = self.rollup.answers.of
        web.case_lookup = CaseLookup(self.rollup.finder, self.ledger, lambda: self.rollup.view)
        stack.push_async_callback(web.case_lookup.jobs.stop)
        if self.ledger.index is not None:
            stack.push_async_callback(Supervisor(self.ledger.index.run(), "references").end)
        url, now = self.settings.web.prometheus_url, self.settings.clock.clock().now
        if url is not None:
            shown_at = self.settings.web.prometheus_public_url or url
            poller = AlertPoller(url.rstrip("/"), shown_at.rstrip("/"), now)
            web.alerts = lambda: poller.firing
            stack.push_async_callback(Supervisor(poller.run(), "alerts").end)

    async def own(self, stack: AsyncExitStack) -> HosterServer | None:
        """Serve hosters' own pages where the settings want it, and return the server.

        Raises:
            UserError: the settings do not allow it, or the port is taken.
        """
        if self.settings.hoster_page.port is None:
            return None
        outbox = KafkaOutbox(self.settings, "hostwatch-answers")
        await outbox.start()
        stack.push_async_callback(outbox.stop)
        sources = Sources(
            finder=self.rollup.finder,
            ledger=self.ledger,
            view=lambda: self.rollup.view,
            answers=self.rollup.answers.of,
            outbox=outbox,
            now=self.settings.clock.clock().now,
        )
        server = HosterServer(self.settings.hoster_page, sources)
        await server.start()
        stack.push_async_callback(server.stop)
        return server
