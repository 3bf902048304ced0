"""Planted defects of what keeps records: the broker, the intake, the states and the table."""

from dataclasses import replace as replace_field

from mutation import DIFFERENCES, Mutation, Patch, trips, wrapped

from sim.memory.broker.broker import Broker
from sim.memory.broker.groups import ConsumerGroup
from sim.memory.scenarios.catalogue import FAULTY
from sim.oracle.findings import OracleFinding
from streams import lifecycle
from streams.intake import accepted_ids, admission
from streams.lifecycle.result import url_statements
from streams.rollup.case_table import CaseTable

PAUSES = replace_field(FAULTY, pause_h=1.0)
"""Owners that stand still longer than their session, so often that two work at one partition."""


def _skipping(begins):
    """A new owner begins at the end of what there is, not where the last one stopped."""

    def changed(self, partition):
        for topic in self.topics:
            end = self.broker.log(topic, partition).end
            self.broker.commit(self.role, partition, {topic: end})
        begins(self, partition)

    return changed


def _spelled(canonical):
    def changed(url):
        return canonical(f"{url.removesuffix('#top')}?top" if url.endswith("#top") else url)

    return changed


def _first_stays(put_record):
    def changed(self, url_key, raw, as_of):
        if url_key not in self._urls:
            put_record(self, url_key, raw, as_of)

    return changed


def _in_order(update_record):
    """Read only what is newer than anything of the URL before it."""
    newest = {}

    def changed(url_key, record_value, happened):
        ordered = []
        for record, at in happened:
            if at >= newest.get(url_key, 0):
                ordered.append((record, at))
                newest[url_key] = at
        return update_record(url_key, record_value, ordered)

    return changed


KEEPING = (
    # nothing lost
    Mutation(
        says="a new owner of a partition begins behind what the last one had in hand",
        trips=trips(OracleFinding.INTAKE, OracleFinding.LOST, DIFFERENCES),
        plant=wrapped(ConsumerGroup, "_replace", _skipping),
        storm=FAULTY,
    ),
    Mutation(
        says="a state forgets the withdrawal of a report",
        trips=trips(OracleFinding.WITHDRAWN),
        plant=lambda: Patch(url_statements, "gaps", lambda _: ()),
        busy=True,
        rate=30,
        seed=2,
    ),
    # nothing doubled
    Mutation(
        says="a record that comes again is taken again",
        trips=trips(OracleFinding.INTAKE),
        plant=lambda: Patch(accepted_ids.AcceptedIdIndex, "known", lambda *_: None),
        rate=48,
    ),
    Mutation(
        says="one URL in two spellings is two URLs",
        trips=trips(OracleFinding.DOUBLED),
        plant=wrapped(admission, "canonical", _spelled),
        busy=True,
        rate=40,
    ),
    Mutation(
        says="a URL's first state in the table stays",
        trips=trips(DIFFERENCES),
        plant=wrapped(CaseTable, "put_record", _first_stays),
    ),
    # the same figures with faults and without
    Mutation(
        says="an owner that lost its partition may go on writing",
        trips=trips(DIFFERENCES),
        plant=lambda: Patch(Broker, "check", lambda *_: None),
        storm=PAUSES,
        days=2.0,
        rate=40,
        short=0.2,
    ),
    Mutation(
        says="what comes late is left out",
        trips=trips(DIFFERENCES),
        plant=wrapped(lifecycle, "update_record", _in_order),
        storm=FAULTY,
    ),
)
