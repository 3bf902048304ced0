"""What a process says of itself: partitions, lag, probers, and what it rests on."""

from typing import Final

from agents.edges.metric_types.answer_instruments import ANSWER_INSTRUMENTS
from agents.edges.metric_types.declaration import Declared
from agents.edges.metric_types.feed_instruments import FEED_INSTRUMENTS
from agents.edges.metric_types.key_instruments import KEY_INSTRUMENTS
from schemas.closed_lists import ProbeError

PARTITIONS: Final = Declared(
    name="hostwatch_partitions",
    help="Partitions of a role, with or without an owner. Every worker exports it for every role.",
    labels=("role",),
    series_max="R",
)
PARTITION_OWNED: Final = Declared(
    name="hostwatch_partition_owned",
    help="1 for a partition that this process owns, absent otherwise.",
    labels=("role", "partition"),
    series_max="R P",
)
PARTITION_READY: Final = Declared(
    name="hostwatch_partition_ready",
    help="1 if the state of an owned partition is loaded, else 0.",
    labels=("role", "partition"),
    series_max="R P",
)
RECOVERY: Final = Declared(
    name="hostwatch_recovery_remaining_records",
    help="Offsets of a role's state that this process still has to load, transaction"
    " markers included. 0 once all is loaded, absent until the number is known.",
    labels=("role",),
    series_max="R",
)
TABLE_KEYS: Final = Declared(
    name="hostwatch_table_keys",
    help="Keys in the table of an owned and loaded partition, its position record"
    " included. With RocksDB an estimate, too high until files are merged.",
    labels=("table", "partition"),
    series_max="P",
)
LAG: Final = Declared(
    name="hostwatch_consumer_lag_records",
    help="Offsets of an owned partition that are not yet processed, transaction markers included.",
    labels=("role", "topic", "partition"),
    series_max="P per role and topic it reads",
)

DONE: Final = Declared(
    name="hostwatch_consumer_processed_offset",
    help="Offset below which an owned partition is processed. The next owner continues there.",
    labels=("role", "topic", "partition"),
    series_max="P per role and topic it reads",
)

STAGE_DELAY: Final = Declared(
    name="hostwatch_stage_delay_seconds",
    help="Records that a role of this process has processed, by the age of the oldest"
    " record in their list.",
    labels=("role",),
    unit="seconds",
    series_max="11 R",
)
OLDEST: Final = Declared(
    name="hostwatch_oldest_unhandled_timestamp_seconds",
    help="Append time of the oldest record that waits for a role of this process. Absent"
    " unless a record has waited for 5 s.",
    labels=("role",),
    unit="seconds",
    series_max="R",
)
STAGE_DONE: Final = Declared(
    name="hostwatch_stage_done_timestamp_seconds",
    help="Time when a role of this process last finished records. Absent before the first.",
    labels=("role",),
    unit="seconds",
    series_max="R",
)

PROBE_ORDERS: Final = Declared(
    name="hostwatch_probe_orders",
    help="Orders that the probers of this process settled, by result. Probed: `looked`. No address"
    " that may be asked: `unseen`. No reliable time: `clock`. No turn in time: `impolite` of a"
    " sample, else `crowded`. Window over: `late`. Had before: `repeated`. No key: `forgotten`.",
    labels=("vantage", "result"),
    series_max="8 per vantage",
)
PROBE_OBSERVATIONS: Final = Declared(
    name="hostwatch_probe_observations",
    help="Observations that the probers of this process recorded, by error. The error is `none`"
    " if the server answered. Orders for which no request was sent are among them.",
    labels=("vantage", "error"),
    series_max=f"{len(ProbeError) + 1} per vantage",
)
PROBE_REQUESTS: Final = Declared(
    name="hostwatch_probe_requests",
    help="Requests that the probers of this process sent, redirects and GETs included.",
    labels=("vantage",),
    series_max="1 per vantage",
)
PROBE_READ: Final = Declared(
    name="hostwatch_probe_read_bytes",
    help="Bytes that the probers of this process read from servers. No byte of a body is kept.",
    labels=("vantage",),
    unit="bytes",
    series_max="1 per vantage",
)
PROBE_GET_COMPARISONS: Final = Declared(
    name="hostwatch_probe_get_comparisons",
    help="Probes with a GET comparison, by whether HEAD and GET got the same answer.",
    labels=("vantage", "result"),
    series_max="2 per vantage",
)
PROBE_DELAY: Final = Declared(
    name="hostwatch_probe_delay_seconds",
    help="Probes of this process by delay after their slot.",
    labels=("vantage",),
    unit="seconds",
    series_max="10 per vantage",
)
PROBE_DURATION: Final = Declared(
    name="hostwatch_probe_duration_seconds",
    help="Probes of this process by duration of a phase. A phase under a millisecond, or"
    " one that was not reached, is not counted.",
    labels=("vantage", "phase"),
    unit="seconds",
    series_max="55 per vantage",
)
PROBE_ORDERS_HELD: Final = Declared(
    name="hostwatch_probe_orders_held",
    help="Orders that the probers of this process hold and have not settled.",
    labels=("vantage",),
    series_max="1 per vantage",
)
PROBES_IN_FLIGHT: Final = Declared(
    name="hostwatch_probes_in_flight",
    help="Probes of this process that are under way. Each holds a socket.",
    labels=("vantage",),
    series_max="1 per vantage",
)
PROBE_ORDERS_PAST_SLOT: Final = Declared(
    name="hostwatch_probe_orders_past_slot",
    help="Orders held whose slot is more than 5 min past, by whether the case is in its"
    " hoster's sample.",
    labels=("vantage", "sample"),
    series_max="2 per vantage",
)

CANARY: Final = Declared(
    name="hostwatch_canary_healthy",
    help="1 if the vantage's canary gave the expected answer last time, else 0. Absent"
    " without a canary.",
    labels=("vantage",),
    series_max="1 per vantage",
)
DNS_LOOKUPS: Final = Declared(
    name="hostwatch_dns_lookups",
    help="Names that this process had to resolve, by result.",
    labels=("result",),
    series_max="8",
)
ATTRIBUTED: Final = Declared(
    name="hostwatch_attributed_reports",
    help="Reports that this process attributed, by result. Absent if it runs no attribution.",
    labels=("result",),
    series_max="5",
)
FOLDED: Final = Declared(
    name="hostwatch_lifecycle_records",
    help="Records of the ledger by what the fold did with them: opened, steady, judged or"
    " repeated. Absent if this process runs no lifecycle.",
    labels=("result",),
    series_max="4",
)
RECORD_STOPS: Final = Declared(
    name="hostwatch_record_stops_stage",
    help="1 if one record has stopped a role of this process three times and is not set"
    " aside, else 0.",
    labels=("role",),
    series_max="R",
)
SET_ASIDE: Final = Declared(
    name="hostwatch_set_aside_records",
    help="Records of a topic that two persons set aside. Absent for topics without any.",
    labels=("topic",),
    series_max="1 per topic",
)
DNS_DURATION: Final = Declared(
    name="hostwatch_dns_lookup_duration_seconds",
    help="Names that this process resolved, by the time until the answer.",
    unit="seconds",
    series_max="11",
)
DATASET_LOOKUPS: Final = Declared(
    name="hostwatch_dataset_lookups",
    help="Addresses that this process looked up in an address database, by whether they"
    " were found.",
    labels=("dataset", "result"),
    series_max="4",
)
DATASET_DURATION: Final = Declared(
    name="hostwatch_dataset_lookup_duration_seconds",
    help="Addresses that this process looked up in an address database, by duration.",
    labels=("dataset",),
    unit="seconds",
    series_max="18",
)
DATASET_BUILD: Final = Declared(
    name="hostwatch_dataset_build_timestamp_seconds",
    help="Build time of an address database in use.",
    labels=("dataset",),
    unit="seconds",
    series_max="2",
)
CERTIFICATE_EXPIRY: Final = Declared(
    name="hostwatch_certificate_expiry_timestamp_seconds",
    help="Expiry time of the first certificate in a configured file.",
    labels=("certificate",),
    unit="seconds",
    series_max="5",
)
DISK_FREE: Final = Declared(
    name="hostwatch_disk_free_ratio", help="Free share of the disk that holds the state folder."
)
CLOCK_APART: Final = Declared(
    name="hostwatch_clock_apart_seconds",
    help="Difference between this machine's clock and the broker's, positive if this"
    " machine is ahead. 0 if the difference is too small to measure.",
    unit="seconds",
)

PROCESS_CPU: Final = Declared(
    name="process_cpu_seconds",
    help="CPU time of this process, all threads.",
    unit="seconds",
)
PROCESS_MEMORY: Final = Declared(
    name="process_resident_memory_bytes",
    help="Resident memory of this process. Absent if the system does not report it.",
    unit="bytes",
)
COLLECTOR_DURATION: Final = Declared(
    name="hostwatch_collector_duration_seconds",
    help="Duration of one collector at this scrape.",
    labels=("collector",),
    unit="seconds",
    series_max="1 per collector",
)
COLLECTOR_ERRORS: Final = Declared(
    name="hostwatch_collector_errors",
    help="Scrapes at which a collector failed. A failing collector is skipped and the"
    " others are exported. `surroundings`: databases, certificates, keys, disk, clock, memory.",
    labels=("collector",),
    series_max="1 per collector",
)

INSTRUMENTS: Final = (
    PARTITIONS,
    PARTITION_OWNED,
    PARTITION_READY,
    RECOVERY,
    TABLE_KEYS,
    LAG,
    DONE,
    STAGE_DELAY,
    STAGE_DONE,
    OLDEST,
    PROBE_ORDERS,
    PROBE_OBSERVATIONS,
    PROBE_REQUESTS,
    PROBE_READ,
    PROBE_GET_COMPARISONS,
    PROBE_DELAY,
    PROBE_DURATION,
    PROBE_ORDERS_HELD,
    PROBES_IN_FLIGHT,
    PROBE_ORDERS_PAST_SLOT,
    CANARY,
    DNS_LOOKUPS,
    *FEED_INSTRUMENTS,
    ATTRIBUTED,
    FOLDED,
    RECORD_STOPS,
    SET_ASIDE,
    DNS_DURATION,
    DATASET_LOOKUPS,
    DATASET_DURATION,
    DATASET_BUILD,
    CERTIFICATE_EXPIRY,
    *KEY_INSTRUMENTS,
    *ANSWER_INSTRUMENTS,
    DISK_FREE,
    CLOCK_APART,
    PROCESS_CPU,
    PROCESS_MEMORY,
    COLLECTOR_DURATION,
    COLLECTOR_ERRORS,
)
"""All of them."""
