"""The topics: name, key, record, retention, who writes, who reads."""

import re
from dataclasses import dataclass
from typing import Any, Final

from schemas import codec

PARTITIONS: Final = 12
"""Fixed on day one: more would re-hash every key. 12 divides among 1, 2, 3, 4 and 6 workers."""

_DAY_MS: Final = 86_400_000
_HOUR_MS: Final = 3_600_000
_MINUTE_MS: Final = 60_000
_SECOND_MS: Final = 1_000
FOR_EVER: Final = -1

_COMPACTION: Final = {
    "segment.bytes": str(128 * 1024 * 1024),
    "min.cleanable.dirty.ratio": "0.2",
    "max.compaction.lag.ms": str(_DAY_MS),
}
"""The broker compacts closed files only, and by its defaults closes one after a week or 1 GiB and
waits until half of all is superseded. So a reader read a week of every state there was."""


ROLES: Final = ("intake", "attribution", "lifecycle", "feedback", "probe", "rollup")
"""The stages that have a process of their own; all run as one Kafka user."""

USERS: Final = ("desk", "http-intake", "roots", "hotline")
"""Kafka users beside the workers: the desk's commands, `hostwatch intake serve`, `hostwatch roots
write`, each hotline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSpec:
    """What must be true of a topic on the broker.

    Attributes:
        name: its name; `{id}` stands for a hotline's or a vantage's id.
        key: what the Kafka key is.
        codec: encodes and decodes its values.
        single: one partition instead of the ledger's number.
        retention_ms: how long records are kept; FOR_EVER for the ledger.
        compacted: only the newest record of each key is kept.
        segment_ms: after so long the broker begins a new file; what is old goes by whole files,
            and never from the one that is written. None = its default, a week.
        cleaned: what a newer record of a key replaces is to be gone from the broker's disks within
            a minute of the next append.
        writers, readers: of `ROLES` and `USERS`; `agents.edges.kafka.acl` makes rights of them.
    """

    name: str
    key: str
    codec: codec.Codec[Any]
    single: bool = False
    retention_ms: int = FOR_EVER
    compacted: bool = False
    segment_ms: int | None = None
    cleaned: bool = False
    writers: tuple[str, ...]
    readers: tuple[str, ...]

    def named(self, id: str) -> str:
        """Return the name with the id of a hotline or vantage put in."""
        return self.name.format(id=id)

    def config(self) -> dict[str, str]:
        """Return the broker's topic configuration."""
        settings = {
            "cleanup.policy": "compact" if self.compacted else "delete",
            "message.timestamp.type": "LogAppendTime",
        }
        if not self.compacted:
            settings["retention.ms"] = str(self.retention_ms)
            settings["retention.bytes"] = "-1"
        if self.compacted:
            settings |= _COMPACTION
        if self.segment_ms is not None:
            settings["segment.ms"] = str(self.segment_ms)
        if self.cleaned:
            # The cleaner passes over the file that is written and over logs it thinks clean enough.
            settings["min.cleanable.dirty.ratio"] = "0.0"
            settings["file.delete.delay.ms"] = str(_SECOND_MS)
        return settings


HOTLINE: Final = TopicSpec(
    name="hotline.{id}.v1",
    key="record id",
    codec=codec.HOTLINE,
    retention_ms=30 * _DAY_MS,
    segment_ms=_DAY_MS,
    writers=("hotline", "http-intake", "desk"),
    readers=("intake",),
)
REPORTS: Final = TopicSpec(
    name="reports.v1",
    key="url_key",
    codec=codec.REPORTS_ENTRY,
    writers=("intake",),
    readers=("attribution", "lifecycle", "feedback"),
)
FACTS: Final = TopicSpec(
    name="facts.v1",
    key="url_key",
    codec=codec.FACT,
    writers=("attribution", "probe"),
    readers=("lifecycle", "probe"),
)
DECISIONS: Final = TopicSpec(
    name="decisions.v1",
    key="url_key",
    codec=codec.DECISION,
    writers=("desk",),
    readers=("lifecycle",),
)
GUESS_HEADER: Final = "doubt"
"""Header of an inbox's record of which its sender guessed something; a `Guess`."""

REPLAY_HEADER: Final = "replay_of"
"""Header of an inbox's record that was quarantined and handed in again: where it stood before."""

OUTCOMES: Final = TopicSpec(
    name="outcomes.v1",
    key="keyed hash of the record id",
    codec=codec.OUTCOME,
    writers=("intake",),
    readers=("intake", "rollup"),
)
REGISTRY: Final = TopicSpec(
    name="registry.v1",
    key="kind, id, version",
    codec=codec.REGISTRY,
    single=True,
    writers=("desk",),
    readers=("intake", "attribution", "lifecycle", "probe", "rollup", "http-intake"),
)
PROBES: Final = TopicSpec(
    name="probes.{id}.v1",
    key="hoster id",
    codec=codec.ORDER,
    retention_ms=7 * _DAY_MS,
    writers=("lifecycle",),
    readers=("probe",),
)
CASES: Final = TopicSpec(
    name="cases.v1",
    key="url_key",
    codec=codec.STATE,
    compacted=True,
    segment_ms=_HOUR_MS,
    writers=("lifecycle",),
    readers=("lifecycle", "feedback", "rollup"),
)
QUARANTINE: Final = TopicSpec(
    name="quarantine.v1",
    key="hotline",
    codec=codec.QUARANTINED,
    retention_ms=400 * _DAY_MS,
    writers=("intake",),
    readers=("desk",),
)
CLOCK: Final = TopicSpec(
    name="clock.v1",
    key="process id",
    codec=codec.CLOCK,
    single=True,
    retention_ms=_HOUR_MS,
    segment_ms=10 * _MINUTE_MS,
    writers=("intake", "attribution", "lifecycle", "probe", "rollup", "http-intake"),
    readers=(),
)
SKIPS: Final = TopicSpec(
    name="skips.v1",
    key="topic/partition/offset",
    codec=codec.SKIP,
    single=True,
    writers=("desk",),
    readers=("intake", "attribution", "lifecycle", "feedback", "probe", "rollup"),
)
PROPOSALS: Final = TopicSpec(
    name="proposals.v1",
    key="proposal id",
    codec=codec.PROPOSAL,
    single=True,
    writers=("desk",),
    readers=("desk", "rollup"),
)

HOTLINE_OUT: Final = TopicSpec(
    name="hotline.{id}.out.v1",
    key="record id",
    codec=codec.HOTLINE_OUT,
    retention_ms=30 * _DAY_MS,
    writers=("intake", "feedback"),
    readers=("hotline", "http-intake"),
)
FEEDBACK_TABLE: Final = TopicSpec(
    name="feedback.v1",
    key="url_key",
    codec=codec.FEEDBACK_TABLE,
    compacted=True,
    segment_ms=_HOUR_MS,
    writers=("feedback",),
    readers=("feedback",),
)
ANSWERS: Final = TopicSpec(
    name="answers.v1",
    key="hoster id",
    codec=codec.ANSWER,
    writers=("rollup",),
    readers=("intake", "rollup", "desk"),
)
HANDOVERS: Final = TopicSpec(
    name="handovers.v1",
    key="hoster id",
    codec=codec.HANDOVER,
    single=True,
    writers=("desk",),
    readers=("desk",),
)
AUDIT: Final = TopicSpec(
    name="audit.v1",
    key="person id",
    codec=codec.AUDIT,
    single=True,
    writers=("desk",),
    readers=("desk",),
)
KEYS: Final = TopicSpec(
    name="keys.v1",
    key="month, `held/<url_key>`, or `ledger`",
    codec=codec.KEY,
    single=True,
    compacted=True,
    segment_ms=_SECOND_MS,
    cleaned=True,
    writers=("intake", "attribution", "probe", "desk"),
    readers=("intake", "attribution", "lifecycle", "feedback", "probe", "rollup", "desk"),
)
ROOTS: Final = TopicSpec(
    name="roots.v1",
    key="hour",
    codec=codec.ROOT,
    single=True,
    writers=("desk", "roots"),
    readers=("desk", "roots", "rollup"),
)

_INBOX: Final = re.compile(HOTLINE.name.replace(".", r"\.").format(id="[a-z0-9-]+"))


def is_inbox(topic: str) -> bool:
    """Return whether a topic, without the run's prefix, is what a hotline writes to."""
    return _INBOX.fullmatch(topic) is not None


TOPICS: Final = (
    HOTLINE,
    REPORTS,
    FACTS,
    DECISIONS,
    OUTCOMES,
    REGISTRY,
    PROBES,
    CASES,
    QUARANTINE,
    CLOCK,
    SKIPS,
    PROPOSALS,
    HOTLINE_OUT,
    FEEDBACK_TABLE,
    ANSWERS,
    HANDOVERS,
    AUDIT,
    KEYS,
    ROOTS,
)
_COMPACTED: Final = frozenset(spec.name for spec in TOPICS if spec.compacted)


def is_compacted(topic: str) -> bool:
    """Return whether the broker may remove records from the middle of a topic.

    Args:
        topic: its name without the run's prefix.
    """
    return topic in _COMPACTED


LEDGER: Final = (REPORTS, FACTS, DECISIONS)
"""What lifecycle folds; co-partitioned, keyed by url_key."""

OF_A_URL: Final[dict[str, codec.Codec[Any]]] = {spec.name: spec.codec for spec in LEDGER}
"""Codecs of the topics whose records say something of a URL, in the order they are read in."""
