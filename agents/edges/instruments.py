"""What a process says of itself: partitions, lag, probers, and what it rests on."""

from typing import Final

from agents.edges.declared import Declared
from agents.edges.keymetrics import KEY_INSTRUMENTS

PARTITIONS: Final = Declared(
    name="hostwatch_partitions",
    help="Partitions of a role, owned by a worker or not; every worker tells it of every role.",
    labels=("role",),
    bound="R",
)
PARTITION_OWNED: Final = Declared(
    name="hostwatch_partition_owned",
    help="1 for a partition that this process owns; absent otherwise.",
    labels=("role", "partition"),
    bound="R P",
)
PARTITION_READY: Final = Declared(
    name="hostwatch_partition_ready",
    help="1 when what is held for an owned partition is loaded, 0 before.",
    labels=("role", "partition"),
    bound="R P",
)
RECOVERY: Final = Declared(
    name="hostwatch_recovery_remaining_records",
    help="Offsets of a role's state that this process has still to load; transaction markers"
    " count. 0 when all it owns is loaded, absent until the length is known.",
    labels=("role",),
    bound="R",
)
TABLE_KEYS: Final = Declared(
    name="hostwatch_table_keys",
    help="Keys held of an owned partition that is loaded, one for its position among them. On disk"
    " RocksDB's estimate: a key written again counts more than once until files are merged.",
    labels=("table", "partition"),
    bound="P",
)
LAG: Final = Declared(
    name="hostwatch_consumer_lag_records",
    help="Offsets of an owned partition that are not done yet; transaction markers count.",
    labels=("role", "topic", "partition"),
    bound="P per role and topic it reads",
)

DONE: Final = Declared(
    name="hostwatch_consumer_done_records",
    help="Offset below which everything of an owned partition is done; whoever owns it next goes on"
    " from there.",
    labels=("role", "topic", "partition"),
    bound="P per role and topic it reads",
)

STAGE_DELAY: Final = Declared(
    name="hostwatch_stage_delay_seconds",
    help="Records that a role of this process is done with, by how long before the broker took the"
    " oldest of their list.",
    labels=("role",),
    unit="seconds",
    bound="11 R",
)
OLDEST: Final = Declared(
    name="hostwatch_oldest_unhandled_timestamp_seconds",
    help="When the broker took the oldest record that waits for a role of this process; absent"
    " while none has waited for 5 s.",
    labels=("role",),
    unit="seconds",
    bound="R",
)
STAGE_DONE: Final = Declared(
    name="hostwatch_stage_done_timestamp_seconds",
    help="When a role of this process was last done with records; absent before.",
    labels=("role",),
    unit="seconds",
    bound="R",
)

PROBE_ORDERS: Final = Declared(
    name="hostwatch_probe_orders",
    help="Orders that a prober of this process settled, by what became of them.",
    labels=("vantage", "result"),
    bound="6 per vantage",
)
PROBE_LOOKS: Final = Declared(
    name="hostwatch_probe_looks",
    help="Looks that a prober of this process made, by error; none where there was an answer.",
    labels=("vantage", "error"),
    bound="15 per vantage",
)
PROBE_REQUESTS: Final = Declared(
    name="hostwatch_probe_requests",
    help="Requests that a prober of this process sent, redirects and GETs included.",
    labels=("vantage",),
    bound="1 per vantage",
)
PROBE_READ: Final = Declared(
    name="hostwatch_probe_read_bytes",
    help="Bytes of answers that a prober of this process read; none of a body is kept.",
    labels=("vantage",),
    unit="bytes",
    bound="1 per vantage",
)
PROBE_CHECKED: Final = Declared(
    name="hostwatch_probe_checked_looks",
    help="Looks in which a GET checked the HEAD, by whether the two were answered alike.",
    labels=("vantage", "result"),
    bound="2 per vantage",
)
PROBE_DELAY: Final = Declared(
    name="hostwatch_probe_delay_seconds",
    help="Looks that a prober of this process made, by how long after their slot they were sent.",
    labels=("vantage",),
    unit="seconds",
    bound="10 per vantage",
)
PROBE_DURATION: Final = Declared(
    name="hostwatch_probe_duration_seconds",
    help="Looks that a prober of this process made, by how long a phase took; none where it took"
    " less than a millisecond or was not reached.",
    labels=("vantage", "phase"),
    unit="seconds",
    bound="55 per vantage",
)
PROBE_ORDERS_HELD: Final = Declared(
    name="hostwatch_probe_orders_held",
    help="Orders that a prober of this process has in hand.",
    labels=("vantage",),
    bound="1 per vantage",
)
PROBES_IN_FLIGHT: Final = Declared(
    name="hostwatch_probes_in_flight",
    help="Looks of orders that a prober of this process has under way: their moment has come, and"
    " each holds a socket.",
    labels=("vantage",),
    bound="1 per vantage",
)
PROBE_ORDERS_OVERDUE: Final = Declared(
    name="hostwatch_probe_orders_overdue",
    help="Orders in hand whose slot is more than 5 min past, in their company's sample or not.",
    labels=("vantage", "sample"),
    bound="2 per vantage",
)

CANARY: Final = Declared(
    name="hostwatch_canary_healthy",
    help="1 when the vantage's canary answered as expected when last asked; absent without one.",
    labels=("vantage",),
    bound="1 per vantage",
)
DNS_LOOKUPS: Final = Declared(
    name="hostwatch_dns_lookups",
    help="Names that this process was to ask its name servers for, by what became of it.",
    labels=("result",),
    bound="8",
)
ATTRIBUTED: Final = Declared(
    name="hostwatch_attributed_reports",
    help="Reports that this process attributed, by what became of it; absent where it does not.",
    labels=("result",),
    bound="4",
)
FOLDED: Final = Declared(
    name="hostwatch_lifecycle_records",
    help="Records of the ledger that this process folded into its table, by what they told; absent"
    " where it does not.",
    labels=("result",),
    bound="4",
)
RECORD_STOPS: Final = Declared(
    name="hostwatch_record_stops_stage",
    help="1 while one record has stopped a role of this process three times and nobody has set it"
    " aside; 0 otherwise.",
    labels=("role",),
    bound="R",
)
SET_ASIDE: Final = Declared(
    name="hostwatch_set_aside_records",
    help="Records of a topic that two persons set aside; absent for topics without any.",
    labels=("topic",),
    bound="1 per topic",
)
DNS_DURATION: Final = Declared(
    name="hostwatch_dns_lookup_duration_seconds",
    help="Names that this process asked its name servers for, by how long the answer took.",
    unit="seconds",
    bound="11",
)
DATASET_LOOKUPS: Final = Declared(
    name="hostwatch_dataset_lookups",
    help="Addresses that this process looked up in an address database, by whether they are there.",
    labels=("dataset", "result"),
    bound="4",
)
DATASET_DURATION: Final = Declared(
    name="hostwatch_dataset_lookup_duration_seconds",
    help="Addresses that this process looked up in an address database, by how long it took.",
    labels=("dataset",),
    unit="seconds",
    bound="18",
)
DATASET_BUILD: Final = Declared(
    name="hostwatch_dataset_build_timestamp_seconds",
    help="When an address database in use was built.",
    labels=("dataset",),
    unit="seconds",
    bound="2",
)
CERTIFICATE_EXPIRY: Final = Declared(
    name="hostwatch_certificate_expiry_timestamp_seconds",
    help="When the first certificate of a configured file ends.",
    labels=("certificate",),
    unit="seconds",
    bound="4",
)
DISK_FREE: Final = Declared(
    name="hostwatch_disk_free_ratio", help="Free part of the disk that the state folder lies on."
)
CLOCK_APART: Final = Declared(
    name="hostwatch_clock_apart_seconds",
    help="How far this machine's clock is ahead of the broker's, negative if it is behind; 0 as far"
    " as the way to the broker lets it be told.",
    unit="seconds",
)

PROCESS_CPU: Final = Declared(
    name="process_cpu_seconds",
    help="CPU time that this process took, all its threads.",
    unit="seconds",
)
PROCESS_MEMORY: Final = Declared(
    name="process_resident_memory_bytes",
    help="Memory that this process holds; absent where the system does not say.",
    unit="bytes",
)
COLLECTOR_DURATION: Final = Declared(
    name="hostwatch_collector_duration_seconds",
    help="Time a part of these metrics took to gather at this scrape.",
    labels=("collector",),
    unit="seconds",
    bound="7",
)
COLLECTOR_ERRORS: Final = Declared(
    name="hostwatch_collector_errors",
    help="Scrapes at which a part of these metrics failed and was left out.",
    labels=("collector",),
    bound="7",
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
    PROBE_LOOKS,
    PROBE_REQUESTS,
    PROBE_READ,
    PROBE_CHECKED,
    PROBE_DELAY,
    PROBE_DURATION,
    PROBE_ORDERS_HELD,
    PROBES_IN_FLIGHT,
    PROBE_ORDERS_OVERDUE,
    CANARY,
    DNS_LOOKUPS,
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
    DISK_FREE,
    CLOCK_APART,
    PROCESS_CPU,
    PROCESS_MEMORY,
    COLLECTOR_DURATION,
    COLLECTOR_ERRORS,
)
"""All of them."""
