"""Attribution in memory: every accepted report is placed at its hosters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agents.engine.stage import Received, Send
from schemas.codec import FACT, LEDGER
from schemas.identity.ids import canonical
from schemas.records.ledger import ReportAccepted
from schemas.seal_context import reported_url
from schemas.topics import FACTS
from sim.memory.stages.context import Hands
from sim.memory.stages.places import Places, attribution
from sim.memory.stages.secrets import opened

ROLE = "attribution"


@dataclass(slots=True)
class Attribution:
    """Places the reports of one partition.

    Attributes:
        hands: what it works with.
        places: where names lead.
    """

    hands: Hands
    places: Places
    pooled: bool = False

    def recover(self) -> Mapping[str, int] | None:
        """Nothing is held of a partition."""
        return None

    def begin(self) -> None:
        """Nothing is to be done."""

    def handle(self, records: Sequence[Received]) -> Iterator[None]:
        """Write where a list's reports are."""
        entries = [LEDGER.decode(record.value) for record in records]
        reports = [entry for entry in entries if isinstance(entry, ReportAccepted)]
        sends = [self._placed(report, records[0].partition) for report in reports]
        yield
        yield from self.hands.write(sends)

    def _placed(self, report: ReportAccepted, partition: int) -> Send:
        now = self.hands.agenda.now
        url = opened(report.sealed, reported_url(report.url_key))
        led = self.places.find(canonical(url).host, now)
        inclusions = self.places.snapshot.inclusions
        fact = attribution(report.url_key, ROLE, led, now, inclusions)
        key = report.url_key.encode()
        return Send(FACTS.name, key, FACT.encode(fact), partition=partition)
