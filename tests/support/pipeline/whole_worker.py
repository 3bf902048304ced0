"""All that the /metrics of one worker of every role tells, with nothing at rest."""

from collections import Counter
from pathlib import Path

from ledger_events import notice
from loose_keys import LooseKeys
from mmdb import asn_record, country_record, write_mmdb
from msgspec.structs import replace
from prometheus_client import CollectorRegistry
from stages import record
from views import many_hosters, sample_view

from agents.clock import Clock
from agents.config import DnsSettings, Settings, VantageSettings
from agents.edges.dns.resolver import Resolver
from agents.edges.geo.address_databases import Networks
from agents.edges.metric_types.feed_instruments import CHANGES
from agents.edges.metric_types.instruments import ATTRIBUTED, FOLDED
from agents.edges.metrics.answer_metrics import AnswerCollector
from agents.edges.metrics.attribution_metrics import Placed
from agents.edges.metrics.engine_metrics import RolesCollector, RolesOfProcess
from agents.edges.metrics.environment_metrics import EnvironmentCollector
from agents.edges.metrics.feed_metrics import FeedCollector, FeedDelays
from agents.edges.metrics.figures.exposition import ViewCollector
from agents.edges.metrics.lookup_metrics import LookupCollector
from agents.edges.metrics.probe_metrics import ProbeCollector, ProberCounts
from agents.edges.metrics.proposal_metrics import ProposalCollector
from agents.edges.metrics.result_metrics import ResultCollector
from agents.edges.metrics.root_metrics import RootCollector
from agents.edges.metrics.safe_registry import registry_of
from agents.edges.metrics.set_aside_metrics import SetAsideCollector
from agents.engine.observe.ownership import Lag, Ownership, TableSize
from agents.stages.feedback.stage import ChangeResult
from schemas.moments import DAY_MS
from schemas.seal_context import reported_url
from schemas.topics import CASES, REPORTS
from streams.lifecycle import FoldResult

VANTAGES = ("announced", "hidden", "quiet")
TOPICS = {
    "intake": ("hotline.east.v1", "hotline.north.v1", "hotline.south.v1"),
    "attribution": ("reports.v1",),
    "lifecycle": ("decisions.v1", "facts.v1", "reports.v1"),
    "feedback": ("cases.v1", "reports.v1"),
    **{f"probe-{vantage}": (f"probes.{vantage}.v1",) for vantage in VANTAGES},
}
PARTITIONS = 12


def _process_roles() -> RolesOfProcess:
    ownership, owned = Ownership(), frozenset(range(PARTITIONS))
    for role, topics in TOPICS.items():
        ownership.set(role, owned, owned)
        lags = [Lag(topic=topic, partition=one, records=7) for topic in topics for one in owned]
        ownership.behind(role, lags)
        ownership.heard(role, 0.0, 0.0, 1_000)
        if role == "lifecycle":
            kept = [TableSize(table=CASES.name, partition=one, keys=9) for one in owned]
            ownership.keeps(role, kept)
        ownership.passage(role).done([record(1)], 1_000)
    roles = tuple(TOPICS)
    loading = {"rollup": lambda: 0}
    return RolesOfProcess(
        running=roles, roles=roles, partitions=PARTITIONS, ownership=ownership, loading=loading
    )


def _feed_delays() -> FeedDelays:
    """Return the delays of one notice, of each hotline that has an inbox."""
    delays, (sent, _) = FeedDelays(), notice(1.0)
    hotlines = ("east", "north", "south")
    delays.add([replace(sent, hotline=id, received_at=sent.noticed_at + DAY_MS) for id in hotlines])
    return delays


def whole_worker(folder: Path, hosters: int) -> CollectorRegistry:
    """Return the registry of a worker of all roles that names so many hosters.

    Args:
        folder: where its files lie.
        hosters: shown by name.
    """
    view = many_hosters(sample_view(), hosters)
    settings = Settings(
        state_dir=folder,
        key_file=folder / "keys.json",
        vantages=tuple(VantageSettings(id=id) for id in VANTAGES),
        dns=DnsSettings(servers=("127.0.0.1",)),
    )
    keys = LooseKeys.create(settings.key_file)
    keys.seal("x", view.as_of - DAY_MS, reported_url("0" * 32))
    networks = Networks(
        write_mmdb(folder / "asn.mmdb", {"192.0.2.0/24": asn_record(64500, "Example")}),
        write_mmdb(folder / "country.mmdb", {"192.0.2.0/24": country_record("NL")}),
    )
    resolver = Resolver(Clock(), settings.dns)
    stopped = dict.fromkeys(TOPICS, False)
    probers = {vantage: ProberCounts(canary=True) for vantage in VANTAGES}
    return registry_of(
        [
            ("figures", ViewCollector(lambda: view)),
            ("partitions", RolesCollector(_process_roles())),
            ("probers", ProbeCollector(lambda: probers)),
            (
                "surroundings",
                EnvironmentCollector(settings, networks.builds, lambda: 0, keys),
            ),
            ("lookups", LookupCollector(lambda: resolver, networks)),
            ("attribution", ResultCollector(ATTRIBUTED, Placed, Counter[Placed])),
            ("answers", AnswerCollector(dict)),
            ("proposals", ProposalCollector(lambda: 1)),
            ("roots", RootCollector(lambda: 1)),
            ("set aside", SetAsideCollector(lambda: {REPORTS.name: 1}, stopped)),
            ("feeds", FeedCollector(_feed_delays)),
            ("lifecycle", ResultCollector(FOLDED, FoldResult, Counter[FoldResult])),
            ("feedback", ResultCollector(CHANGES, ChangeResult, Counter[ChangeResult])),
        ]
    )
