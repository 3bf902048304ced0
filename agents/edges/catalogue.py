"""What /metrics says: one table of every metric, and where in a `View` its values stand.

All figures are gauges, the histograms too (gauge histograms): a withdrawal, a
decision or a return can lower every one of them, and a counter that falls counts double. Label
values come from closed lists or are ids and names of the hoster registry.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from schemas.reasons import Flag, Outcome, Result
from streams.figures import HosterFigures, Unavailable
from streams.view import View

Sample: TypeAlias = tuple[tuple[str, ...], float]
Samples: TypeAlias = Iterator[Sample]
Read: TypeAlias = Callable[[View], Samples]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One metric: how it is declared and where it is read.

    Attributes:
        name: with prefix, unit and no suffix of a type.
        help: a full sentence, shown in Prometheus and Grafana.
        labels: names of its labels.
        unit: `seconds` where values are times or durations, else empty.
        bound: how many series it has at most, H being the hosters shown, R the roles and P the
            partitions.
        read: gives its samples; None for those built by the collector itself.
    """

    name: str
    help: str
    labels: tuple[str, ...] = ()
    unit: str = ""
    bound: str = "1"
    read: Read | None = None


H: Final = ("hoster", "role")

SHOWN_FLAGS: Final = (
    *(Flag.BOUNCED, Flag.MISDIRECTED),  # somebody has to send again
    *(Flag.SPLIT, Flag.UNPROVEN, Flag.ANNOUNCED_ONLY),  # somebody has to look
)
"""Those that ask something of a person; the others stand with their cases."""


def _each(value: Callable[[HosterFigures], float | None]) -> Read:
    def read(view: View) -> Samples:
        for figures in view.shown:
            number = value(figures)
            if number is not None:
                yield (figures.hoster, figures.role.value), number

    return read


def _one(value: Callable[[View], float | None]) -> Read:
    def read(view: View) -> Samples:
        number = value(view)
        if number is not None:
            yield (), number

    return read


def _outcomes(view: View) -> Samples:
    for figures in view.shown:
        for outcome in Outcome:
            yield (figures.hoster, figures.role.value, outcome.value), figures.outcomes[outcome]


def _flags(view: View) -> Samples:
    for figures in view.shown:
        for flag in SHOWN_FLAGS:
            yield (figures.hoster, figures.role.value, flag.value), figures.flags.get(flag, 0)


def norm_label(norm_s: int) -> str:
    """Return a norm as a label: whole hours as `24h`, anything else in seconds as `90s`."""
    hours, rest = divmod(norm_s, 3_600)
    return f"{norm_s}s" if rest else f"{hours}h"


def _norms(view: View) -> Samples:
    for figures in view.shown:
        for norm in figures.norms:
            head = (figures.hoster, figures.role.value, norm_label(norm.norm_s))
            yield (*head, "in_time"), norm.in_time
            yield (*head, "late"), norm.late
            yield (*head, "undetermined"), norm.undetermined


def _estimates(view: View) -> Samples:
    for figures in view.shown:
        for unavailable in Unavailable:
            estimate = figures.estimate(unavailable)
            for percentile, ms in (("50", estimate.p50_ms), ("90", estimate.p90_ms)):
                if ms is not None:
                    labels = (figures.hoster, figures.role.value, percentile, unavailable.value)
                    yield labels, ms / 1_000


def _intervals(view: View) -> Samples:
    for figures in view.shown:
        for norm in figures.norms:
            if norm.interval is not None:
                head = (figures.hoster, figures.role.value, norm_label(norm.norm_s))
                for limit, share in zip(("low", "high"), norm.interval, strict=True):
                    yield (*head, limit), share


def _windows(view: View) -> Samples:
    for figures in view.shown:
        for event, windows in figures.windows.items():
            for window, count in windows.items():
                yield (figures.hoster, figures.role.value, event.value, window.value), count


def _intake(view: View) -> Samples:
    found: dict[tuple[str, ...], float] = {}
    for line in view.intake:
        labels = (line.hotline, line.result.value, line.reason.value if line.reason else "none")
        found[labels] = found.get(labels, 0) + line.count
    yield from sorted(found.items())


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1_000


FIGURES: Final = (
    Declared(
        name="hostwatch_open_cases",
        help="Cases with a delivered notice that are still open (the backlog).",
        labels=H,
        bound="H",
        read=_each(lambda f: f.open),
    ),
    Declared(
        name="hostwatch_awaiting_cases",
        help="Open cases without a delivered notice.",
        labels=H,
        bound="H",
        read=_each(lambda f: f.awaiting),
    ),
    Declared(
        name="hostwatch_overdue_cases",
        help="Open cases sighted after their norm ran out.",
        labels=H,
        bound="H",
        read=_each(lambda f: f.overdue),
    ),
    Declared(
        name="hostwatch_overdue_unseen_cases",
        help="Open cases whose norm ran out and that were not sighted since.",
        labels=H,
        bound="H",
        read=_each(lambda f: f.overdue_unseen),
    ),
    Declared(
        name="hostwatch_unavailable_cases",
        help="Open cases that block or do not answer; they are not removed.",
        labels=H,
        bound="H",
        read=_each(lambda f: f.unavailable),
    ),
    Declared(
        name="hostwatch_not_naming_cases",
        help="Cases that feed no naming and no public lateness.",
        labels=H,
        bound="H",
        read=_each(lambda f: f.not_naming),
    ),
    Declared(
        name="hostwatch_flagged_cases",
        help="Cases by what a person has to see to; one can carry several flags.",
        labels=(*H, "flag"),
        bound="5 H",
        read=_flags,
    ),
    Declared(
        name="hostwatch_reappearances",
        help="Removed cases that were seen online again.",
        labels=H,
        bound="H",
        read=_each(lambda f: f.reappearances),
    ),
    Declared(
        name="hostwatch_unprobed_cases",
        help="Open cases with a notice that were not looked at on time beside one of their norms.",
        labels=H,
        bound="H",
        read=_each(lambda f: f.unprobed),
    ),
    Declared(
        name="hostwatch_rechecked_cases",
        help="Cases looked at again in hiding after their removal.",
        labels=H,
        bound="H",
        read=_each(lambda f: f.rechecked),
    ),
    Declared(
        name="hostwatch_recheck_disagreed_cases",
        help="Cases that a hidden look after their removal saw online.",
        labels=H,
        bound="H",
        read=_each(lambda f: f.disagreed),
    ),
    Declared(
        name="hostwatch_hoster_inclusion_ratio",
        help="Share of the cases that are promised looks on time; below 1 the figures that rest"
        " on such looks are estimated from a sample.",
        labels=H,
        bound="H",
        read=_each(lambda f: f.inclusion),
    ),
    Declared(
        name="hostwatch_oldest_open_timestamp_seconds",
        help="Notice of the oldest open case; absent without one.",
        labels=H,
        unit="seconds",
        bound="H",
        read=_each(lambda f: _seconds(f.oldest_open_at)),
    ),
    Declared(
        name="hostwatch_cases",
        help="Cases by class; each case is in exactly one.",
        labels=(*H, "outcome"),
        bound="15 H",
        read=_outcomes,
    ),
    Declared(
        name="hostwatch_norm_verdicts",
        help="Noticed cases by verdict on each norm; in_time/n and (n-late)/n are the bounds."
        " Estimated where only a sample is looked at on time.",
        labels=(*H, "norm", "verdict"),
        bound="12 H",
        read=_norms,
    ),
    Declared(
        name="hostwatch_norm_share_limit_ratio",
        help="95 % limits of the share within a norm; only where it is estimated from a sample.",
        labels=(*H, "norm", "limit"),
        bound="8 H",
        read=_intervals,
    ),
    Declared(
        name="hostwatch_removal_estimate_seconds",
        help="Kaplan-Meier percentile of the time from notice to removal; absent if not reached.",
        labels=(*H, "percentile", "unavailable"),
        unit="seconds",
        bound="4 H",
        read=_estimates,
    ),
    Declared(
        name="hostwatch_window_events",
        help="What happened in the window that ends now, in event time.",
        labels=(*H, "event", "window"),
        bound="20 H",
        read=_windows,
    ),
    Declared(
        name="hostwatch_intake_records",
        help="Records of hotlines by what became of them.",
        labels=("hotline", "result", "reason"),
        bound="11 per hotline",
        read=_intake,
    ),
    Declared(
        name="hostwatch_received_records",
        help="Records of hotlines received; accepted, duplicate and quarantined add up to it.",
        read=_one(lambda v: v.received()),
    ),
    Declared(
        name="hostwatch_accepted_records",
        help="Records of hotlines accepted.",
        read=_one(lambda v: v.received(Result.ACCEPTED)),
    ),
    Declared(
        name="hostwatch_pending_urls",
        help="URLs with an accepted report and no case yet.",
        read=_one(lambda v: v.pending_urls),
    ),
    Declared(
        name="hostwatch_ledger_position_timestamp_seconds",
        help="Oldest instant up to which a partition of the ledger is folded.",
        unit="seconds",
        read=_one(lambda v: _seconds(v.ledger_at)),
    ),
    Declared(
        name="hostwatch_as_of_timestamp_seconds",
        help="Instant the figures hold for.",
        unit="seconds",
        read=_one(lambda v: v.as_of / 1_000),
    ),
    Declared(
        name="hostwatch_rollup_duration_seconds",
        help="Time the last full round of figures took.",
        unit="seconds",
        read=_one(lambda v: v.cost_s),
    ),
)

STALE: Final = Declared(
    name="hostwatch_stale",
    help="1 when the ledger position of a partition stands still.",
    read=_one(lambda v: float(v.stale)),
)
READY: Final = Declared(
    name="hostwatch_rollup_ready",
    help="1 when the whole table was read; no figure is exported before.",
    read=_one(lambda v: float(v.ready)),
)
REMOVAL: Final = Declared(
    name="hostwatch_removal_seconds",
    help="Removed cases by time from notice to the first observation that saw it gone."
    " Estimated where only a sample is looked at on time.",
    labels=H,
    unit="seconds",
    bound="17 H",
)
DELAY: Final = Declared(
    name="hostwatch_hotline_delay_seconds",
    help="Notices of the last 28 days that started a clock, by time since their hotline's report.",
    labels=("hotline", "role"),
    unit="seconds",
    bound="12 per hotline and role",
)
HOSTER: Final = Declared(
    name="hostwatch_hoster_info",
    help="What the registry says of a hoster.",
    labels=("hoster", "name", "country", "group", "type"),
    bound="H",
)
BUILD: Final = Declared(
    name="hostwatch_build_info",
    help="Versions of the code and of the method the figures were made with.",
    labels=("version", "method"),
)

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
LAG: Final = Declared(
    name="hostwatch_consumer_lag_records",
    help="Offsets of an owned partition that are not done yet; transaction markers count.",
    labels=("role", "topic", "partition"),
    bound="P per role and topic it reads",
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
PROBE_ORDERS_HELD: Final = Declared(
    name="hostwatch_probe_orders_held",
    help="Orders that a prober of this process has in hand.",
    labels=("vantage",),
    bound="1 per vantage",
)

METRICS: Final = (
    *(*FIGURES, STALE, READY, REMOVAL, DELAY, HOSTER, BUILD),
    *(PARTITIONS, PARTITION_OWNED, PARTITION_READY, LAG),
    *(PROBE_ORDERS, PROBE_LOOKS, PROBE_REQUESTS, PROBE_READ, PROBE_ORDERS_HELD),
)
"""Every metric, for documents and for the tests that hold rules against it."""
